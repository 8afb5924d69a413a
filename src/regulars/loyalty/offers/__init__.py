"""Coupons and promotions: who may use them, what they take off, which combination is best, and why the others were refused.

For marketers who write them and for checkout, which asks for the best lawful deal. Vocabulary: offer, coupon, code, claim,
reservation, redemption, budget, funding, stacking group, solver.
"""

"""Coupons and promotions: who may use them, what they take off, which combination is best, and why the others were refused.

For marketers who write them and for checkout, which asks for the best lawful deal (`selectors.candidates` → `rules.solve`) and
records its use (`services.reserve`, `redeem`, `give_back`). An offer's terms are versioned and never change; limits are counted
under row locks in the sale's own transaction; uses are facts. Vocabulary: offer, version, coupon, code, claim, allowance,
reservation, redemption, budget, funding, group.
"""

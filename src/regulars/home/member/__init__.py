"""The member's own page: reached by a signed link, without signing in; rotating code, points, tier, coupons, cards, history,
and what members do there themselves: sign in for the day, take turns of draws, invite friends.

For the member, on a phone. In the flow: last, it reads what wallet, cards, program and offers know. It shows no name, no
contact data and no whole card number, is never cached, and answers one address only so often.
"""

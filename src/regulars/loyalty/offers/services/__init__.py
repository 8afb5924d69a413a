"""The verbs of this room: write and publish offers, make and claim coupons, reserve, redeem and give back."""

from __future__ import annotations

from regulars.loyalty.offers.services.claiming import bind, claim, give_to_friend, move_customer, void_coupon
from regulars.loyalty.offers.services.funding import make_claim
from regulars.loyalty.offers.services.giving_back import GivenBack, Returned, give_back
from regulars.loyalty.offers.services.guessing import count_wrong_codes
from regulars.loyalty.offers.services.history import PastOffer, PastUse, import_past_offers
from regulars.loyalty.offers.services.making import code_for_holder, make_batch, make_public_code, take_codes
from regulars.loyalty.offers.services.owing import drop_owed, give_all_owed, give_owed, give_won, owed_by
from regulars.loyalty.offers.services.using import Occasion, redeem, release, release_stale, reserve
from regulars.loyalty.offers.services.writing import archive, create_offer, publish, save_draft, start, stop

__all__ = [
    "GivenBack",
    "Occasion",
    "PastOffer",
    "PastUse",
    "Returned",
    "archive",
    "bind",
    "claim",
    "code_for_holder",
    "count_wrong_codes",
    "create_offer",
    "drop_owed",
    "give_all_owed",
    "give_back",
    "give_owed",
    "give_to_friend",
    "give_won",
    "import_past_offers",
    "make_batch",
    "make_claim",
    "make_public_code",
    "move_customer",
    "owed_by",
    "publish",
    "redeem",
    "release",
    "release_stale",
    "reserve",
    "save_draft",
    "start",
    "stop",
    "take_codes",
    "void_coupon",
]

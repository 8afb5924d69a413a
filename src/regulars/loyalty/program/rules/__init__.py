"""The pure decisions of the room: no database, no clock. What a basket earns, what a return takes back, what points pay."""

from regulars.loyalty.program.rules.body import Body
from regulars.loyalty.program.rules.book import Book
from regulars.loyalty.program.rules.dates import available_from, expires_at, last_use
from regulars.loyalty.program.rules.earning import (
    NOTHING_YET,
    BonusEarned,
    Earned,
    LineEarned,
    Reason,
    State,
    rate,
)
from regulars.loyalty.program.rules.redeeming import Redeemable, points_for, redeemable, value_of
from regulars.loyalty.program.rules.returning import Back, SoldLine, take_back

__all__ = [
    "NOTHING_YET",
    "Back",
    "Body",
    "BonusEarned",
    "Book",
    "Earned",
    "LineEarned",
    "Reason",
    "Redeemable",
    "SoldLine",
    "State",
    "available_from",
    "expires_at",
    "last_use",
    "points_for",
    "rate",
    "redeemable",
    "take_back",
    "value_of",
]

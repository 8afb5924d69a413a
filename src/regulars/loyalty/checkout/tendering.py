"""How a basket of the till screen is paid: in one part or several, with the rest always known, and change for cash.

For `views`. The parts live in the form, as everything of the screen does; they become tenders when the last one is paid.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from regulars.core import money
from regulars.loyalty.checkout.messages import Payment
from regulars.loyalty.checkout.screen import PARTS_MAX, Screen

KINDS = ("cash", "card", "wallet", "stored_value")
_ALSO_DECIMAL = str.maketrans({"，": "", ",": "", "。": ".", "．": "."})  # as Chinese keyboards write them


@dataclass(frozen=True, slots=True)
class Paid:
    """The screen after a payment; whether that was the last one; and the change, if more cash was given."""

    screen: Screen
    is_whole: bool
    change: int = 0


def rest_of(screen: Screen, quoted: Mapping[str, Any]) -> int:
    """Return what is still to be paid; below zero where goods were taken out after a part was paid."""
    return int(quoted["due"]) - sum(part.amount for part in screen.paid)


def pay(screen: Screen, quoted: Mapping[str, Any], form: QueryDict) -> Paid:
    """Take a payment: of the amount that was typed, or of all that is left."""
    rest, kind = rest_of(screen, quoted), form.get("pay", "")
    kind = kind if kind in KINDS else KINDS[0]
    if rest <= 0:
        return Paid(screen, is_whole=rest == 0)
    said = re.sub(r"[\s¥$€£]", "", form.get("amount", "")).translate(_ALSO_DECIMAL)
    amount = max(money.to_minor(said, quoted["currency"]), 0) if said else rest
    if kind == "stored_value":
        amount = min(amount, int(quoted.get("stored_value", 0)))
    part = min(amount, rest)
    if not part or (part < rest and len(screen.paid) >= PARTS_MAX):
        return Paid(screen, is_whole=False)
    screen = replace(screen, paid=(*screen.paid, Payment(kind, part)))
    return Paid(screen, is_whole=part == rest, change=amount - part if kind == "cash" else 0)

"""The ledger in words: a sentence for each entry that says why it is there (D11, X3).

For statements, pages and the API. Rooms above tell their own reasons with `tell`, for a code that `why` names or for a kind
of transfer; any other entry is explained by what the ledger itself knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from regulars.loyalty.wallet.commands import House
from regulars.loyalty.wallet.models import Unit
from regulars.loyalty.wallet.sentences import MONEY, template_of
from regulars.loyalty.wallet.statement import Line
from regulars.organization import wording as staff
from regulars.ui import formatting

REASONS: dict[str, str | Promise] = {
    "goodwill": lazy("Goodwill"),
    "complaint": lazy("Complaint"),
    "missing_receipt": lazy("Receipt without member number"),
    "correction": lazy("Correction of a mistake"),
    "abuse": lazy("Abuse"),
    "other": lazy("Other"),
}
KINDS: dict[str, str | Promise] = {
    "earn": lazy("Earned"),
    "redeem": lazy("Redeemed"),
    "claw_back": lazy("Taken back"),
    "undo": lazy("Import undone"),
    "refund": lazy("Refund"),
    "top_up": lazy("Top-up"),
    "spend": lazy("Paid with stored value"),
    "expire": lazy("Expired"),
    "adjust": lazy("Adjusted by hand"),
    "transfer": lazy("Between members"),
    "merge": lazy("Merged customers"),
    "open": lazy("Opening balance"),
    "void": lazy("Voided"),
    "use": lazy("Use of a count card"),
    "sign_in": lazy("Signed in"),
    "badge": lazy("Badge won"),
    "challenge": lazy("Challenge won"),
    "draw": lazy("Prize draw"),
    "referral": lazy("Friend invited"),
    "exchange": lazy("Exchange with a partner"),
}
# One transfer may move points and money; what is earned of the one is not earned of the other.
_KINDS_OF_MONEY: dict[str, str | Promise] = {
    "earn": lazy("Top-up"),
    "redeem": lazy("Paid with stored value"),
    "refund": lazy("Given back"),
}
_KINDS_OF_GROWTH: dict[str, str | Promise] = {"earn": lazy("Collected")}
HOUSES: dict[str, str | Promise] = {
    House.ISSUED: lazy("Given by rules"),
    House.REDEEMED: lazy("Redeemed"),
    House.EXPIRED: lazy("Expired"),
    House.CLAWED_BACK: lazy("Taken back"),
    House.ADJUSTED: lazy("Adjusted"),
    House.OPENING: lazy("Brought in"),
    House.CASH: lazy("Paid in and out"),
    House.SALES: lazy("Spent"),
    House.BONUS: lazy("Bonus"),
    House.MOVED: lazy("Between members"),
}
Sentence = Callable[[Line, Mapping[str, Any]], str]
_sentences: dict[str, Sentence] = {}


def tell(code: str) -> Callable[[Sentence], Sentence]:
    """Register the sentence for entries whose `why["code"]`, or without one whose kind, is `code`; it gets line and `why`."""

    def register(sentence: Sentence) -> Sentence:
        _sentences[code] = sentence
        return sentence

    return register


def quantity(amount: int, currency: str = "") -> str:
    """Return an amount as people read it: money with its currency, the rest as a number."""
    return formatting.money(amount, currency) if currency else formatting.number(amount)


def kind(line: Line) -> str:
    """Return what kind of happening a line belongs to."""
    return kind_of(line.kind, line.unit_kind)


def kind_of(kind: str, unit_kind: str) -> str:
    """Return what a transfer of this kind is for a unit of that kind."""
    own = _KINDS_OF_MONEY if unit_kind in MONEY else _KINDS_OF_GROWTH if unit_kind == Unit.Kind.GROWTH else {}
    return str(own.get(kind) or KINDS.get(kind, kind))


def sentence(line: Line) -> str:
    """Return why the entry is there."""
    told = None if line.is_debt else _sentences.get(str(line.why.get("code") or line.kind))
    return told(line, line.why) if told is not None else own(line)


def own(line: Line) -> str:
    """Return what the ledger itself says of an entry."""
    return str(template_of(line)) % values_of(line)


def values_of(line: Line) -> dict[str, str]:
    """Return what a sentence about a line may name."""
    return {
        "amount": quantity(abs(line.amount), line.currency),
        "earned": formatting.date(line.earned_at) if line.earned_at else "",
        "from": formatting.date(line.available_from) if line.available_from else "",
        "expires": formatting.date(line.expires_at) if line.expires_at else "",
        "reason": str(REASONS.get(line.reason, line.reason)),
        "actor": str(staff.actor(line.actor)),
        "note": str(line.why.get("note") or line.why.get("provenance") or ""),
    }

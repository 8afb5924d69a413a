"""The ledger in words: a sentence for each entry that says why it is there (D11, X3).

For statements, pages and the API. Rooms above tell their own reasons with `tell`: an entry whose `why` names such a code is
explained by its sentence; any other by what the ledger itself knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from regulars.loyalty.wallet.commands import House
from regulars.loyalty.wallet.statement import Line
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
}
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
    """Register the sentence for entries whose `why["code"]` is `code`; it gets the line and the whole `why`."""

    def register(sentence: Sentence) -> Sentence:
        _sentences[code] = sentence
        return sentence

    return register


def quantity(amount: int, currency: str = "") -> str:
    """Return an amount as people read it: money with its currency, the rest as a number."""
    return formatting.money(amount, currency) if currency else formatting.number(amount)


def kind(line: Line) -> str:
    """Return what kind of happening a line belongs to."""
    return str(KINDS.get(line.kind, line.kind))


def sentence(line: Line) -> str:
    """Return why the entry is there."""
    told = _sentences.get(str(line.why.get("code", "")))
    if told is not None:
        return told(line, line.why)
    values = {
        "amount": quantity(abs(line.amount), line.currency),
        "earned": formatting.date(line.earned_at) if line.earned_at else "",
        "from": formatting.date(line.available_from) if line.available_from else "",
        "expires": formatting.date(line.expires_at) if line.expires_at else "",
        "reason": str(REASONS.get(line.reason, line.reason)),
        "actor": line.actor,
        "note": str(line.why.get("note") or line.why.get("provenance") or ""),
    }
    return _template(line) % values


_TEMPLATES: dict[tuple[str, bool], str | Promise] = {  # by house, and whether the entry gives
    (House.ISSUED, False): lazy("%(amount)s withdrawn."),
    (House.REDEEMED, True): lazy("%(amount)s came back with its dates."),
    (House.SALES, True): lazy("%(amount)s came back with its dates."),
    (House.EXPIRED, False): lazy("%(amount)s earned on %(earned)s expired on %(expires)s."),
    (House.CLAWED_BACK, True): lazy("%(amount)s that was taken back is given again."),
    (House.CLAWED_BACK, False): lazy("%(amount)s taken back with a return."),
    (House.OPENING, True): lazy("%(amount)s brought in from %(note)s, earned on %(earned)s."),
    (House.CASH, True): lazy("%(amount)s paid in."),
    (House.CASH, False): lazy("%(amount)s paid out."),
    (House.BONUS, True): lazy("%(amount)s given as a bonus."),
    (House.BONUS, False): lazy("%(amount)s of bonus taken back."),
    (House.MOVED, True): lazy("%(amount)s received from another member."),
    (House.MOVED, False): lazy("%(amount)s handed to another member."),
}


def _template(line: Line) -> str:
    gives = line.amount > 0
    if line.is_debt:
        return _("%(amount)s of this fills what was owed.") if gives else _("%(amount)s had been spent already and is owed.")
    if line.kind == "merge":
        return _("%(amount)s came from a merged record.") if gives else _("%(amount)s went to the merged record.")
    if line.house == House.ADJUSTED:
        noted = _("Adjusted by %(actor)s: %(reason)s. %(note)s")
        return noted if line.why.get("note") else _("Adjusted by %(actor)s: %(reason)s.")
    if line.house == House.ISSUED and gives:
        return _given(line)
    if line.house in {House.REDEEMED, House.SALES} and not gives:
        return _spent(line)
    return str(_TEMPLATES.get((line.house, gives), "%(amount)s"))


def _given(line: Line) -> str:
    is_pending = line.available_from is not None and line.available_from > line.at
    if is_pending and line.expires_at:
        return _("%(amount)s given; can be spent from %(from)s until before %(expires)s.")
    if is_pending:
        return _("%(amount)s given; can be spent from %(from)s.")
    if line.expires_at:
        return _("%(amount)s given; expires on %(expires)s.")
    return _("%(amount)s given; does not expire.")


def _spent(line: Line) -> str:
    if line.expires_at:
        return _("%(amount)s spent of what was earned on %(earned)s and would expire on %(expires)s.")
    return _("%(amount)s spent of what was earned on %(earned)s.")

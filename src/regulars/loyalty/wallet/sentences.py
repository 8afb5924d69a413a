"""The ledger's own sentences: what an entry says of itself, by what it is of and why value came or went.

For `wording`. Points are earned and redeemed, growth value is collected, stored value is topped up and paid with.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from regulars.loyalty.wallet.commands import House
from regulars.loyalty.wallet.models import Unit
from regulars.loyalty.wallet.statement import Line

MONEY = frozenset({Unit.Kind.STORED_PRINCIPAL, Unit.Kind.STORED_BONUS})
Templates = dict[tuple[str, bool], str | Promise]  # by house, and whether the entry gives

_ANY: Templates = {
    (House.ISSUED, False): lazy("%(amount)s withdrawn."),
    (House.REDEEMED, True): lazy("%(amount)s came back with its dates."),
    (House.SALES, True): lazy("%(amount)s came back with its dates."),
    (House.EXPIRED, False): lazy("%(amount)s earned on %(earned)s expired on %(expires)s."),
    (House.CLAWED_BACK, True): lazy("%(amount)s that was taken back is given again."),
    (House.CLAWED_BACK, False): lazy("%(amount)s taken back with a return."),
    (House.OPENING, True): lazy("%(amount)s brought in from %(note)s, earned on %(earned)s."),
    (House.CASH, True): lazy("%(amount)s topped up."),
    (House.CASH, False): lazy("%(amount)s paid out."),
    (House.BONUS, True): lazy("%(amount)s given as a bonus."),
    (House.BONUS, False): lazy("%(amount)s of bonus taken back."),
    (House.MOVED, True): lazy("%(amount)s received from another member."),
    (House.MOVED, False): lazy("%(amount)s handed to another member."),
}
_OF_MONEY: Templates = {
    (House.SALES, True): lazy("%(amount)s given back with its dates."),
    (House.EXPIRED, False): lazy("%(amount)s topped up on %(earned)s expired on %(expires)s."),
    (House.OPENING, True): lazy("%(amount)s brought in from %(note)s, topped up on %(earned)s."),
}
_OF_BONUS: Templates = _OF_MONEY | {
    (House.EXPIRED, False): lazy("%(amount)s of bonus, given on %(earned)s, expired on %(expires)s."),
    (House.OPENING, True): lazy("%(amount)s of bonus brought in from %(note)s, given on %(earned)s."),
}
_OF_USES: Templates = {
    (House.CASH, True): lazy("%(amount)s bought."),
    (House.EXPIRED, False): lazy("%(amount)s bought on %(earned)s expired on %(expires)s."),
    (House.OPENING, True): lazy("%(amount)s brought in from %(note)s, bought on %(earned)s."),
}
_SPENT: dict[tuple[str, bool], str | Promise] = {  # by kind of unit, and whether the lot expires
    (Unit.Kind.POINTS, True): lazy("%(amount)s spent of what was earned on %(earned)s and would expire on %(expires)s."),
    (Unit.Kind.POINTS, False): lazy("%(amount)s spent of what was earned on %(earned)s."),
    (Unit.Kind.STORED_PRINCIPAL, True): lazy(
        "Paid with %(amount)s of what was topped up on %(earned)s and would expire on %(expires)s."
    ),
    (Unit.Kind.STORED_PRINCIPAL, False): lazy("Paid with %(amount)s of what was topped up on %(earned)s."),
    (Unit.Kind.STORED_BONUS, True): lazy(
        "Paid with %(amount)s of the bonus given on %(earned)s that would expire on %(expires)s."
    ),
    (Unit.Kind.STORED_BONUS, False): lazy("Paid with %(amount)s of the bonus given on %(earned)s."),
    (Unit.Kind.COUNT, True): lazy("Used %(amount)s of what was bought on %(earned)s and would expire on %(expires)s."),
    (Unit.Kind.COUNT, False): lazy("Used %(amount)s of what was bought on %(earned)s."),
}
_UNDONE: Templates = {(House.CLAWED_BACK, False): lazy("%(amount)s taken back.")}
_BY_KIND: dict[str, Templates] = {
    Unit.Kind.STORED_PRINCIPAL: _OF_MONEY,
    Unit.Kind.STORED_BONUS: _OF_BONUS,
    Unit.Kind.COUNT: _OF_USES,
}


def template_of(line: Line) -> str | Promise:
    """Return the sentence for a line, with places for the values of `wording.values_of`."""
    gives = line.amount > 0
    if line.is_debt:
        return _debt(line)
    if line.kind == "merge":
        return _("%(amount)s came from a merged record.") if gives else _("%(amount)s went to the merged record.")
    if line.house == House.ADJUSTED:
        noted = _("Adjusted by %(actor)s: %(reason)s. %(note)s")
        return noted if line.why.get("note") else _("Adjusted by %(actor)s: %(reason)s.")
    if line.house == House.ISSUED and gives:
        return given(line)
    if line.house in {House.REDEEMED, House.SALES} and not gives:
        return _spent(line)
    place = (line.house, gives)
    own = _UNDONE if line.kind == "undo" else _BY_KIND.get(line.unit_kind, {})
    return own.get(place) or _ANY.get(place, "%(amount)s")


def given(line: Line) -> str:
    """Return the sentence for value that rules gave: from when until when it can be spent."""
    if line.unit_kind == Unit.Kind.GROWTH:
        return _("%(amount)s growth value collected.")
    is_pending = line.available_from is not None and line.available_from > line.at
    if is_pending and line.expires_at:
        return _("%(amount)s given; can be spent from %(from)s, expires on %(expires)s.")
    if is_pending:
        return _("%(amount)s given; can be spent from %(from)s.")
    if line.expires_at:
        return _("%(amount)s given; expires on %(expires)s.")
    return _("%(amount)s given; does not expire.")


def _debt(line: Line) -> str:
    if line.unit_kind == Unit.Kind.GROWTH:
        filled, missing = _("%(amount)s of this fills what was missing."), _("%(amount)s is missing; later purchases fill it.")
        return filled if line.amount > 0 else missing
    if line.amount > 0:
        return _("%(amount)s of this fills what was owed.")
    return _("%(amount)s had been spent already and is owed.")


def _spent(line: Line) -> str | Promise:
    expires = line.expires_at is not None
    return _SPENT.get((line.unit_kind, expires)) or _SPENT[Unit.Kind.POINTS, expires]

"""What units are called: by their kind, in the reader's language; by program or currency too where there are several.

For every page and file that shows a balance. A unit's code is for programs and never stands on a page.
"""

from __future__ import annotations

from collections import Counter

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from regulars.loyalty.wallet.models import Unit

KINDS: dict[str, str | Promise] = {  # in the order in which pages show them
    Unit.Kind.POINTS: lazy("Points"),
    Unit.Kind.STORED_PRINCIPAL: lazy("Stored value"),
    Unit.Kind.STORED_BONUS: lazy("Bonus"),
    Unit.Kind.COUNT: lazy("Uses of a count card"),
    Unit.Kind.GROWTH: lazy("Growth value"),
}
_PLACES = {kind: place for place, kind in enumerate(KINDS)}


def units() -> list[Unit]:
    """Return all units in the order in which pages show them."""
    return sorted(Unit.objects.all(), key=lambda unit: (_PLACES[unit.kind], unit.code))


def names() -> dict[str, str]:
    """Return what each unit is called, by its code, in the order of `units`."""
    found = units()
    many = Counter(unit.kind for unit in found)
    return {unit.code: name_of(unit, alone=many[unit.kind] == 1) for unit in found}


def name_of(unit: Unit, *, alone: bool) -> str:
    """Return what a unit is called that is, or is not, the only one of its kind."""
    kind = str(KINDS[unit.kind])
    if unit.kind == Unit.Kind.COUNT:
        return unit.name or kind
    if alone:
        return kind
    return _("%(kind)s (%(name)s)") % {"kind": kind, "name": unit.currency or unit.name or unit.code.partition(".")[2]}

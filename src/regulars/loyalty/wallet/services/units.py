"""Define units: what can be owned at all."""

from __future__ import annotations

from django.utils.translation import gettext as _

from regulars.loyalty.wallet.errors import UnitMismatchError
from regulars.loyalty.wallet.models import Unit


def define_unit(code: str, *, kind: str, currency: str = "", name: str = "") -> Unit:
    """Return the unit called `code`, made if it is new; its kind and currency never change, its name may."""
    unit, is_new = Unit.objects.get_or_create(code=code, defaults={"kind": Unit.Kind(kind), "currency": currency, "name": name})
    if (unit.kind, unit.currency) != (kind, currency):
        raise UnitMismatchError(_("This unit exists with another kind or currency."), unit=code)
    if name and not is_new and unit.name != name:
        unit.name = name
        unit.save(update_fields=["name"])
    return unit

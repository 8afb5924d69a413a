"""Keep sums of the ledger by month, behind the writers, so that the page of what is owed need not add up years (F37).

For the worker, each minute; `liability` reads them and adds what was written since. No till waits for them. They are kept
up to the last transaction that no other can come before any more, and made anew where the company values or dates differently.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from regulars.core import bulk
from regulars.loyalty.wallet import liability
from regulars.loyalty.wallet.models import LiabilityMark, LiabilityMonth, Unit

_LOCK = 7_204  # advisory: two workers must not add the same rows twice
_ADD = f"""
INSERT INTO wallet_liabilitymonth AS kept (unit_id, cohort, month, house, amount, late, allocated_amount)
SELECT %(unit)s, cohort, month, house, amount, late, allocated_amount FROM ({liability.SUMS}) written
ON CONFLICT (unit_id, cohort, month, house) DO UPDATE SET amount = kept.amount + excluded.amount,
    late = kept.late + excluded.late, allocated_amount = kept.allocated_amount + excluded.allocated_amount
"""


def keep_months() -> None:
    """Add to each unit's sums what was written since, and say up to where they reach."""
    with transaction.atomic():
        if not bulk.fetch("SELECT pg_try_advisory_xact_lock(%(lock)s)", {"lock": _LOCK})[0][0]:
            return  # another worker is at it
        horizon = _horizon()
        for unit in Unit.objects.order_by("pk"):
            _keep(unit, horizon)


def forget_months() -> None:
    """Have the sums made anew: receipts leave with an undone import, whose prices they had split."""
    LiabilityMark.objects.all().delete()


def _keep(unit: Unit, horizon: int) -> None:
    terms = liability.terms_of(unit)
    basis = {"zone": terms["zone"], "value_milli": terms["value"], "redeemed_permille": terms["rate"]}
    mark = LiabilityMark.objects.select_for_update().filter(unit=unit, **basis).first()
    if mark is None:
        LiabilityMonth.objects.filter(unit=unit).delete()
        LiabilityMark.objects.filter(unit=unit).delete()
    bulk.execute(_ADD, _span(terms, mark, horizon))
    LiabilityMark.objects.update_or_create(unit=unit, defaults=basis | {"to_xid": horizon})


def _span(terms: dict[str, Any], mark: LiabilityMark | None, horizon: int) -> dict[str, Any]:
    return terms | {"from": mark.to_xid if mark else 0, "to": horizon}


def _horizon() -> int:
    ((horizon,),) = bulk.fetch("SELECT regulars_xid_horizon()")
    return int(horizon)

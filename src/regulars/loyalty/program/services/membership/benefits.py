"""Use what membership gives, within its quota (F34)."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from regulars.core.errors import DomainError
from regulars.loyalty.program import selectors
from regulars.loyalty.program.models import Benefit, BenefitUse
from regulars.loyalty.program.rules.paying import Entitled, best_of
from regulars.loyalty.program.services.membership.plans import wait_for
from regulars.organization.access import Viewer

USE = "benefit.use"


class NotEntitledError(DomainError):
    """Neither tier nor paid plan of this customer gives the benefit now, or a stronger one of its kind counts."""

    code: ClassVar[str] = "benefit.not_entitled"


class QuotaUsedError(DomainError):
    """The benefit is used up for this period."""

    code: ClassVar[str] = "benefit.quota"


def entitled_to(customer_id: int, *, program: str, at: datetime) -> list[Benefit]:
    """Return the benefits that tier and paid plan give a customer now: of each kind the best, never the sum."""
    standing = selectors.standing_of(customer_id, program=program, at=at)
    rows = Benefit.objects.filter(program__code=program, is_active=True).filter(
        Q(tiers__contains=[standing.tier]) | Q(plans__contains=[standing.paid_plan])
    )
    by_code = {row.code: row for row in rows.order_by("code") if standing.is_member}
    return [by_code[one.code] for one in best_of(Entitled(row.code, row.kind, row.strength) for row in by_code.values())]


@transaction.atomic
def use_benefit(
    customer_id: int, benefit: Benefit, *, source: str, key: str, store_id: int | None, viewer: Viewer, now: datetime
) -> BenefitUse:
    """Record one use with its cost, once under `(source, key)`; refuse it beyond the quota of the period."""
    viewer.require(USE, store_id=store_id)
    wait_for(customer_id)
    known = BenefitUse.objects.filter(source=source, key=key).first()
    if known is not None:
        return known
    if benefit.pk not in {one.pk for one in entitled_to(customer_id, program=benefit.program.code, at=now)}:
        raise NotEntitledError(_("This customer's tier does not give this benefit."))
    period = period_of(benefit.period, selectors.program_zone().date_of(now))
    used = BenefitUse.objects.filter(benefit=benefit, customer_id=customer_id, period=period).count()
    if used >= benefit.quota:
        raise QuotaUsedError(_("The benefit is used up for this period."))
    return BenefitUse.objects.create(
        benefit=benefit, customer_id=customer_id, period=period, number=used + 1, source=source, key=key,
        cost_amount=benefit.cost_amount, store_id=store_id, used_by=viewer.label[:160], used_at=now,
    )  # fmt: skip


def period_of(period: str, day: date) -> str:
    """Return the period of a quota that a day lies in.

    >>> period_of("month", date(2026, 11, 20))
    '2026-11'
    """
    return {"day": day.isoformat(), "month": day.isoformat()[:7], "year": str(day.year)}.get(period, "ever")

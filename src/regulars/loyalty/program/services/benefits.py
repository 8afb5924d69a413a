"""Use what membership gives, within its quota; pay for a membership, renew it, give it back (F33, F34, P26)."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from regulars.core import bulk
from regulars.core.errors import DomainError, InvalidInputError
from regulars.loyalty.program import selectors
from regulars.loyalty.program.models import Benefit, BenefitUse, PaidPeriod, PaidPlan
from regulars.loyalty.program.rules.dates import add_months
from regulars.loyalty.program.rules.paying import Entitled, best_of, refund
from regulars.organization import audit
from regulars.organization.access import Viewer

USE = "benefit.use"


class NotEntitledError(DomainError):
    """Neither tier nor paid plan of this customer gives the benefit now, or a stronger one of its kind counts."""

    code: ClassVar[str] = "benefit.not_entitled"


class QuotaUsedError(DomainError):
    """The benefit is used up for this period."""

    code: ClassVar[str] = "benefit.quota"


class PaymentReusedError(InvalidInputError):
    """This payment has paid for something else."""

    code: ClassVar[str] = "paid_plan.payment"


class PeriodEndedError(DomainError):
    """This stretch of membership is over or given back already."""

    code: ClassVar[str] = "paid_plan.ended"


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
    _wait_for(customer_id)
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


@transaction.atomic
def buy_plan(customer_id: int, plan: PaidPlan, *, source: str, key: str, viewer: Viewer, now: datetime) -> PaidPeriod:
    """Begin a paid membership or renew it: what was paid under `(source, key)` buys one period, however often it is told.

    A renewal begins where the period before ends, so that nobody loses days by paying early.
    """
    viewer.require("wallet.check_out")
    _wait_for(customer_id)
    known = PaidPeriod.objects.filter(source=source, key=key).first()
    if known is not None:
        if (known.plan_id, known.customer_id) != (plan.pk, customer_id):
            raise PaymentReusedError(_("This payment has paid for something else."), field="key")
        return known
    today = selectors.program_zone().date_of(now)
    last = PaidPeriod.objects.filter(plan=plan, customer_id=customer_id, ended_on=None).order_by("-ends_on").first()
    starts_on = max(today, last.ends_on) if last else today
    return PaidPeriod.objects.create(
        plan=plan, customer_id=customer_id, starts_on=starts_on, ends_on=add_months(starts_on, plan.months),
        price_amount=plan.price_amount, source=source, key=key, paid_at=now,
    )  # fmt: skip


@transaction.atomic
def give_back_plan(period_id: int, *, viewer: Viewer, now: datetime) -> PaidPeriod:
    """End a paid period today and say what is paid back: its unused days, less what its benefits have cost."""
    viewer.require("wallet.refund")
    period = PaidPeriod.objects.select_for_update().select_related("plan").get(pk=period_id)
    today = selectors.program_zone().date_of(now)
    if period.ended_on is not None or period.ends_on <= today:
        raise PeriodEndedError(_("This membership is over already."))
    uses = BenefitUse.objects.filter(
        customer_id=period.customer_id, used_at__gte=period.paid_at, benefit__plans__contains=[period.plan.code]
    )
    period.refunded_amount = refund(
        period.price_amount, starts_on=period.starts_on, ends_on=period.ends_on, on=today,
        used_amount=uses.aggregate(sum=Sum("cost_amount"))["sum"] or 0,
    )  # fmt: skip
    period.ended_on, period.refunded_at = today, now
    period.save(update_fields=["refunded_amount", "ended_on", "refunded_at"])
    after = {"plan": period.plan.code, "refunded_amount": period.refunded_amount}
    audit.record(viewer, "paid_plan.given_back", "customer", period.customer_id, now=now, after=after)
    return period


def _wait_for(customer_id: int) -> None:
    """Let one at a time use what a customer is entitled to."""
    bulk.fetch("SELECT pg_advisory_xact_lock(hashtextextended('program.benefits', %(id)s))", {"id": customer_id})

"""Paid membership: plans with their benefits, selling a period, going on by itself, giving it back (F33, P26).

What goes on by itself is paid from stored value, the only money the house may take without the member at hand. A member is
told so many days before; who cannot be told in time, or has too little stored value, is not charged and the membership ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from regulars.core import bulk, outbox
from regulars.core.errors import DomainError, InvalidInputError
from regulars.loyalty.program import selectors
from regulars.loyalty.program.events import PaidPlanEnded, PaidPlanRenewalsDue, PaidPlanRenewed
from regulars.loyalty.program.models import Benefit, BenefitUse, PaidPeriod, PaidPlan, Program
from regulars.loyalty.program.rules.dates import add_months
from regulars.loyalty.program.rules.paying import refund
from regulars.loyalty.program.services.membership.enrolling import Joining, enroll_many
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command, GiveBack, House, Owner, OwnerKind, Take
from regulars.organization import audit
from regulars.organization.access import Viewer

SELL = "wallet.check_out"
GIVE_BACK = "wallet.refund"
_SOURCE = "program"
_DAY = timedelta(days=1)
_PER_RUN = 2_000
_CANNOT_PAY = (wallet.InsufficientBalanceError, wallet.AccountFrozenError, wallet.UnknownUnitError)
_STORED = PaidPeriod.Tender.STORED_VALUE


class PaymentReusedError(InvalidInputError):
    """This payment has paid for something else."""

    code: ClassVar[str] = "paid_plan.payment"


class PeriodEndedError(DomainError):
    """This stretch of membership is over or given back already."""

    code: ClassVar[str] = "paid_plan.ended"


class PlanClosedError(DomainError):
    """The plan is not sold any more, or does not go on by itself."""

    code: ClassVar[str] = "paid_plan.closed"


@transaction.atomic
def save_plan(program: Program, values: Mapping[str, Any], *, viewer: Viewer, now: datetime) -> PaidPlan:
    """Keep a plan under its code, with the benefits it gives; a new price is told anew before it is taken."""
    viewer.require("program.edit")
    fields = dict(values)
    code, benefits = fields.pop("code"), fields.pop("benefits", None)
    before = PaidPlan.objects.select_for_update().filter(program=program, code=code).first()
    plan, _made = PaidPlan.objects.update_or_create(program=program, code=code, defaults=fields)
    if before is not None and before.price_amount != plan.price_amount:
        PaidPeriod.objects.filter(plan=plan, closed_on=None, ended_on=None).update(told_on=None)
    if benefits is not None:
        _grant(program, code, {one.pk for one in benefits})
    after = {"name": plan.name, "price_amount": plan.price_amount, "months": plan.months, "renews": plan.renews}
    was = {name: getattr(before, name) for name in after} if before else None
    audit.record(viewer, "paid_plan.saved", "paid_plan", plan.pk, now=now, before=was, after=after)
    return plan


def _grant(program: Program, code: str, chosen: set[int]) -> None:
    for benefit in Benefit.objects.select_for_update().filter(program=program).order_by("pk"):
        plans = [one for one in benefit.plans if one != code] + ([code] if benefit.pk in chosen else [])
        if plans != benefit.plans:
            benefit.plans = plans
            benefit.save(update_fields=["plans"])


@transaction.atomic
def buy_plan(
    customer_id: int, plan: PaidPlan, *, source: str, key: str, viewer: Viewer, now: datetime, tender: str = "other",
    store_id: int | None = None, renews: bool = False,
) -> PaidPeriod:  # fmt: skip
    """Begin a paid membership or renew it: what was paid under `(source, key)` buys one period, however often it is told.

    A renewal begins where the period before ends, so that nobody loses days by paying early. Stored value is taken here; every
    other tender was taken by whoever calls.
    """
    viewer.require(SELL, store_id=store_id)
    wait_for(customer_id)
    known = PaidPeriod.objects.filter(source=source, key=key).first()
    if known is not None:
        if (known.plan_id, known.customer_id) != (plan.pk, customer_id):
            raise PaymentReusedError(_("This payment has paid for something else."), field="key")
        return known
    if not plan.is_active:
        raise PlanClosedError(_("This plan is not sold any more."))
    today = selectors.program_zone().date_of(now)
    joining = Joining(customer_id=customer_id, joined_on=today, joined_at=now, store_id=store_id, channel="paid plan")
    enroll_many([joining], program=plan.program)
    return _sell(
        customer_id, plan, source=source, key=key, viewer=viewer, now=now, tender=tender, store_id=store_id,
        renews=renews and plan.renews,
    )  # fmt: skip


def _sell(
    customer_id: int, plan: PaidPlan, *, source: str, key: str, viewer: Viewer, now: datetime, tender: str,
    store_id: int | None, renews: bool,
) -> PaidPeriod:  # fmt: skip
    today = selectors.program_zone().date_of(now)
    last = PaidPeriod.objects.filter(plan=plan, customer_id=customer_id, ended_on=None).order_by("-ends_on").first()
    starts_on = max(today, last.ends_on) if last else today
    transfer = None
    if tender == _STORED and plan.price_amount:
        transfer = _take_stored(customer_id, plan, key=f"{source}/{key}", store_id=store_id, viewer=viewer, now=now)
    return PaidPeriod.objects.create(
        plan=plan, customer_id=customer_id, starts_on=starts_on, ends_on=add_months(starts_on, plan.months),
        price_amount=plan.price_amount, source=source, key=key, paid_at=now, tender=tender, transfer_id=transfer,
        store_id=store_id, sold_by=viewer.label[:160], renews=renews,
    )  # fmt: skip


def _take_stored(customer_id: int, plan: PaidPlan, *, key: str, store_id: int | None, viewer: Viewer, now: datetime) -> int:
    """Take the price from the principal: bonus money buys goods, not membership."""
    take = Take(
        owner=Owner(OwnerKind.CUSTOMER, customer_id), unit=f"stored.{plan.program.currency}", amount=plan.price_amount,
        house=House.SALES,
    )  # fmt: skip
    return _post(take, plan, "spend", key=f"plan/{key}", store_id=store_id, viewer=viewer, now=now)


def _post(
    part: Take | GiveBack, plan: PaidPlan, kind: str, *, key: str, store_id: int | None, viewer: Viewer, now: datetime
) -> int:
    command = Command(
        source=_SOURCE, key=key, kind=kind, at=now, parts=(part,), store_id=store_id, why={"plan": plan.name},
        business_date=selectors.program_zone().date_of(now),
    )  # fmt: skip
    return wallet.post([command], now=now, viewer=viewer)[0].transfer_id


@transaction.atomic
def give_back_plan(period_id: int, *, viewer: Viewer, now: datetime) -> PaidPeriod:
    """End a paid period today and say what is paid back: its unused days, less what its benefits have cost.

    What stored value has paid goes back to stored value here; the rest is paid out at the desk.
    """
    viewer.require(GIVE_BACK)
    period = PaidPeriod.objects.select_for_update(of=("self",)).select_related("plan__program").get(pk=period_id)
    today = selectors.program_zone().date_of(now)
    if period.ended_on is not None or period.ends_on <= today:
        raise PeriodEndedError(_("This membership is over already."))
    period.refunded_amount = refund_today(period, today)
    if period.transfer_id is not None and period.refunded_amount:
        back = GiveBack(
            of_transfer=period.transfer_id, owner=Owner(OwnerKind.CUSTOMER, period.customer_id),
            unit=f"stored.{period.plan.program.currency}", amount=period.refunded_amount,
        )  # fmt: skip
        key = f"plan/refund/{period.pk}"
        _post(back, period.plan, "refund", key=key, store_id=period.store_id, viewer=viewer, now=now)
    period.ended_on, period.refunded_at, period.renews = today, now, False
    period.save(update_fields=["refunded_amount", "ended_on", "refunded_at", "renews"])
    after = {"plan": period.plan.code, "refunded_amount": period.refunded_amount}
    audit.record(viewer, "paid_plan.given_back", "customer", period.customer_id, now=now, after=after)
    _tell_end(period, today, "given_back", now)
    return period


def refund_today(period: PaidPeriod, today: date) -> int:
    """Return what giving a period back today pays back."""
    uses = BenefitUse.objects.filter(
        customer_id=period.customer_id, used_at__gte=period.paid_at, benefit__plans__contains=[period.plan.code]
    )
    return refund(
        period.price_amount, starts_on=period.starts_on, ends_on=period.ends_on, on=today,
        used_amount=uses.aggregate(sum=Sum("cost_amount"))["sum"] or 0,
    )  # fmt: skip


@transaction.atomic
def switch_renewal(period_id: int, *, renews: bool, viewer: Viewer, now: datetime) -> PaidPeriod:
    """Keep whether the member wants the membership to go on by itself; taking it back works to the last day."""
    viewer.require("customer.edit")
    period = PaidPeriod.objects.select_for_update(of=("self",)).select_related("plan").get(pk=period_id)
    if period.closed_on is not None or period.ended_on is not None:
        raise PeriodEndedError(_("This membership is over already."))
    if renews and not period.plan.renews:
        raise PlanClosedError(_("This plan does not go on by itself."))
    if period.renews != renews:
        period.renews = renews
        period.save(update_fields=["renews"])
        after = {"plan": period.plan.code, "renews": renews}
        audit.record(viewer, "paid_plan.renewal", "customer", period.customer_id, now=now, after=after)
    return period


def renew_plans(program: Program, *, viewer: Viewer, now: datetime) -> int:
    """Tell whose membership will go on, let go on what is due, close what is over; return how many went on."""
    today = selectors.program_zone().date_of(now)
    renewed = 0
    due = PaidPeriod.objects.filter(plan__program=program, closed_on=None, ended_on=None, ends_on__lte=today + _DAY)
    for period_id, customer_id in list(due.order_by("ends_on", "pk").values_list("pk", "customer_id")[:_PER_RUN]):
        # Each in a transaction of its own: a member who cannot pay holds nobody else up.
        renewed += _go_on(period_id, customer_id, today, viewer=viewer, now=now)
    _announce(program, today, now)
    return renewed


@transaction.atomic
def _go_on(period_id: int, customer_id: int, today: date, *, viewer: Viewer, now: datetime) -> bool:
    wait_for(customer_id)
    rows = PaidPeriod.objects.select_for_update(of=("self",)).select_related("plan__program")
    period = rows.filter(pk=period_id, closed_on=None, ended_on=None).first()
    if period is None:
        return False
    if _has_follower(period):
        return _close(period, today, renewed=False)
    cause = _hindrance(period, today)
    if not cause:
        try:
            with transaction.atomic():
                following = _sell(
                    customer_id, period.plan, source=_SOURCE, key=f"renewal/{period.pk}", viewer=viewer, now=now,
                    tender=_STORED, store_id=period.store_id, renews=True,
                )  # fmt: skip
        except _CANNOT_PAY:
            cause = "not_paid"
        else:
            outbox.publish(
                PaidPlanRenewed(
                    period.plan.program.code, period.plan.code, customer_id, following.starts_on.isoformat(),
                    following.ends_on.isoformat(), following.price_amount,
                ),
                now=now,
            )  # fmt: skip
            return _close(period, today, renewed=True)
    if period.ends_on <= today:  # until then it is tried again
        _close(period, today, renewed=False)
        _tell_end(period, period.ends_on, cause, now)
    return False


def _hindrance(period: PaidPeriod, today: date) -> str:
    """Return why a period may not go on by itself; empty if it may."""
    if not (period.renews and period.plan.renews and period.plan.is_active):
        return "not_renewed"
    if period.told_on is None or period.told_on + period.plan.notice_days * _DAY > today:
        return "not_told"
    return ""


def _has_follower(period: PaidPeriod) -> bool:
    later = PaidPeriod.objects.filter(plan=period.plan_id, customer=period.customer_id, ended_on=None)
    return later.filter(starts_on__gte=period.ends_on).exists()


def _close(period: PaidPeriod, today: date, *, renewed: bool) -> bool:
    period.closed_on = today
    period.save(update_fields=["closed_on"])
    return renewed


def _tell_end(period: PaidPeriod, day: date, cause: str, now: datetime) -> None:
    ended = PaidPlanEnded(period.plan.program.code, period.plan.code, period.customer_id, day.isoformat(), cause)
    outbox.publish(ended, now=now)


_ANNOUNCE = """
UPDATE program_paidperiod d SET told_on = %(today)s
FROM program_paidplan l
WHERE l.id = d.plan_id AND l.program_id = %(program)s AND l.renews AND l.is_active AND d.renews AND d.told_on IS NULL
    AND d.closed_on IS NULL AND d.ended_on IS NULL AND d.ends_on > %(today)s
    AND d.ends_on - l.notice_days - 1 <= %(today)s
    AND NOT EXISTS (SELECT FROM program_paidperiod f WHERE f.plan_id = d.plan_id AND f.customer_id = d.customer_id
        AND f.starts_on >= d.ends_on AND f.ended_on IS NULL)
RETURNING d.customer_id, l.code, l.price_amount, d.ends_on
"""


@transaction.atomic
def _announce(program: Program, today: date, now: datetime) -> None:
    told = bulk.fetch(_ANNOUNCE, {"program": program.pk, "today": today})
    if told:
        renewals = [
            {"customer_id": customer, "plan": plan, "price_amount": price, "ends_on": ends_on.isoformat()}
            for customer, plan, price, ends_on in sorted(told)
        ]
        outbox.publish(PaidPlanRenewalsDue(program.code, today.isoformat(), renewals), now=now)


def wait_for(customer_id: int) -> None:
    """Let one at a time use or change what a customer is entitled to."""
    bulk.fetch("SELECT pg_advisory_xact_lock(hashtextextended('program.benefits', %(id)s))", {"id": customer_id})

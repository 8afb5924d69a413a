"""Exchange points with partners, within what they have paid for, and settle it (F28)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from regulars.core.errors import DomainError, InvalidInputError
from regulars.loyalty.program.models import Partner, PartnerExchange, PartnerPayment, Program
from regulars.loyalty.program.services.rewards.giving import book_now, give_points, take_points
from regulars.organization import audit
from regulars.organization.access import Viewer

SETTLE = "program.publish"


class PartnerBudgetError(DomainError):
    """The partner has given away all the points it paid for."""

    code: ClassVar[str] = "partner.budget"


class ExchangeRateError(InvalidInputError):
    """These points make no whole number of the other side's."""

    code: ClassVar[str] = "partner.rate"


@transaction.atomic
def save_partner(program: Program, values: Mapping[str, Any], *, viewer: Viewer, now: datetime) -> Partner:
    """Keep a partner under its code; what was exchanged already stays at its rate."""
    viewer.require("program.edit")
    fields = dict(values)
    partner, _made = Partner.objects.update_or_create(program=program, code=fields.pop("code"), defaults=fields)
    after = {"name": partner.name, "our_points": partner.our_points, "their_points": partner.their_points}
    audit.record(viewer, "partner.saved", "partner", partner.pk, now=now, after=after)
    return partner


@transaction.atomic
def book_payment(partner: Partner, points: int, *, paid_amount: int, key: str, viewer: Viewer, now: datetime) -> PartnerPayment:
    """Add points that a partner has paid for, once under `key`."""
    viewer.require(SETTLE)
    Partner.objects.select_for_update().get(pk=partner.pk)
    known = PartnerPayment.objects.filter(partner=partner, key=key).first()
    if known is not None:
        return known
    Partner.objects.filter(pk=partner.pk).update(prepaid_points=F("prepaid_points") + points)
    after = {"name": partner.name, "points": points, "paid_amount": paid_amount}
    audit.record(viewer, "partner.paid", "partner", partner.pk, now=now, after=after)
    return PartnerPayment.objects.create(
        partner=partner, points=points, paid_amount=paid_amount, key=key, paid_by=viewer.label[:160], paid_at=now
    )


@transaction.atomic
def exchange_in(
    partner: Partner, customer_id: int, their_points: int, *, key: str, viewer: Viewer, now: datetime
) -> PartnerExchange:
    """Turn a partner's points into ours, out of what the partner has paid for; once under `key`."""
    known = PartnerExchange.objects.filter(partner=partner, key=key).first()
    if known is not None:
        return known
    points = _whole(their_points * partner.our_points, partner.their_points)
    paid = Partner.objects.filter(pk=partner.pk, is_active=True, prepaid_points__gte=points)
    if not paid.update(prepaid_points=F("prepaid_points") - points):
        raise PartnerBudgetError(_("The partner has no points left to give."))
    book = book_now(now, partner.program.code)
    transfer = give_points(
        customer_id, points, book=book, kind="exchange", key=f"partner/{partner.pk}/{key}", why={"partner": partner.name},
        viewer=viewer, now=now,
    )  # fmt: skip
    return PartnerExchange.objects.create(
        partner=partner, customer_id=customer_id, direction=PartnerExchange.Direction.IN, points=points,
        their_points=their_points, key=key, transfer_id=transfer, exchanged_at=now,
    )  # fmt: skip


@transaction.atomic
def exchange_out(
    partner: Partner, customer_id: int, points: int, *, key: str, viewer: Viewer, now: datetime
) -> PartnerExchange:
    """Turn our points into a partner's, or give them to a charity; once under `key`."""
    known = PartnerExchange.objects.filter(partner=partner, key=key).first()
    if known is not None:
        return known
    theirs = _whole(points * partner.their_points, partner.our_points)
    book = book_now(now, partner.program.code)
    transfer = take_points(
        customer_id, points, book=book, kind="exchange", key=f"partner/{partner.pk}/{key}", why={"partner": partner.name},
        viewer=viewer, now=now,
    )  # fmt: skip
    return PartnerExchange.objects.create(
        partner=partner, customer_id=customer_id, direction=PartnerExchange.Direction.OUT, points=points,
        their_points=theirs, key=key, transfer_id=transfer, exchanged_at=now,
    )  # fmt: skip


def settlement(partner: Partner, *, since: date, until: date, viewer: Viewer) -> list[tuple[str, int, int]]:
    """Return what went each way between two days (half-open), by direction: the lines of the settlement file."""
    viewer.require(SETTLE)
    rows = PartnerExchange.objects.filter(partner=partner, exchanged_at__date__gte=since, exchanged_at__date__lt=until)
    return list(
        rows.values_list("direction").annotate(points_sum=Sum("points"), theirs_sum=Sum("their_points")).order_by("direction")
    )


def _whole(numerator: int, denominator: int) -> int:
    if numerator <= 0 or numerator % denominator:
        raise ExchangeRateError(_("These points make no whole number on the other side."), field="points")
    return numerator // denominator

"""Signing in, badges and draws: small joys with hard limits (F35)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from regulars.core.errors import DomainError
from regulars.loyalty.program import selectors
from regulars.loyalty.program.models import Badge, BadgeHeld, Draw, DrawTurn, Earning, Prize, Referral, SignIn
from regulars.loyalty.program.rules.drawing import Chance, odds, pick
from regulars.loyalty.program.services.giving import book_now, give_points, take_points
from regulars.organization.access import Viewer


class NoSignInError(DomainError):
    """The rules give nothing for signing in."""

    code: ClassVar[str] = "sign_in.off"


class DrawOverError(DomainError):
    """The draw is closed, or the member has had the turns of the day."""

    code: ClassVar[str] = "draw.over"


@transaction.atomic
def sign_in(customer_id: int, *, program: str, viewer: Viewer, now: datetime) -> SignIn:
    """Note that a member was there today and give the points; a second time today is the first one again."""
    book = book_now(now, program)
    reward, today = book.body.sign_in, book.zone.date_of(now)
    if reward is None:
        raise NoSignInError(_("This program gives nothing for signing in."))
    known = SignIn.objects.filter(program_id=book.program_id, customer_id=customer_id)
    before = known.filter(day=today - timedelta(days=1)).first()
    streak = (before.streak if before else 0) + 1
    points = reward.points + (reward.row_points if streak % reward.row_days == 0 else 0)
    signed, is_new = known.get_or_create(
        program_id=book.program_id, customer_id=customer_id, day=today, defaults={"streak": streak, "points": points}
    )
    if is_new:
        give_points(
            customer_id, points, book=book, kind="sign_in", key=f"sign-in/{customer_id}/{today}", why={"streak": streak},
            viewer=viewer, now=now,
        )  # fmt: skip
        give_badges(customer_id, program=program, viewer=viewer, now=now)
    return signed


@transaction.atomic
def give_badges(customer_id: int, *, program: str, viewer: Viewer, now: datetime) -> list[BadgeHeld]:
    """Give a member the badges that the numbers of now reach, each once, with its points."""
    book = book_now(now, program)
    given = []
    for badge in Badge.objects.filter(program_id=book.program_id, is_active=True).exclude(holders__customer=customer_id):
        if _reached(badge, customer_id) < badge.from_value:
            continue
        held, is_new = BadgeHeld.objects.get_or_create(badge=badge, customer_id=customer_id, defaults={"since": now})
        if is_new and badge.points:
            give_points(
                customer_id, badge.points, book=book, kind="badge", key=f"badge/{badge.pk}/{customer_id}",
                why={"badge": badge.name}, viewer=viewer, now=now,
            )  # fmt: skip
        given += [held] if is_new else []
    return given


@transaction.atomic
def take_turn(
    customer_id: int, draw_id: int, *, key: str, viewer: Viewer, now: datetime,
    chance: Callable[[int], int] = secrets.randbelow,
) -> DrawTurn:  # fmt: skip
    """Take one turn of a draw: pay its points, draw a number, give the prize, and log the odds; once under `key`."""
    draw = Draw.objects.select_for_update().select_related("program").get(pk=draw_id)
    known = DrawTurn.objects.filter(draw=draw, key=key).first()
    if known is not None:
        return known
    book = selectors.book_at(now, program=draw.program.code)
    if book is None:  # nothing is drawn under rules that do not hold
        raise DrawOverError(_("There is no turn left today."))
    today = book.zone.date_of(now)
    turns = DrawTurn.objects.filter(draw=draw, customer_id=customer_id, day=today).count()
    over = (draw.starts_on and today < draw.starts_on) or (draw.ends_on and today > draw.ends_on)
    if not draw.is_active or over or turns >= draw.per_day:
        raise DrawOverError(_("There is no turn left today."))
    paid = {"book": book, "viewer": viewer, "now": now, "why": {"draw": draw.name}}
    if draw.points_price:
        take_points(customer_id, draw.points_price, kind="draw", key=f"draw/{draw.pk}/{key}/price", **paid)  # type: ignore[arg-type] # shared words
    prizes = {prize.pk: prize for prize in Prize.objects.filter(draw=draw).order_by("pk")}
    chances = [Chance(prize.pk, prize.weight, prize.cost_amount, prize.stock) for prize in prizes.values()]
    weights = odds(chances, draw.budget_amount - draw.spent_amount)
    drawn = chance(max(sum(weights.values()), 1))
    prize = prizes.get(pick(weights, drawn)) if sum(weights.values()) else None
    turn = DrawTurn.objects.create(
        draw=draw, customer_id=customer_id, day=today, number=turns + 1, key=key, odds=weights, drawn=drawn, prize=prize,
        cost_amount=prize.cost_amount if prize else 0, turned_at=now,
    )  # fmt: skip
    if prize is not None:
        Draw.objects.filter(pk=draw.pk).update(spent_amount=F("spent_amount") + prize.cost_amount)
        Prize.objects.filter(pk=prize.pk, stock__isnull=False).update(stock=F("stock") - 1)
        if prize.points:
            give_points(customer_id, prize.points, kind="draw", key=f"draw/{draw.pk}/{key}/prize", **paid)  # type: ignore[arg-type] # shared words
    return turn


def _reached(badge: Badge, customer_id: int) -> int:
    match Badge.Measure(badge.measure):
        case Badge.Measure.VISITS:
            bought = Earning.objects.filter(program=badge.program_id, customer_id=customer_id, spend_amount__gt=0)
            return bought.exclude(taken_back__receipt=F("receipt")).count()
        case Badge.Measure.STREAK:
            last = SignIn.objects.filter(program=badge.program_id, customer_id=customer_id).order_by("-day").first()
            return last.streak if last else 0
        case Badge.Measure.REFERRALS:
            kept = Referral.objects.filter(program=badge.program_id, referrer_id=customer_id)
            return kept.filter(state=Referral.State.REWARDED).count()
        case Badge.Measure.CHALLENGE:
            return -1  # `challenges` gives it

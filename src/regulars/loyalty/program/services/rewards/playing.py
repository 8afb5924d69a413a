"""Signing in, badges and draws: small joys with hard limits (F35)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from regulars.core.errors import DomainError
from regulars.loyalty.program import play, selectors
from regulars.loyalty.program.models import Badge, BadgeHeld, Draw, DrawTurn, Prize, SignIn
from regulars.loyalty.program.rules.drawing import pick
from regulars.loyalty.program.services.rewards.giving import book_now, give_points, take_points
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
    today = book.zone.date_of(now)
    gives = play.sign_in_today(customer_id, book=book, today=today)
    if gives is None:
        raise NoSignInError(_("This program gives nothing for signing in."))
    signed, is_new = SignIn.objects.get_or_create(
        program_id=book.program_id, customer_id=customer_id, day=today,
        defaults={"streak": gives.streak, "points": gives.points},
    )  # fmt: skip
    if is_new:
        give_points(
            customer_id, gives.points, book=book, kind="sign_in", key=f"sign-in/{customer_id}/{today}",
            why={"streak": gives.streak}, viewer=viewer, now=now,
        )  # fmt: skip
        give_badges(customer_id, program=program, viewer=viewer, now=now)
    return signed


@transaction.atomic
def give_badges(customer_id: int, *, program: str, viewer: Viewer, now: datetime) -> list[BadgeHeld]:
    """Give a member the badges that the numbers of now reach, each once, with its points."""
    book = book_now(now, program)
    given = []
    for badge in Badge.objects.filter(program_id=book.program_id, is_active=True).exclude(holders__customer=customer_id):
        if play.reached(badge, customer_id) < badge.from_value:
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
    weights = play.weights_of(draw, list(prizes.values()))
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

"""What a member can do on their own page: sign in, take turns of draws, bring friends; and the badges there are to win."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from regulars.loyalty.program import play, selectors, services
from regulars.loyalty.program.models import DrawTurn, Referral
from regulars.loyalty.program.play import BadgeGoal, OpenDraw, SignInToday
from regulars.loyalty.program.rules.body import ReferralReward


@dataclass(frozen=True, slots=True)
class Invitation:
    """What to give to friends, and what it has brought."""

    code: str
    address: str
    reward: ReferralReward
    brought: int
    rewarded: int


@dataclass(frozen=True, slots=True)
class Play:
    """Everything on the page that the member can do something with."""

    key: str  # of the next turn: sent twice, it is one turn
    turn: DrawTurn | None
    sign_in: SignInToday | None
    draws: Sequence[OpenDraw]
    badges: Sequence[BadgeGoal]
    invitation: Invitation | None

    @property
    def is_won(self) -> bool:
        """Return whether the turn gave something: a draw may name «nothing this time» among its prizes."""
        prize = self.turn.prize if self.turn else None
        return prize is not None and bool(prize.points or prize.cost_amount or prize.stock is not None)


def read(customer_id: int, *, now: datetime, shown_turn: str = "") -> Play:
    """Return what is open to this member; whoever is in no program has nothing here."""
    today = selectors.program_zone().date_of(now)
    membership = selectors.find_membership(customer_id)
    book = selectors.book_at(now, program=membership.program.code) if membership else None
    return Play(
        key=secrets.token_hex(12),
        turn=play.find_turn(int(shown_turn), customer_id=customer_id) if _is_number(shown_turn) else None,
        sign_in=play.sign_in_today(customer_id, book=book, today=today) if book else None,
        draws=play.open_draws(customer_id, today=today) if book else [],
        badges=play.badges_of(customer_id),
        invitation=_invitation(customer_id, book.body.referral, now) if book and book.body.referral else None,
    )


def _invitation(customer_id: int, reward: ReferralReward, now: datetime) -> Invitation:
    code = services.referral_code_of(customer_id, now=now)
    states = list(Referral.objects.filter(referrer=customer_id).values_list("state", flat=True))
    address = settings.PUBLIC_URL + reverse("home:invitation", args=[code])
    return Invitation(code, address, reward, len(states), states.count(Referral.State.REWARDED))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18

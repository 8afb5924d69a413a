"""What is open to a member to play: draws with their turns and chances, signing in, badges with the way to them (F35).

For the services, which ask the same questions before they give anything, for the desk and for the member's own page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q

from regulars.loyalty.program.models import Badge, BadgeHeld, Draw, DrawTurn, Earning, Prize, Referral, SignIn
from regulars.loyalty.program.rules.book import Book
from regulars.loyalty.program.rules.drawing import Chance, odds


@dataclass(frozen=True, slots=True)
class OpenDraw:
    """A draw that runs, with the turns that the member has left today."""

    draw: Draw
    turns_left: int

    @property
    def prizes(self) -> list[tuple[str, float]]:
        """Return the prizes with their chances as they stand now; no prize is nobody's prize."""
        prizes = list(Prize.objects.filter(draw=self.draw, weight__gt=0).order_by("weight", "pk"))
        weights = weights_of(self.draw, prizes)
        total = sum(weights.values())
        return [(prize.name, weights.get(prize.pk, 0) / total) for prize in prizes] if total else []


@dataclass(frozen=True, slots=True)
class BadgeGoal:
    """A badge that a member holds, or is on the way to."""

    badge: Badge
    value: int
    since: datetime | None

    @property
    def shown(self) -> int:
        """Return the value up to the goal: who is beyond it has the badge within the day."""
        return min(self.value, self.badge.from_value)

    @property
    def percent(self) -> int:
        return 100 * self.shown // max(self.badge.from_value, 1)


@dataclass(frozen=True, slots=True)
class SignInToday:
    """What signing in today gives or has given, and how many days in a row that makes."""

    points: int
    streak: int
    is_done: bool
    row_days: int
    row_points: int


def open_draws(customer_id: int, *, today: date) -> list[OpenDraw]:
    """Return the draws that run today in the programs of which somebody is a member."""
    running = Draw.objects.select_related("program").filter(
        Q(starts_on=None) | Q(starts_on__lte=today), Q(ends_on=None) | Q(ends_on__gte=today), is_active=True,
        program__is_active=True, program__members__customer=customer_id, program__members__left_at=None,
    )  # fmt: skip
    mine = Q(turns__customer=customer_id, turns__day=today)
    taken = running.annotate(taken=Count("turns", filter=mine, distinct=True))
    return [OpenDraw(draw, max(draw.per_day - draw.taken, 0)) for draw in taken.order_by("name", "pk")]


def find_draw(draw_id: int, *, customer_id: int) -> Draw | None:
    """Return a draw of a program of which somebody is a member, open or not."""
    members = Draw.objects.filter(program__members__customer=customer_id, program__members__left_at=None)
    return members.filter(pk=draw_id).first()


def find_turn(turn_id: int, *, customer_id: int) -> DrawTurn | None:
    """Return a turn that this member has taken."""
    return DrawTurn.objects.select_related("draw", "prize").filter(pk=turn_id, customer=customer_id).first()


def weights_of(draw: Draw, prizes: Sequence[Prize]) -> dict[int, int]:
    """Return the weight of each prize that stock and budget still allow; what is left is no prize."""
    chances = [Chance(prize.pk, prize.weight, prize.cost_amount, prize.stock) for prize in prizes]
    return odds(chances, draw.budget_amount - draw.spent_amount)


def badges_of(customer_id: int) -> list[BadgeGoal]:
    """Return the badges of a member, those held first, then what is still to win; a challenge shows its own way."""
    held = dict(BadgeHeld.objects.filter(customer=customer_id).values_list("badge", "since"))
    mine = Q(program__members__customer=customer_id, program__members__left_at=None, program__is_active=True)
    open_now = mine & Q(is_active=True) & ~Q(measure=Badge.Measure.CHALLENGE)
    badges = Badge.objects.filter(Q(pk__in=held) | open_now).distinct().order_by("measure", "from_value", "pk")
    goals = [BadgeGoal(one, 0 if one.pk in held else reached(one, customer_id), held.get(one.pk)) for one in badges]
    return sorted(goals, key=lambda goal: goal.since is None)


def reached(badge: Badge, customer_id: int) -> int:
    """Return how much a member has of what a badge counts."""
    match Badge.Measure(badge.measure):
        case Badge.Measure.VISITS:
            mine = Q(customer=customer_id) | Q(customer__merged_into=customer_id)
            bought = Earning.objects.filter(mine, program=badge.program_id, spend_amount__gt=0)
            return bought.exclude(taken_back__receipt=F("receipt")).count()
        case Badge.Measure.STREAK:
            last = SignIn.objects.filter(program=badge.program_id, customer_id=customer_id).order_by("-day").first()
            return last.streak if last else 0
        case Badge.Measure.REFERRALS:
            kept = Referral.objects.filter(program=badge.program_id, referrer_id=customer_id)
            return kept.filter(state=Referral.State.REWARDED).count()
        case Badge.Measure.CHALLENGE:
            return -1  # `challenges` gives it


def sign_in_today(customer_id: int, *, book: Book, today: date) -> SignInToday | None:
    """Return what signing in today gives; None where the rules give nothing for it."""
    reward = book.body.sign_in
    if reward is None:
        return None
    lately = SignIn.objects.filter(program=book.program_id, customer=customer_id, day__gte=today - timedelta(days=1))
    days = {signed.day: signed for signed in lately}
    if (done := days.get(today)) is not None:
        return SignInToday(done.points, done.streak, True, reward.row_days, reward.row_points)
    before = days.get(today - timedelta(days=1))
    streak = (before.streak if before else 0) + 1
    points = reward.points + (reward.row_points if streak % reward.row_days == 0 else 0)
    return SignInToday(points, streak, False, reward.row_days, reward.row_points)

"""Reward who has met a challenge, once for each period; take the reward back where goods came back (F35).

For the subscriber of recorded receipts and for the worker's hour. What a member has done is counted anew each time
(`progress`), so that doing it twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from regulars.core import bulk, outbox
from regulars.loyalty.program import progress
from regulars.loyalty.program.events import ChallengeLost, ChallengeWon
from regulars.loyalty.program.models import BadgeHeld, Challenge, ChallengeMet, Program
from regulars.loyalty.program.services.rewards.giving import book_now, give_points, take_back_points
from regulars.organization import audit
from regulars.organization.access import Viewer


@transaction.atomic
def save_challenge(program: Program, values: Mapping[str, Any], *, viewer: Viewer, now: datetime) -> Challenge:
    """Keep a challenge under its code; what was bought in its period already counts with the next round."""
    viewer.require("program.edit")
    fields = dict(values)
    challenge, _made = Challenge.objects.update_or_create(program=program, code=fields.pop("code"), defaults=fields)
    Program.objects.filter(pk=program.pk).update(judged_xid=0)
    after = {"name": challenge.name, "target": challenge.target, "reward": challenge.reward}
    audit.record(viewer, "challenge.saved", "challenge", challenge.pk, now=now, after=after)
    return challenge


@transaction.atomic
def judge_challenges(program: Program, *, viewer: Viewer, now: datetime) -> int:
    """Look at what was written since the last time; return how many met a challenge or lost it again."""
    program = Program.objects.select_for_update().get(pk=program.pk)
    ((horizon,),) = bulk.fetch("SELECT regulars_xid_horizon()")  # asked first: what is still being written is for next time
    done = 0
    for challenge in (
        Challenge.objects.select_related("program", "badge").filter(program=program, is_active=True).order_by("pk")
    ):
        for customer_id, since, value in progress.changed(challenge, mark=program.judged_xid):
            _change(challenge, customer_id, since, is_met=value >= challenge.target, viewer=viewer, now=now)
            done += 1
    Program.objects.filter(pk=program.pk).update(judged_xid=horizon)
    return done


def _change(challenge: Challenge, customer_id: int, since: date, *, is_met: bool, viewer: Viewer, now: datetime) -> None:
    met, is_new = ChallengeMet.objects.select_for_update().get_or_create(
        challenge=challenge, customer_id=customer_id, period_from=since, defaults={"at": now}
    )
    if is_met:
        met.rounds += 0 if is_new else 1
    met.is_met, met.at = is_met, now
    key = f"challenge/{challenge.pk}/{customer_id}/{since}/{met.rounds}"
    if is_met:
        _reward(met, key, viewer=viewer, now=now)
    else:
        _take_back(met, key, viewer=viewer, now=now)
    met.save()


def _reward(met: ChallengeMet, key: str, *, viewer: Viewer, now: datetime) -> None:
    challenge, why = met.challenge, {"challenge": met.challenge.name}
    points = challenge.points
    match challenge.reward:
        case Challenge.Reward.COUPON:
            outbox.publish(ChallengeWon(met.customer_id, challenge.coupon, key), now=now)
            return
        case Challenge.Reward.BADGE if challenge.badge is not None:
            held, is_new = BadgeHeld.objects.get_or_create(
                badge=challenge.badge, customer_id=met.customer_id, defaults={"since": now}
            )
            points, key = held.badge.points if is_new else 0, f"badge/{held.badge_id}/{met.customer_id}"
    if points:
        met.transfer_id = give_points(
            met.customer_id, points, book=book_now(now, challenge.program.code), kind="challenge", key=key, why=why,
            viewer=viewer, now=now,
        )  # fmt: skip


def _take_back(met: ChallengeMet, key: str, *, viewer: Viewer, now: datetime) -> None:
    """Take points and coupon back; a badge stays."""
    challenge = met.challenge
    if challenge.reward == Challenge.Reward.COUPON:
        outbox.publish(ChallengeLost(met.customer_id, challenge.coupon, key), now=now)
    elif challenge.reward == Challenge.Reward.POINTS and met.transfer_id is not None:
        take_back_points(
            met.customer_id, challenge.points, of_transfer=met.transfer_id, book=book_now(now, challenge.program.code),
            kind="claw_back", key=f"{key}/back", why={"challenge": challenge.name}, viewer=viewer, now=now,
        )  # fmt: skip

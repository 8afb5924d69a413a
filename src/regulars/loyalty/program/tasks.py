"""What the worker does for the program: replays that were asked for; after each day its tiers, and idle points."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from regulars.core import sending
from regulars.loyalty.program import services
from regulars.loyalty.program.models import Program
from regulars.organization import access


@app.task(name="program.run_replay", queue=sending.INSIDE, lock="program.run_replay")
def run_replay(run_id: int) -> None:
    """Try a draft on past receipts."""
    services.run_replay(run_id, now=timezone.now())


# Hourly, since the day of the company ends in its own zone: the first run after that closes it, the others find nothing.
@app.periodic(cron="20 * * * *")
@app.task(name="program.close_day", queue=sending.INSIDE, queueing_lock="program.close_day", pass_context=False)
def close_day(timestamp: int | None = None) -> None:  # noqa: ARG001 (the scheduler's word)
    """Move members up and down at the close of a business day; see to what waits for days to pass."""
    now = timezone.now()
    for program in Program.objects.filter(is_active=True):
        services.grade_members(program, now=now)
        services.take_back_referrals(program, now=now, viewer=access.system("program"))
        services.reward_referrals(program, now=now, viewer=access.system("program"))
        services.give_visit_badges(program, now=now, viewer=access.system("program"))
        services.judge_challenges(program, now=now, viewer=access.system("program"))
        services.renew_plans(program, now=now, viewer=access.system("program"))
    services.expire_idle(now=now, viewer=access.system("program"))
    services.cancel_stale(now=now, viewer=access.system("program"))

"""A program over the year of the browser tests: rules in force, tiers, a draft tried on past receipts, benefits and gifts."""

from __future__ import annotations

from datetime import datetime, timedelta

from regulars.demo.program import RULES
from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import Gift, GiftOrder, GiftStock, Program, ReplayRun, RuleVersion
from regulars.loyalty.program.services.previewing import run_replay
from regulars.loyalty.program.services.replaying import replay_into_ledger
from regulars.organization.access import system
from regulars.organization.company import get_company
from regulars.organization.models import Store
from regulars.sales.models import Receipt

SYSTEM = system("tests")


def furnish(now: datetime) -> None:
    """Make the program once, live through the year with it, and try a draft."""
    if Program.objects.filter(code="main").exists():
        return
    club = program.create_program("main", name="East Wind Club", currency=get_company().currency, viewer=SYSTEM, now=now)
    first = Receipt.objects.order_by("business_date").values_list("business_date", flat=True)[0]
    program.publish_version(
        program.save_draft(club, RULES, viewer=SYSTEM, now=now), effective_from=first, viewer=SYSTEM, now=now
    )
    replay_into_ledger(club, now=now, viewer=SYSTEM)
    generous = RULES.model_copy(update={"pending_days": 7})
    draft = program.save_draft(club, generous, viewer=SYSTEM, now=now, note="Half the waiting time")
    run_replay(program.ask_replay(draft, months=12, viewer=SYSTEM, now=now).pk, now=now)
    _rewards(club, now)


def addresses() -> list[str]:
    """Return the pages to look at."""
    published, draft = RuleVersion.objects.order_by("number")[:2]
    return [
        "/program/", f"/program/versions/{published.pk}/", f"/program/versions/{draft.pk}/",
        f"/program/replays/{ReplayRun.objects.latest('pk').pk}/", "/program/tiers/", "/program/benefits/", "/program/rewards/",
    ]  # fmt: skip


def _rewards(club: Program, now: datetime) -> None:
    coffee = {"code": "coffee", "name": "A coffee a day", "kind": "other", "quota": 1, "period": "day", "cost_amount": 3_00}
    program.save_benefit(club, coffee | {"tiers": ["gold", "platinum"]}, viewer=SYSTEM, now=now)
    mug = program.save_gift(club, {"code": "mug", "name": "Mug with a swallow", "points_price": 500}, viewer=SYSTEM, now=now)
    for number, store in enumerate(Store.objects.order_by("code")):
        program.count_stock(mug, store_id=store.pk, on_hand=12 * (number + 1), viewer=SYSTEM, now=now)
    _order(mug, now)


def _order(mug: Gift, now: datetime) -> None:
    stock = GiftStock.objects.filter(gift=mug).order_by("pk")[0]
    GiftStock.objects.filter(pk=stock.pk).update(reserved=1)
    holder = club_member(mug.program)
    GiftOrder.objects.create(
        gift=mug, customer_id=holder, store_id=stock.store_id, points=500, source="tests", key="1", ordered_at=now,
        until=now + timedelta(days=14),
    )  # fmt: skip


def club_member(club: Program) -> int:
    """Return one of the members."""
    return int(club.members.order_by("pk").values_list("customer_id", flat=True)[0])

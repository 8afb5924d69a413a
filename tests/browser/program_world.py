"""A program over the year of the browser tests: rules in force, tiers, a draft tried on past receipts, benefits and gifts."""

from __future__ import annotations

from datetime import datetime, timedelta

from regulars.demo.program import RULES
from regulars.loyalty.cards import services as cards
from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import (
    Challenge,
    Draw,
    Gift,
    GiftOrder,
    GiftStock,
    PaidPlan,
    Partner,
    Program,
    Referral,
    ReplayRun,
    RuleVersion,
)
from regulars.loyalty.program.rules.body import ReferralReward, SignInReward
from regulars.loyalty.program.services.rulebook.previewing import run_replay
from regulars.loyalty.program.services.rulebook.replaying import replay_into_ledger
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
    rules = RULES.model_copy(update={"sign_in": SignInReward(points=2, row_points=20), "referral": ReferralReward()})
    program.publish_version(
        program.save_draft(club, rules, viewer=SYSTEM, now=now), effective_from=first, viewer=SYSTEM, now=now
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
        "/program/plans/", f"/program/plans/{PaidPlan.objects.get().pk}/", f"/program/partners/{Partner.objects.get().pk}/",
        "/program/badges/", "/program/challenges/", f"/program/challenges/{Challenge.objects.get().pk}/",
        f"/program/draws/{Draw.objects.get().pk}/", "/program/referrals/",
    ]  # fmt: skip


def member_addresses(now: datetime) -> list[str]:
    """Return a member's own page with everything to play, and the page that a friend of theirs is sent to."""
    member = club_member(Program.objects.get(code="main"))
    token = cards.link_token(cards.pass_of(member, now=now), today=now.date())
    return [f"/m/{token}/", f"/i/{program.referral_code_of(member, now=now)}/"]


def _rewards(club: Program, now: datetime) -> None:
    coffee = {"code": "coffee", "name": "A coffee a day", "kind": "other", "quota": 1, "period": "day", "cost_amount": 3_00}
    program.save_benefit(club, coffee | {"tiers": ["gold", "platinum"]}, viewer=SYSTEM, now=now)
    mug = program.save_gift(club, {"code": "mug", "name": "Mug with a swallow", "points_price": 500}, viewer=SYSTEM, now=now)
    for number, store in enumerate(Store.objects.order_by("code")):
        program.count_stock(mug, store_id=store.pk, on_hand=12 * (number + 1), viewer=SYSTEM, now=now)
    _order(mug, now)
    _more(club, now)


def _more(club: Program, now: datetime) -> None:
    """What else membership gives: a paid plan with members, a partner, a badge, a draw with turns, friends brought."""
    who = {"viewer": SYSTEM, "now": now}
    members = list(club.members.order_by("pk").values_list("customer_id", flat=True)[:6])
    fields = {"code": "plus", "name": "East Wind Plus", "price_amount": 199_00, "months": 12, "renews": True, "notice_days": 5}
    plan = program.save_plan(club, fields | {"benefits": club.benefits.all()}, **who)
    for number, member in enumerate(members[:4]):
        program.buy_plan(member, plan, source="tests", key=str(number), renews=number % 2 == 0, tender="card", **who)
    air = program.save_partner(club, {"code": "air", "name": "Crane Air", "our_points": 2, "their_points": 1}, **who)
    program.book_payment(air, 5_000, paid_amount=400_00, key="1", **who)
    program.exchange_in(air, members[0], 60, key="1", **who)
    ten = {"code": "ten", "name": "Ten visits", "measure": "visits", "from_value": 10, "points": 50}
    program.save_badge(club, ten, **who)
    days = {"starts_on": now.date() - timedelta(days=200), "ends_on": now.date() + timedelta(days=20), "points": 100}
    tea = {"code": "tea", "name": "Five purchases this month", "target": 5, "period": "month"}
    program.save_challenge(club, days | tea, **who)
    program.judge_challenges(club, **who)
    wheel = {"code": "wheel", "name": "Autumn wheel", "points_price": 0, "per_day": 3, "budget_amount": 100_00}
    cake = {"name": "Moon cake", "weight": 5, "cost_amount": 20_00, "stock": 3}
    points = {"name": "20 points", "weight": 15, "points": 20}
    draw = program.save_draw(club, wheel, [cake, points, {"name": "Nothing this time", "weight": 80}], **who)
    for number, member in enumerate(members):
        program.take_turn(member, draw.pk, key=str(number), chance=lambda size, at=number: at * 17 % size, **who)
    for number, state in enumerate(("waiting", "rewarded", "held_back")):
        signs = ["same_till"] if state == "held_back" else []
        decided = None if state == "waiting" else now
        Referral.objects.create(
            program=club, referrer_id=members[number], referred_id=members[number + 3], referred_at=now, state=state,
            signs=signs, decided_at=decided,
        )  # fmt: skip


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

"""The demo's loyalty program: made up, because the panel has none; what it gives follows from the panel's real receipts.

After the purchases: one published version of rules that holds from the panel's first day, replayed over the whole year.
"""

from __future__ import annotations

from datetime import date, datetime

from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import RuleVersion
from regulars.loyalty.program.rules.body import (
    Body,
    Bonus,
    Exclusions,
    Goods,
    Growth,
    Ladder,
    LotExpiry,
    Multiply,
    PerAmount,
    Redemption,
    Tier,
    When,
)
from regulars.organization.access import Viewer

CODE = "main"
NAME = "Journey Rewards (simulated)"
RULES = Body(
    earning=(
        PerAmount(code="base", name="1 point for each dollar", points=1, amount=100),
        Multiply(code="own-brands", name="Double points on own brands", factor_milli=2_000, when=When(brands=("Private",))),
        Bonus(code="big-shop", name="50 points from 100 dollars", from_amount=10_000, points=50),
    ),
    exclusions=Exclusions(goods=Goods(categories=("FUEL",))),
    pending_days=14,
    expiry=LotExpiry(months=12, end="month"),
    redemption=Redemption(points=100, amount=100, min_points=100, step_points=100, max_share_percent=50),
    growth=Growth(growth=1, amount=100),
    ladder=Ladder(
        measure="spend",
        tiers=(
            Tier(code="member", name="Member", from_value=0),
            Tier(code="silver", name="Silver", from_value=100_000, keep_value=80_000, factor_milli=1_100),
            Tier(code="gold", name="Gold", from_value=250_000, keep_value=200_000, factor_milli=1_250),
            Tier(code="platinum", name="Platinum", from_value=500_000, keep_value=400_000, factor_milli=1_500),
        ),
    ),
)


def publish(first_day: date, *, currency: str, viewer: Viewer, now: datetime) -> RuleVersion:
    """Open the program with rules that hold from `first_day` on; a second run returns what is there."""
    made = program.create_program(CODE, name=NAME, currency=currency, viewer=viewer, now=now)
    version = RuleVersion.objects.filter(program=made, published_at__isnull=False).first()
    if version is None:
        draft = program.save_draft(made, RULES, viewer=viewer, now=now, note="The demo's first rules")
        version = program.publish_version(draft, effective_from=first_day, viewer=viewer, now=now)
    return version

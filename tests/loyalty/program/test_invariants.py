"""What must be true of the program is proved, and a ledger that was tampered with is found."""

from __future__ import annotations

import pytest
from django.db import connection

from regulars.core import invariants
from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import Earning, Membership, TierSpell
from tests.loyalty.program.story import NOW, START, club, publish
from tests.loyalty.program.test_replaying import LADDER, a_year, replay

pytestmark = pytest.mark.django_db


@pytest.fixture
def lived(company):
    publish(
        {"kind": "per_amount", "code": "base"}, {"kind": "bonus", "code": "big", "from_amount": 9000, "points": 7},
        ladder=LADDER, growth={"growth": 1, "amount": 100}, effective_from=START.replace(year=2025),
    )  # fmt: skip
    a_year()
    replay()
    program.grade_members(club(), now=NOW)


def broken():
    found = invariants.prove([one for one in invariants.declared() if one.name.startswith("program.")])
    return [finding.invariant.name for finding in found if not finding.holds]


def test_a_year_that_was_lived_through_is_whole(lived):
    assert broken() == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda: Earning.objects.filter(points=50).update(points=58), ["program.earnings", "program.ledger"]),
        (lambda: Earning.objects.exclude(points=0).update(transfer_id=None), ["program.ledger"]),
        (lambda: Membership.objects.update(tier="gold", secured="base"), ["program.tiers"]),
        (lambda: TierSpell.objects.filter(cause="reached").delete(), ["program.tiers"]),
    ],
)
def test_what_was_tampered_with_shows(lived, change, found):
    change()

    assert set(found) <= set(broken())


def test_returns_that_take_too_much_show(lived):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE program_takenback SET points = points + 1000")

    assert "program.taken_back" in broken()

"""A draft is tried on real receipts: the difference is exactly what the arithmetic says (X2)."""

from __future__ import annotations

import pytest

from regulars.loyalty.program import selectors
from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import Earning, ReplayRun
from tests.loyalty.program.story import BASE, NOW, START, SYSTEM, balance, club, publish
from tests.loyalty.program.test_replaying import LADDER, a_year, replay

pytestmark = pytest.mark.django_db


def try_draft(*rules, months=12, **body):
    draft = program.save_draft(club(), {"earning": rules or [BASE], **body}, viewer=SYSTEM, now=NOW)
    return program.preview(club(), selectors.book_of(draft), months=months, now=NOW)


def begin(**body):
    publish(effective_from=START.replace(year=2025), **body)
    a_year()
    replay()


def test_the_rules_in_force_change_nothing_and_are_the_ledger():
    begin(ladder=LADDER)

    found = try_draft(ladder=LADDER)

    assert found.now == found.then
    assert (found.winners, found.losers, found.ledger_receipts, found.ledger_different) == (0, 0, 13, 0)


def test_a_doubled_rate_costs_exactly_as_much_again():
    begin()

    found = try_draft(BASE | {"points": 2})

    assert (found.now.points, found.then.points) == (600, 1200)  # what came back is taken off on both sides
    assert (found.won_points, found.lost_points, found.winners) == (600, 0, 1)
    assert found.then.cost_amount == 1200


def test_a_worse_rate_names_whom_it_hurts_most():
    begin(ladder=LADDER)

    found = try_draft(ladder=LADDER | {"tiers": [{"code": "base", "from_value": 0}, {"code": "gold", "from_value": 999_999}]})

    (ana,) = found.hurt
    assert ana.points_now - ana.points_then == found.lost_points == 400
    assert found.then.rises == 0


def test_only_the_months_that_are_asked_for_count():
    begin()

    assert try_draft(BASE | {"points": 2}, months=1).receipts == 0


def test_a_replay_that_was_asked_for_writes_nothing_but_its_report():
    begin()
    before = Earning.objects.count()
    draft = program.save_draft(club(), {"earning": [BASE | {"points": 3}]}, viewer=SYSTEM, now=NOW)
    run = program.ask_replay(draft, months=12, viewer=SYSTEM, now=NOW)

    program.run_replay(run.pk, now=NOW)

    run = ReplayRun.objects.get()
    assert (run.state, run.report["then"]["points"] - run.report["now"]["points"]) == ("done", 1200)
    assert Earning.objects.count() == before
    assert balance(Earning.objects.first().customer_id).posted == 600

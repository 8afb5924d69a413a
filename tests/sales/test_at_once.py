"""Calls at the same moment: a receipt is recorded once, a return finds its sale, nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from regulars.catalog.models import Product
from regulars.core.errors import Problem
from regulars.core.outcomes import SaveOutcome
from regulars.customers.models import Customer, CustomerStore
from regulars.sales import invariants, services
from regulars.sales.models import Receipt, ReturnLink
from tests.sales.factories import codes, line, sell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("sales at once")]
THREADS = 4


def at_once(*calls: Callable[[], SaveOutcome]) -> list[SaveOutcome]:
    """Run the calls from one starting line, each on its own connection."""
    line_up = threading.Barrier(len(calls))
    outcomes: dict[int, SaveOutcome] = {}
    failed: list[BaseException] = []

    def run(place: int, call: Callable[[], SaveOutcome]) -> None:
        try:
            connection.ensure_connection()
            line_up.wait(timeout=30)
            outcomes[place] = call()
        except BaseException as problem:
            failed.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not failed, failed
    return [outcomes[place] for place in sorted(outcomes)]


def test_one_receipt_from_four_calls_is_recorded_once() -> None:
    outcomes = at_once(*[lambda: sell(line(customer="88", customer_kind="card"))] * THREADS)
    assert sorted((each.created, each.unchanged) for each in outcomes) == [(0, 1)] * (THREADS - 1) + [(1, 0)]
    assert (Receipt.objects.count(), Customer.objects.count(), Product.objects.count()) == (1, 1, 1)
    assert CustomerStore.objects.count() == 1


def test_one_number_with_two_contents_is_one_receipt_and_conflicts() -> None:
    outcomes = at_once(*[lambda amount=amount: sell(line(gross_amount=amount)) for amount in range(1, THREADS + 1)])
    assert sorted(each.created for each in outcomes) == [0] * (THREADS - 1) + [1]
    assert sorted(code for each in outcomes for code in codes(each)) == ["receipt.conflict"] * (THREADS - 1)


def test_other_content_that_comes_between_two_looks_is_a_conflict_too(monkeypatch: pytest.MonkeyPatch) -> None:
    look = services._refuse

    def look_before_another(facts: dict[str, Any]) -> list[Problem]:
        monkeypatch.undo()
        found = look(facts)
        at_once(lambda: sell(line(gross_amount=1)))
        return found

    monkeypatch.setattr(services, "_refuse", look_before_another)
    late = sell(line(gross_amount=2))
    assert (late.created, late.unchanged, codes(late)) == (0, 0, ["receipt.conflict"])


def test_the_same_receipts_in_opposite_order_do_not_wait_for_each_other() -> None:
    rows: list[dict[str, Any]] = [
        line(f"{number}", product=f"P{number}", customer=f"{100 + number}", customer_kind="card", store="NS"[number % 2] + "1")
        for number in range(60)
    ]
    outcomes = at_once(*[lambda part=part: sell(*part) for part in (rows, rows[::-1], rows[20:], rows[40::-1])])
    assert not [problem for each in outcomes for problem in each.problems]
    assert Receipt.objects.count() == sum(each.created for each in outcomes) == 60


@pytest.mark.parametrize("turn", range(4))
def test_a_return_finds_the_sale_that_comes_in_the_same_moment(turn: int) -> None:
    pairs = [
        call
        for number in range(THREADS)
        for call in (
            lambda number=number: sell(line(f"S{number}")),
            lambda number=number: sell(line(f"R{number}", kind="return", original_receipt_id=f"S{number}")),
        )
    ]
    at_once(*pairs[turn:], *pairs[:turn])
    assert ReturnLink.objects.filter(original=None).count() == 0
    assert invariants.returns_are_linked().broken == 0

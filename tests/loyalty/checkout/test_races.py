"""Many tills at once: nothing is spent twice, no coupon used beyond its limit, no lock seen by a till (G1–G4, G19)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError, connection

from regulars.core import invariants
from regulars.customers.models import Customer
from regulars.loyalty.checkout import services as checkout
from regulars.loyalty.offers.models import Redemption
from regulars.sales.models import Receipt
from tests import retailer
from tests.loyalty.checkout import offers, program
from tests.loyalty.checkout.conftest import Till, make_key
from tests.loyalty.checkout.test_points import handle


def at_once(count: int, sell: Callable[[int], tuple[int, dict[str, Any]]]) -> Counter[str]:
    """Count the outcomes of so many sales that start together."""

    def attempt(number: int) -> str:
        try:
            status, said = sell(number)
            return "done" if status == 201 else str(said["code"])
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        return Counter(pool.map(attempt, range(count)))


@pytest.fixture
def key(transactional_db: None) -> str:
    retailer.open_company()
    retailer.enroll_members(2)
    program.publish(exclusions={"tenders": ["points", "cash"]})
    return make_key(store="SH-1")


def nothing_is_broken() -> bool:
    return all(finding.holds for finding in invariants.prove(invariants.declared()))


@pytest.mark.django_db(transaction=True)
def test_a_thousand_points_pay_ten_times_a_hundred(key: str) -> None:
    ana = Customer.objects.get(name="Ana Lopez").pk
    program.give(ana, 1000)
    member = handle(Till(key))
    paid = [{"kind": "points", "amount": 100}, {"kind": "cash", "amount": 1900}]
    outcomes = at_once(36, lambda number: Till(key).sell(str(number), member=member, payments=paid))
    assert outcomes == {"done": 10, "insufficient_funds": 26}
    assert (program.balance(ana), Receipt.objects.count()) == (0, 10)
    assert nothing_is_broken()


@pytest.mark.django_db(transaction=True)
def test_an_offer_for_three_is_used_three_times(key: str) -> None:
    codes = offers.codes(offers.publish("SPRING", is_coupon=True, terms={"uses_max": 3}), 15)
    outcomes = at_once(15, lambda number: Till(key).sell(str(number), total=1700, coupons=[codes[number]]))
    assert outcomes["done"] == 3
    assert set(outcomes) <= {"done", "offer.used_up", "sale.total_differs"}
    assert Redemption.objects.filter(kind="use").count() == Receipt.objects.count() == 3
    assert nothing_is_broken()


@pytest.mark.django_db(transaction=True)
def test_one_coupon_at_many_tills_is_used_once(key: str) -> None:
    (code,) = offers.codes(offers.publish("SPRING", is_coupon=True))
    outcomes = at_once(15, lambda number: Till(key).sell(str(number), total=1700, coupons=[code]))
    assert outcomes["done"] == 1
    assert set(outcomes) <= {"done", "coupon.taken", "coupon.unusable"}


@pytest.mark.django_db
def test_a_database_that_is_away_is_told_as_503(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError from connection.Database.OperationalError("the server closed the connection")

    monkeypatch.setattr(checkout, "commit", away)
    monkeypatch.setattr(connection, "close", lambda: None)
    answer = till.raw("sales", b'{"store": "SH-1", "till": "1", "number": "1", "at": "2026-11-20T17:29:00+08:00", '
                               b'"lines": [{"line": 1, "sku": "P1"}], "total": 1000, "payments": []}')  # fmt: skip
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")

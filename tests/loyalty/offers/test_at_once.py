"""Many at the same moment: limits are kept exactly, nobody waits for ever, a void gives back once (P35, G2, T-4)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from regulars.core.errors import DomainError
from regulars.core.invariants import declared, prove
from regulars.customers.models import Customer
from regulars.loyalty.offers import services as offers
from regulars.loyalty.offers.models import Allowance, Coupon, Offer, Redemption
from regulars.loyalty.offers.services import limits
from tests.loyalty.offers import shop
from tests.loyalty.offers.published import NOW, SYSTEM, codes_of, five_off, quote, sell, void

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("offers at once")]


def at_once(calls: list[Callable[[], object]], *, threads: int = 16) -> tuple[int, int]:
    """Run the calls on `threads` connections of their own; return how many went through and how many were refused."""
    line_up, waiting = threading.Barrier(threads), list(calls)
    through: list[object] = []
    refused: list[DomainError] = []
    broken: list[BaseException] = []

    def work() -> None:
        connection.ensure_connection()
        line_up.wait(timeout=30)
        while waiting:
            try:
                call = waiting.pop()
                through.append(call())
            except IndexError:
                break
            except DomainError as refusal:
                refused.append(refusal)
            except BaseException as problem:
                broken.append(problem)
        connections.close_all()

    workers = [threading.Thread(target=work) for _number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=120)
    assert not broken, broken[:3]
    return len(through), len(refused)


def uses(offer: Offer) -> int:
    return sum(part.uses for part in Allowance.objects.filter(offer=offer, purpose="use"))


@pytest.fixture(autouse=True)
def all_invariants_hold(store: object) -> object:
    yield
    mine = [each for each in declared() if each.name.startswith("offers.")]
    assert [(each.invariant.name, each.outcome.examples) for each in prove(mine) if not each.holds] == []


def test_three_uses_and_five_at_once_are_three() -> None:
    offer = five_off(terms={"uses_max": 3})
    late = quote()
    assert at_once([lambda number=number: sell(f"{number}", deal=late) for number in range(5)], threads=5) == (3, 2)
    assert uses(offer) == Redemption.objects.count() == 3


def test_one_per_customer_and_many_attempts_is_one(ana: Customer) -> None:
    offer = five_off(terms={"uses_per_person": 1, "uses_max": None, "budget_amount": 1_000_000_00})
    late = quote(customer=ana)
    calls = [lambda number=number: sell(f"{number}", customer=ana, deal=late) for number in range(100)]
    assert at_once(calls) == (1, 99)
    assert uses(offer) == Redemption.objects.count() == 1


@pytest.mark.parametrize("parts", [1, 8])
def test_a_global_limit_is_used_up_exactly_whatever_its_parts(parts: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_USES_LARGE", 10_000 if parts == 1 else 10)
    offer = five_off(terms={"uses_max": 100})
    assert Allowance.objects.filter(offer=offer).count() == parts
    late = quote()
    attempts = 200
    assert at_once([lambda number=number: sell(f"{number}", deal=late) for number in range(attempts)], threads=32) == (100, 100)
    assert uses(offer) == Redemption.objects.count() == 100


def test_one_coupon_and_many_tills_is_one_use() -> None:
    code = codes_of(five_off(is_coupon=True))[0]
    late = quote(codes=[code])
    assert at_once([lambda number=number: sell(f"{number}", deal=late) for number in range(40)]) == (1, 39)
    assert Coupon.objects.get().uses == 1


def test_many_voids_of_one_sale_give_back_once(ana: Customer) -> None:
    offer = five_off(is_coupon=True, terms={"uses_max": 1, "uses_per_person": 1})
    sell("1", customer=ana, codes=codes_of(offer))
    at_once([lambda number=number: void("1", by=f"void {number}") for number in range(20)], threads=8)
    assert (uses(offer), Redemption.objects.filter(kind="give_back").count()) == (0, 1)


def test_claims_never_exceed_the_stock(ana: Customer, ben: Customer) -> None:
    offer = five_off(is_coupon=True, terms={"claims_max": 30, "claims_per_person": 1_000})
    calls = [
        lambda number=number, customer=customer: offers.claim(
            offer.pk, customer_id=customer.pk, key=f"{number}", business_date=shop.DAY, viewer=SYSTEM, now=NOW
        )
        for number in range(40)
        for customer in (ana, ben)
    ]
    assert at_once(calls) == (30, 50)
    assert Coupon.objects.count() == 30


def test_reserving_and_letting_go_at_once_leaves_nothing_behind(ana: Customer) -> None:
    offer = five_off(is_coupon=True, terms={"uses_max": 10})
    made = codes_of(offer, 4)
    deals = [quote(codes=[code]) for code in made]

    @transaction.atomic
    def reserve(number: int) -> None:
        until = NOW + timedelta(minutes=5)
        offers.reserve(deals[number % 4].used, key=f"R{number}", until=until, customer_id=None, now=NOW)
        offers.release(f"R{number}")

    at_once([lambda number=number: reserve(number) for number in range(60)], threads=8)
    assert uses(offer) == 0
    assert set(Coupon.objects.values_list("state", flat=True)) == {"ready"}

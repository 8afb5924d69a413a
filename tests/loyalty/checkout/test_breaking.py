"""A part return that breaks an offer's condition: the discount is kept or paid back, by the offer's policy (P39)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Sum

from regulars.core import invariants
from regulars.customers.models import Customer
from regulars.loyalty.offers.models import Allowance, Coupon
from regulars.sales.models import LineDiscount, ReceiptLine, Tender
from tests.loyalty.checkout import offers, program
from tests.loyalty.checkout.conftest import Till
from tests.loyalty.checkout.test_points import handle
from tests.loyalty.checkout.test_taking_back import taking_back

pytestmark = pytest.mark.django_db

FUNDS = [{"party": "supplier", "name": "Acme", "share_bp": 2_500}, {"party": "retailer", "share_bp": 7_500}]
BY_TEN = {"kind": "threshold", "from_amount": 10_000, "off_amount": 2_000}
THREE_FOR_TWO = {"kind": "n_for_m", "items": {"all": []}, "take": 3, "pay": 2}
ALL = [(1, 6), (2, 4)]


def sell(till: Till, lines: list[tuple[int, int]], total: int, **fields: Any) -> None:
    skus = {1: "P1", 2: "P2"}
    said = [{"line": no, "sku": skus[no], "quantity": pieces} for no, pieces in lines]
    assert till.sell("1", lines=said, total=total, **fields)[0] == 201


def back(till: Till, number: int, line: int, pieces: int) -> tuple[int, int]:
    lines = [{"line": line, "quantity": pieces}]
    status, said = till.post("returns", taking_back(till, f"R{number}", "1", lines=lines))
    assert status == 201, said
    return said["refund"], said["discount_lost"]


def everything_adds_up() -> bool:
    return [found.invariant.name for found in invariants.prove(invariants.declared()) if not found.holds] == []


@pytest.mark.parametrize(
    ("policy", "steps"),
    [
        # 60 and 40 less 20: what stays for 60 no longer reaches 100
        ("keep", [(2, 4, (3200, 0)), (1, 6, (4800, 0))]),
        ("take_back", [(2, 4, (2000, 1200)), (1, 6, (6000, 0))]),
        ("take_back", [(1, 6, (4000, 800)), (2, 4, (4000, 0))]),
        ("take_back", [(2, 1, (0, 800)), (2, 3, (2000, 400)), (1, 3, (3000, 0)), (1, 3, (3000, 0))]),
    ],
)
def test_a_threshold_that_is_no_longer_reached(till: Till, policy: str, steps: list[Any]) -> None:
    program.publish()
    ana = Customer.objects.get(name="Ana Lopez").pk
    offer = offers.publish("TEN", is_coupon=True, terms={"after_return": policy, "funding": FUNDS}, **BY_TEN)
    sell(till, ALL, 8000, coupons=offers.codes(offer), member=handle(till))
    assert [back(till, at, line, pieces) for at, (line, pieces, _) in enumerate(steps)] == [given for *_, given in steps]
    zero = [model.objects.aggregate(sum=Sum(field))["sum"] for model, field in
            ((Tender, "amount"), (LineDiscount, "amount"), (ReceiptLine, "net_amount"), (Allowance, "amount"))]  # fmt: skip
    assert zero == [0, 0, 0, 0]
    assert (Coupon.objects.get().state, program.balance(ana)) == ("ready", 0)
    assert everything_adds_up()


def test_three_for_two_with_one_given_back_is_paid_in_full(till: Till) -> None:
    offers.publish("3FOR2", terms={"after_return": "take_back", "phase": "item"}, **THREE_FOR_TWO)
    sell(till, [(1, 3)], 2000)
    assert [back(till, number, 1, 1) for number in range(3)] == [(0, 666), (999, 0), (1001, 0)]
    assert everything_adds_up()


def test_what_stays_and_still_reaches_it_loses_nothing(till: Till) -> None:
    offers.publish("TEN", terms={"after_return": "take_back"}, **BY_TEN)
    sell(till, [(1, 12), (2, 4)], 14000)
    assert back(till, 1, 2, 1) == (875, 0)
    assert till.post("returns", taking_back(till, "R2", "1"))[1]["refund"] == 14000 - 875
    assert everything_adds_up()

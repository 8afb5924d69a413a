"""Offers come off the price, coupons are used once and come back with what returns."""

from __future__ import annotations

import pytest

from regulars.customers.models import Customer
from regulars.loyalty.offers.models import Coupon, Redemption
from regulars.sales.models import LineDiscount, Receipt
from tests.loyalty.checkout import offers, program
from tests.loyalty.checkout.conftest import Till
from tests.loyalty.checkout.test_points import handle
from tests.loyalty.checkout.test_taking_back import taking_back

pytestmark = pytest.mark.django_db

LINES = [{"line": 1, "sku": "P1"}, {"line": 2, "sku": "P2"}]


def quote(till: Till, **fields):
    body = {"store": till.store, "till": till.till, "at": "2026-11-20T17:29:00+08:00", "lines": LINES} | fields
    return till.post("quotes", body)


def test_a_promotion_comes_off_by_itself_and_stands_on_the_receipt(till: Till) -> None:
    offers.publish("THREE-OFF")
    _, priced = quote(till)
    assert (priced["total"], priced["due"]) == (1700, 1700)
    assert priced["offers"]["used"] == [
        {"offer": "THREE-OFF", "title": "The offer THREE-OFF", "is_coupon": False, "amount": 300, "after_return": "keep"}
    ]
    status, said = till.sell("1", total=1700)
    assert (status, said["discount"]) == (201, 300)
    assert sorted(LineDiscount.objects.values_list("line_no", "amount", "reference")) == [
        (1, 150, "THREE-OFF"), (2, 150, "THREE-OFF"),
    ]  # fmt: skip
    assert Redemption.objects.get(kind="use").key == "SH-1/1/1"


def test_a_coupon_is_used_once(till: Till) -> None:
    (code,) = offers.codes(offers.publish("SPRING", is_coupon=True))
    assert till.sell("1", total=1700, coupons=[code])[0] == 201
    status, said = till.sell("2", total=1700, coupons=[code])
    assert (status, said["code"]) == (422, "coupon.unusable")
    _, priced = quote(till, coupons=[code])
    assert (priced["total"], priced["offers"]["unusable"]) == (2000, [code])
    assert Receipt.objects.count() == 1


def test_a_refused_offer_says_why(till: Till) -> None:
    offers.publish("BIG", kind="amount", off_amount=300, terms={"members_only": True})
    _, priced = quote(till)
    assert [(it["offer"], it["code"]) for it in priced["offers"]["refused"]] == [("BIG", "members_only")]


def test_what_a_quote_reserved_is_there_for_its_sale_and_for_no_other(till: Till) -> None:
    program.publish()
    ana = Customer.objects.get(name="Ana Lopez").pk
    program.give(ana, 400)
    (code,) = offers.codes(offers.publish("SPRING", is_coupon=True))
    member = handle(till)
    _, priced = quote(till, coupons=[code], member=member, points=300, number="1", reserve=True)
    assert (priced["total"], priced["due"]) == (1700, 1400)
    _, other = quote(till, coupons=[code], member=member, points=400)
    assert (other["total"], other["points"]["usable"]) == (2000, 100)
    payments = [*priced["payments"], {"kind": "cash", "amount": priced["due"]}]
    status, said = till.sell("1", total=1700, coupons=[code], member=member, payments=payments, quote=priced["quote"])
    assert status == 201, said
    assert (said["points"]["used"], program.balance(ana)) == (300, 114)


def test_what_was_reserved_can_be_let_go(till: Till) -> None:
    program.publish()
    program.give(Customer.objects.get(name="Ana Lopez").pk, 400)
    (code,) = offers.codes(offers.publish("SPRING", is_coupon=True))
    member = handle(till)
    _, priced = quote(till, coupons=[code], member=member, points=300, number="1", reserve=True)
    status, _ = till.post("releases", {"store": "SH-1", "till": "1", "number": "1", "quote": priced["quote"]})
    assert status == 200
    _, again = quote(till, coupons=[code], member=member, points=400)
    assert (again["total"], again["points"]["use"]) == (1700, 400)


def test_a_coupon_comes_back_when_all_it_reduced_has_come_back(till: Till) -> None:
    (code,) = offers.codes(offers.publish("SPRING", is_coupon=True))
    till.sell("1", total=1700, coupons=[code])
    _, first = till.post("returns", taking_back(till, "2", "1", lines=[{"line": 1, "quantity": 1}]))
    assert (first["refund"], Coupon.objects.get().state) == (850, "used")
    till.post("returns", taking_back(till, "3", "1"))
    assert Coupon.objects.get().state == "ready"
    assert sum(LineDiscount.objects.values_list("amount", flat=True)) == 0


def test_a_void_gives_a_use_back_exactly_once(till: Till) -> None:
    offer = offers.publish("SPRING", is_coupon=True, terms={"uses_max": 1})
    code, other = offers.codes(offer, 2)
    till.sell("1", total=1700, coupons=[code])
    till.post("voids", taking_back(till, "2", "1"))
    till.post("voids", taking_back(till, "2", "1"))
    assert till.sell("3", total=1700, coupons=[other])[0] == 201
    assert till.sell("4", total=1700, coupons=[code])[1]["code"] in {"sale.total_differs", "offer.used_up"}


def test_wrong_codes_are_counted_also_when_the_sale_is_refused(till: Till) -> None:
    for number in range(20):
        till.sell(str(number), coupons=[f"WRONG{number:03d}"])
    assert till.sell("99", coupons=["WRONG999"])[1]["code"] == "coupon.locked"

"""A sale gives points and takes points with one transfer each, and a return gives both back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.loyalty.program.models import Earning
from regulars.sales.models import Receipt, Tender
from tests.loyalty.checkout import program
from tests.loyalty.checkout.conftest import Till
from tests.loyalty.checkout.test_taking_back import taking_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(till: Till) -> int:
    program.publish()
    return Customer.objects.get(name="Ana Lopez").pk


def handle(till: Till) -> str:
    return str(till.post("identifications", {"store": "SH-1", "kind": "phone", "value": "13800000001"})[1]["member"])


def test_a_member_earns_and_the_receipt_says_so(till: Till, ana: int) -> None:
    status, said = till.sell("1", member=handle(till))
    assert status == 201
    assert said["points"] == {
        "earned": 20, "used": 0, "balance": 20, "pending": 0, "held": 0, "owed": 0, "expiring": [],
    }  # fmt: skip
    assert program.balance(ana) == 20
    assert Earning.objects.get().receipt_id == said["receipt"]


def test_somebody_without_a_name_at_the_till_earns_nothing(till: Till, ana: int) -> None:
    _, said = till.sell("1")
    assert "points" not in said
    assert not Earning.objects.exists()


def test_a_quote_says_how_many_points_can_pay(till: Till, ana: int) -> None:
    program.give(ana, 500)
    member = handle(till)
    asked = {"store": "SH-1", "till": "1", "at": "2026-11-20T17:29:00+08:00", "member": member, "points": 300,
             "lines": [{"line": 1, "sku": "P1"}, {"line": 2, "sku": "P2"}]}  # fmt: skip
    _, said = till.post("quotes", asked)
    assert (said["total"], said["due"], said["payments"]) == (2000, 1700, [{"kind": "points", "amount": 300}])
    assert {key: said["points"][key] for key in ("usable", "use", "earns")} == {"usable": 500, "use": 300, "earns": 17}
    status, sold = till.sell("1", member=member, payments=[*said["payments"], {"kind": "cash", "amount": said["due"]}])
    assert status == 201
    assert (sold["points"]["used"], sold["points"]["earned"], program.balance(ana)) == (300, 17, 217)
    assert dict(Tender.objects.values_list("kind", "amount")) == {"points": 300, "cash": 1700}


def test_points_are_not_spent_beyond_what_is_there(till: Till, ana: int) -> None:
    program.give(ana, 299)
    status, said = till.sell(
        "1", member=handle(till), payments=[{"kind": "points", "amount": 300}, {"kind": "cash", "amount": 1700}]
    )
    assert (status, said["code"]) == (409, "insufficient_funds")
    assert not Receipt.objects.exists()
    assert program.balance(ana) == 299


def test_points_in_two_payments_are_one_redemption_and_come_back_by_payment(till: Till, ana: int) -> None:
    program.give(ana, 500)
    member = handle(till)
    over = [{"kind": "points", "amount": 300}, {"kind": "points", "amount": 201}, {"kind": "cash", "amount": 1499}]
    assert till.sell("1", member=member, payments=over)[1]["code"] == "insufficient_funds"
    parts = [{"kind": "points", "amount": 100}, {"kind": "cash", "amount": 1700}, {"kind": "points", "amount": 200}]
    status, sold = till.sell("1", member=member, payments=parts)
    assert (status, sold["points"]["used"], program.balance(ana)) == (201, 300, 217)
    assert till.sell("1", member=member, payments=parts)[1]["points"]["used"] == 300  # sent again
    status, back = till.post("voids", taking_back(till, "2", "1"))
    assert (status, back["points"]["given_back"], program.balance(ana)) == (201, 300, 500)


def test_a_bill_burns_no_more_points_than_it_needs(till: Till) -> None:
    program.publish(redemption={"points": 3, "amount": 200})
    ana = Customer.objects.get(name="Ana Lopez").pk
    program.give(ana, 100)
    till.sell("1", member=handle(till), payments=[{"kind": "points", "amount": 2000}])
    assert program.balance(ana) == 70  # 2000 × 3 / 200, rounded up


def test_points_pay_only_in_the_steps_of_the_program(till: Till) -> None:
    program.publish(redemption={"points": 100, "amount": 100, "step_points": 100})
    program.give(Customer.objects.get(name="Ana Lopez").pk, 500)
    status, said = till.sell(
        "1", member=handle(till), payments=[{"kind": "points", "amount": 150}, {"kind": "cash", "amount": 1850}]
    )
    assert (status, said["code"]) == (422, "points.not_redeemable")


def test_a_till_that_was_alone_earns_and_spends_nothing(till: Till, ana: int) -> None:
    program.give(ana, 500)
    named = {"member": "phone:+8613800000001"}
    paid = {"payments": [{"kind": "points", "amount": 300}, {"kind": "cash", "amount": 1700}]}
    assert till.sell("1", **named, **paid)[1]["code"] == "member.not_proved"
    assert till.sell("2", **named, **paid, offline=True)[1]["code"] == "offline.spends"
    assert till.sell("3", **named, offline=True, at="2026-11-01T12:00:00+08:00")[0] == 201
    assert program.balance(ana) == 520
    assert Receipt.objects.get().business_date == date(2026, 11, 1)


def test_an_offline_sale_stands_at_the_tills_prices(till: Till, ana: int) -> None:
    lines = [{"line": 1, "sku": "P1", "amount": 1200, "discount": 200}]
    status, said = till.sell("1", lines=lines, total=1000, offline=True, member="phone:+8613800000001")
    assert (status, said["discount"], said["points"]["earned"]) == (201, 200, 10)


def test_a_return_takes_back_what_the_line_earned_by_the_rules_of_the_sale(till: Till, ana: int) -> None:
    till.sell("1", member=handle(till))
    program.publish({**program.BASE, "points": 2}, effective_from=date(2026, 11, 21))
    later = {"at": "2026-11-21T10:00:00+08:00"}
    _, said = till.post("returns", taking_back(till, "2", "1", lines=[{"line": 1, "quantity": 1}], **later))
    assert (said["points"]["taken_back"], program.balance(ana)) == (10, 10)
    till.post("returns", taking_back(till, "3", "1", **later))
    assert program.balance(ana) == 0


def test_points_paid_with_come_back_before_money(till: Till, ana: int) -> None:
    program.give(ana, 500)
    paid: list[dict[str, Any]] = [{"kind": "points", "amount": 300}, {"kind": "cash", "amount": 1700}]
    till.sell("1", member=handle(till), payments=paid)
    _, said = till.post("returns", taking_back(till, "2", "1", lines=[{"line": 1, "quantity": 1}]))
    assert said["payments"] == [{"kind": "points", "amount": 300}, {"kind": "cash", "amount": 700}]
    assert said["points"]["given_back"] == 300
    till.post("returns", taking_back(till, "3", "1"))
    assert program.balance(ana) == 500


def test_a_void_leaves_the_member_as_before(till: Till, ana: int) -> None:
    program.give(ana, 500)
    till.sell("1", member=handle(till), payments=[{"kind": "points", "amount": 300}, {"kind": "cash", "amount": 1700}])
    _, said = till.post("voids", taking_back(till, "2", "1"))
    assert (said["points"]["taken_back"], said["points"]["given_back"], program.balance(ana)) == (17, 300, 500)


def test_buying_redeeming_and_returning_gains_nothing(till: Till, ana: int) -> None:
    program.give(ana, 500)
    member = handle(till)
    for number in range(1, 9, 2):
        paid = [{"kind": "points", "amount": 300}, {"kind": "cash", "amount": 1700}]
        till.sell(str(number), member=member, payments=paid)
        till.post("returns", taking_back(till, str(number + 1), str(number)))
    assert program.balance(ana) == 500
    assert sum(Tender.objects.values_list("amount", flat=True)) == 0

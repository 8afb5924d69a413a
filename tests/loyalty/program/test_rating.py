"""Receipts that came by file or REST earn like those of a till: once, in any order, historical ones too."""

from __future__ import annotations

from datetime import timedelta

import pytest

from regulars.core import outbox
from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import Earning, Membership, TakenBack
from tests.loyalty.program.story import BASE, NOW, SYSTEM, TODAY, balance, club, earned, give_back, publish, sell, taken
from tests.sales import factories as sales

pytestmark = pytest.mark.django_db


def rate_waiting():
    return outbox.deliver_waiting(now=NOW)


def test_a_recorded_set_earns_once_however_often_it_is_told_of():
    publish(growth={"growth": 1, "amount": 100})
    sale = sell("S1", 1050, 995)

    rate_waiting()
    program.rate_recorded(sale.written_xid, now=NOW, viewer=SYSTEM)

    assert Earning.objects.count() == 1
    assert (earned(sale).line_points, earned(sale).line_growth, earned(sale).spend_amount) == ([10, 10], [10, 10], 2045)
    assert balance(sale.customer_id).spendable == 20
    assert Membership.objects.get().joined_on == TODAY


def test_a_return_that_came_before_its_sale_is_taken_back_when_the_sale_comes():
    publish()
    back = give_back("R1", "S1", (2, 900))
    rate_waiting()
    assert not TakenBack.objects.exists()

    sale = sell("S1", 1000, 900)
    rate_waiting()

    assert (earned(sale).points, taken(back).points, balance(sale.customer_id).posted) == (19, 9, 10)


def test_sale_and_return_in_one_set_end_as_one_after_the_other():
    publish()
    rows = [
        sales.line("S1", customer="8001", customer_kind="card", gross_amount=5000),
        sales.line("R1", kind="return", customer="8001", customer_kind="card", gross_amount=5000, original_receipt_id="S1"),
    ]
    sales.sell(*rows)
    rate_waiting()

    assert (Earning.objects.get().points, TakenBack.objects.get().points) == (50, 50)


def test_each_receipt_is_rated_under_the_rules_of_its_day_and_none_before_there_were_any():
    publish(effective_from=TODAY - timedelta(days=10), now=NOW - timedelta(days=20))
    publish(BASE | {"points": 2}, effective_from=TODAY - timedelta(days=2), now=NOW - timedelta(days=12))
    days = {"S1": 30, "S2": 5, "S3": 1}
    for name, ago in days.items():
        sell(name, 1000, sold_at=NOW - timedelta(days=ago))

    rate_waiting()

    assert dict(Earning.objects.values_list("receipt__external_id", "points")) == {"S2": 10, "S3": 20}


def test_caps_hold_for_sets_as_they_do_at_the_till():
    publish(BASE | {"caps": {"per_member": 70}}, limits={"points_per_day": 40})
    for day in (2, 1, 0):
        rows = [
            sales.line(f"S{day}-{number}", customer="8001", customer_kind="card", gross_amount=2500,
                       sold_at=NOW - timedelta(days=day, minutes=-number))
            for number in range(2)
        ]  # fmt: skip
        sales.sell(*rows, historical=True)
    rate_waiting()

    assert [record.points for record in Earning.objects.order_by("business_date", "pk")] == [25, 15, 25, 5, 0, 0]


def test_the_part_paid_with_points_earns_nothing_here_either():
    publish()
    sale = sell(
        "S1", 600, 400,
        tenders=[{"receipt_id": "S1", "kind": "points", "amount": 500}, {"receipt_id": "S1", "kind": "cash", "amount": 500}],
    )  # fmt: skip
    rate_waiting()

    assert (earned(sale).points, earned(sale).line_points) == (5, [3, 2])


def test_nobody_is_let_in_who_would_have_to_ask():
    publish(enrolls="asked")
    sell("S1", 1000)
    rate_waiting()

    assert not Earning.objects.exists()
    assert not Membership.objects.exists()
    assert club().members.count() == 0


def test_a_return_without_a_receipt_takes_back_what_the_newest_purchases_of_the_article_earned():
    publish()
    card = {"customer": "8001", "customer_kind": "card"}
    old = sell("S1", 1000, sold_at=NOW - timedelta(days=9))
    new = sell("S2", 3000, quantity_milli=2000, sold_at=NOW - timedelta(days=3))
    rate_waiting()
    back = {"kind": "return", "gross_amount": 3600, "quantity_milli": 3000}
    sales.sell(sales.line("R1", **card, **back), sales.line("R2", **card, **back, sold_at=NOW + timedelta(hours=1)))
    sales.sell(sales.line("R3", customer="8002", customer_kind="card", **back))  # somebody who never bought it
    rate_waiting()
    rate_waiting()

    assert balance(old.customer_id).posted == 0  # no more than was earned, however much is brought
    assert {record.earning.receipt_id: record.points for record in TakenBack.objects.all()} == {old.pk: 10, new.pk: 30}
    assert set(TakenBack.objects.values_list("receipt__external_id", flat=True)) == {"R1"}

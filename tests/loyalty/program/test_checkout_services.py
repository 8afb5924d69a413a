"""What checkout asks of the program: earn with a sale, take back with a return, all in its own transaction."""

from __future__ import annotations

from datetime import timedelta

import pytest

from regulars.loyalty.basket import Place
from regulars.loyalty.program import selectors
from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import Earning, Membership, TakenBack
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command, House, Owner, OwnerKind, Take
from tests.loyalty.program import factories, story
from tests.loyalty.program.story import BASE, NOW, SYSTEM, TODAY, balance, earned, give_back, publish, sell, taken

pytestmark = pytest.mark.django_db


def earn(receipt, *amounts, **fields):
    """Do what checkout does after it has recorded a sale."""
    book = selectors.book_at(receipt.business_date)
    lines = [factories.line(number, amount=amount) for number, amount in enumerate(amounts, start=1)]
    member = selectors.member_at(receipt.customer_id, book=book, at=receipt.sold_at)
    basket = factories.basket(
        *lines, sold_at=receipt.sold_at, business_date=receipt.business_date, member=member,
        place=Place(receipt.store_id, "N1"), **fields,
    )  # fmt: skip
    commands, record = program.earning(basket, book, receipt_id=receipt.pk, now=NOW)
    posted = wallet.post(commands, now=NOW, viewer=SYSTEM)
    program.keep_earning(record, next(iter(posted), None), basket=basket, book=book)


def take_back(receipt):
    taking = program.taking_back(program.returned_lines([receipt.pk]), now=NOW)
    program.keep_taken_back(taking, wallet.post(taking.commands, now=NOW, viewer=SYSTEM))
    return taking


def spend(customer_id, points):
    owner = Owner(OwnerKind.CUSTOMER, customer_id)
    take = Take(owner=owner, unit="points.club", amount=points, house=House.REDEEMED)
    wallet.post([Command(source="test", key="spend", kind="redeem", at=NOW, parts=(take,))], now=NOW, viewer=SYSTEM)


def test_a_sale_gives_points_and_makes_a_member():
    publish()
    sale = sell("S1", 1050, 995)

    earn(sale, 1050, 995)

    assert balance(sale.customer_id).spendable == 20
    assert (earned(sale).line_points, earned(sale).by_rule) == ([10, 10], {"base": 20})
    assert Membership.objects.get().store.code == "N1"


def test_points_wait_until_the_time_for_returns_is_over():
    publish(pending_days=14)
    sale = sell("S1", 5000)

    earn(sale, 5000)

    assert (balance(sale.customer_id).pending, balance(sale.customer_id).spendable) == (50, 0)
    assert balance(sale.customer_id, now=NOW + timedelta(days=14)).spendable == 0
    assert balance(sale.customer_id, now=NOW + timedelta(days=15)).spendable == 50


def test_points_are_usable_on_their_last_day_and_gone_after_it():
    publish(expiry={"kind": "lot", "months": 1, "end": "day"})
    sale = sell("S1", 5000)

    earn(sale, 5000)

    last_moment = story.noon(TODAY).replace(month=12, day=21, hour=4, minute=59)  # 23:59 on 20 December in New York
    assert balance(sale.customer_id, now=last_moment).spendable == 50
    assert balance(sale.customer_id, now=last_moment + timedelta(minutes=1)).spendable == 0


def test_a_return_takes_back_what_was_earned_and_not_what_would_be_now():
    publish()
    sale = sell("S1", 5000)
    earn(sale, 5000)
    publish(BASE | {"points": 2}, effective_from=TODAY + timedelta(days=1))
    back = give_back("R1", "S1", (1, 5000))

    take_back(back)

    assert taken(back).points == 50
    assert balance(sale.customer_id).posted == 0


def test_returns_of_parts_add_up_and_are_counted_once():
    publish(growth={"growth": 1, "amount": 100})
    sale = sell("S1", 999, 2000, quantity_milli=3000)
    earn(sale, 999, 2000)
    first = give_back("R1", "S1", (1, 333), quantity_milli=1000)
    take_back(first)
    take_back(first)
    second = give_back("R2", "S1", (1, 666), (2, 2000), quantity_milli=3000)
    take_back(second)

    assert TakenBack.objects.count() == 2
    assert sum(record.points for record in TakenBack.objects.all()) == earned(sale).points == 29
    assert (taken(first).visits, taken(second).visits) == (0, 1)
    assert balance(sale.customer_id).posted == balance(sale.customer_id, "growth.club").posted == 0


def test_points_spent_already_become_a_debt_that_the_next_purchase_fills():
    publish()
    sale = sell("S1", 10000)
    earn(sale, 10000)
    spend(sale.customer_id, 80)

    take_back(give_back("R1", "S1", (1, 10000)))
    assert balance(sale.customer_id).debt == 80
    next_sale = sell("S2", 9000)
    earn(next_sale, 9000)

    assert (balance(sale.customer_id).debt, balance(sale.customer_id).spendable) == (0, 10)


@pytest.mark.parametrize(("missing", "forgiven", "refund_less"), [("forgive", 80, 0), ("refund", 0, 80)])
def test_the_policy_may_let_go_or_lower_the_refund(missing, forgiven, refund_less):
    publish(returns={"missing": missing})
    sale = sell("S1", 10000)
    earn(sale, 10000)
    spend(sale.customer_id, 80)
    back = give_back("R1", "S1", (1, 10000))

    taking = take_back(back)

    assert (taken(back).points, taken(back).forgiven_points) == (20, forgiven)
    assert taking.refund_less_amount == refund_less
    assert (balance(sale.customer_id).posted, balance(sale.customer_id).debt) == (0, 0)


def test_pending_points_are_taken_back_too():
    publish(pending_days=30)
    sale = sell("S1", 5000)
    earn(sale, 5000)

    take_back(give_back("R1", "S1", (1, 5000)))

    assert (balance(sale.customer_id).pending, balance(sale.customer_id).debt) == (0, 0)


def test_caps_count_what_other_receipts_of_the_day_earned():
    publish(BASE | {"caps": {"per_day": 60}}, limits={"receipts_per_day": 3})
    for number in range(4):
        earn(sell(f"S{number}", 2500), 2500)

    assert [record.points for record in Earning.objects.order_by("pk")] == [25, 25, 10, 0]


def test_only_whoever_asked_is_let_in_where_the_rules_say_so():
    publish(enrolls="asked")
    sale = sell("S1", 1000)

    earn(sale, 1000)

    assert not Membership.objects.exists()
    assert not Earning.objects.exists()
    assert balance(sale.customer_id).posted == 0


def test_the_same_person_is_let_in_once_whichever_door_they_take():
    publish()
    doors = [{"associate": "Li", "channel": "store QR"}, {"associate": "Wang", "channel": "web"}]
    members = [program.enroll("phone", "+12025550123", source="test", viewer=SYSTEM, now=NOW, **door).pk for door in doors]

    assert len(set(members)) == 1
    assert Membership.objects.get().associate == "Li"

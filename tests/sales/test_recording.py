"""Facts are recorded once, whatever is repeated; what contradicts the database is refused and changes nothing (D2, P43–P46)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from regulars.catalog.models import Product
from regulars.core.errors import ForbiddenError
from regulars.customers.models import Customer, CustomerStore, Identifier
from regulars.organization.models import Store
from regulars.sales import invariants
from regulars.sales.models import LineDiscount, Receipt, ReturnLink, Tender
from tests.organization.factories import viewer
from tests.sales.factories import NOW, codes, line, sell, state

pytestmark = pytest.mark.django_db


def events() -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload FROM core_outboxevent WHERE name = 'receipts.recorded' ORDER BY id")
        return [json.loads(row[0]) for row in cursor.fetchall()]


def test_a_sale_is_recorded_with_lines_discounts_and_tenders() -> None:
    outcome = sell(
        line(line_no=1, quantity_milli=2000, till="7", cashier="Ben", channel="online"),
        line(line_no=2, product="BREAD", gross_amount=500, till="7", cashier="Ben", channel="online"),
        discounts=[{"receipt_id": "1001", "line_no": 2, "kind": "coupon", "amount": 100, "reference": "SPRING"}],
        tenders=[{"receipt_id": "1001", "kind": "cash", "amount": 400}, {"receipt_id": "1001", "kind": "card", "amount": 1000}],
    )
    assert (outcome.created, outcome.unchanged, outcome.problems) == (1, 0, [])
    receipt = Receipt.objects.get()
    assert (receipt.gross_amount, receipt.discount_amount, receipt.net_amount, receipt.paid_amount) == (1500, 100, 1500, 1400)
    assert (receipt.till, receipt.cashier, receipt.channel, receipt.line_count) == ("7", "Ben", "online", 2)
    assert (receipt.currency, receipt.sold_at, receipt.received_at) == ("USD", NOW, NOW)
    discount = LineDiscount.objects.get()
    assert (discount.line_no, discount.amount, discount.funded_by, discount.reference) == (2, 100, "supplier", "SPRING")
    assert dict(Tender.objects.values_list("kind", "amount")) == {"card": 1000, "cash": 400}


def test_the_same_message_again_changes_nothing() -> None:
    sell(line(discount_coupon=50), line(product="BREAD"))
    before, told = state(), events()
    again = sell(line(discount_coupon=50), line(product="BREAD"), now=NOW + timedelta(days=1))
    assert (again.created, again.unchanged, again.problems) == (0, 1, [])
    assert (state(), events()) == (before, told)


@pytest.mark.parametrize(
    "other",
    [{"gross_amount": 999}, {"store": "S1"}, {"till": "8"}, {"sold_at": NOW - timedelta(seconds=1)}, {"discount_manual": 1},
     {"customer": "55", "customer_kind": "card"}, {"kind": "return"}],
)  # fmt: skip
def test_the_same_number_with_other_content_is_refused(other: dict[str, Any]) -> None:
    sell(line())
    before = state()
    outcome = sell(line(**other))
    assert (outcome.created, outcome.unchanged, codes(outcome)) == (0, 0, ["receipt.conflict"])
    assert state() == before
    assert not Identifier.objects.filter(value="55").exists()


def test_the_same_number_of_another_source_is_another_receipt() -> None:
    sell(line())
    assert sell(line(gross_amount=1), source="web").created == 1
    assert Receipt.objects.count() == 2


def test_a_fault_of_one_receipt_leaves_the_others_in() -> None:
    outcome = sell(line("1"), line("2", store="NOWHERE"), line("3", currency="EUR"), line("4", product=""))
    assert outcome.created == 1
    assert [(problem.row, problem.code) for problem in outcome.problems] == [
        (4, "required"), (2, "store.unknown"), (3, "currency.mismatch"),
    ]  # fmt: skip
    assert list(Receipt.objects.values_list("external_id", flat=True)) == ["1"]


def test_a_foreign_store_looks_like_one_that_does_not_exist(north: Store, south: Store) -> None:
    clerk = viewer("store_manager", [north])
    foreign, missing = sell(line(store="S1"), viewer=clerk), sell(line(store="S9"), viewer=clerk)
    assert codes(foreign) == codes(missing) == ["store.unknown"]
    assert foreign.problems[0].message.replace("S1", "S9") == missing.problems[0].message
    assert not Receipt.objects.exists()


def test_whoever_may_not_record_is_refused_and_nothing_changes(north: Store) -> None:
    with pytest.raises(ForbiddenError):
        sell(line(product="NEW"), viewer=viewer("associate", [north]))
    assert not Receipt.objects.exists()
    assert not Product.objects.filter(sku="NEW").exists()


def test_a_product_that_nobody_knows_becomes_a_placeholder_once() -> None:
    sell(line("1", product="NEW"), line("2", product="NEW"))
    sell(line("3", product="NEW"))
    product = Product.objects.get()
    assert (product.sku, product.is_placeholder, product.source) == ("NEW", True, "till")


def test_a_card_that_nobody_knows_keeps_its_purchases_without_a_name(north: Store) -> None:
    sell(line("1", customer="88001234", customer_kind="card"), line("2", customer="88001234", customer_kind="card"))
    customer = Customer.objects.get()
    assert (customer.kind, customer.name) == ("nameless", "")
    assert Receipt.objects.filter(customer=customer).count() == 2
    assert CustomerStore.objects.get().store == north


def test_a_customer_who_cannot_be_one_takes_the_receipt_out() -> None:
    outcome = sell(
        line("1", customer="call me", customer_kind="phone"), line("2", customer="7", customer_kind="shoe size"), line("3")
    )
    assert sorted(codes(outcome)) == ["choice.unknown", "identifier.invalid"]
    assert (outcome.created, Customer.objects.count()) == (1, 0)


def test_a_clock_of_the_future_gives_no_date() -> None:
    sell(line(sold_at=NOW + timedelta(days=30)))
    receipt = Receipt.objects.get()
    assert (receipt.clock_off, receipt.business_date) == (True, date(2026, 11, 20))
    assert receipt.sold_at == NOW + timedelta(days=30)


def test_an_old_clock_is_believed_of_history_only() -> None:
    sell(line("live", sold_at=NOW - timedelta(days=30)))
    sell(line("history", sold_at=NOW - timedelta(days=30)), historical=True)
    dates = dict(Receipt.objects.values_list("external_id", "business_date"))
    assert dates == {"live": date(2026, 11, 20), "history": date(2026, 10, 21)}
    assert [event["historical"] for event in events()] == [False, True]


def test_the_business_day_begins_at_the_cut_off_of_the_store(north: Store) -> None:
    Store.objects.filter(pk=north.pk).update(day_cutoff_minutes=240)
    sell(line("before", sold_at=datetime(2026, 11, 20, 8, 59, 59, tzinfo=UTC)))
    sell(line("after", sold_at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC)))
    dates = dict(Receipt.objects.values_list("external_id", "business_date"))
    assert dates == {"before": date(2026, 11, 19), "after": date(2026, 11, 20)}


def test_a_local_time_is_that_of_the_store(south: Store) -> None:
    Store.objects.filter(pk=south.pk).update(timezone="Asia/Shanghai")
    sell(line(store="S1", sold_at=None, sold_at_local=datetime(2026, 11, 20, 23, 30)))  # noqa: DTZ001
    receipt = Receipt.objects.get()
    assert (receipt.sold_at, receipt.business_date) == (datetime(2026, 11, 20, 15, 30, tzinfo=UTC), date(2026, 11, 20))


def back(receipt_id: str = "R1", sale: str = "1001", **values: Any) -> dict[str, Any]:
    return line(receipt_id, kind="return", original_receipt_id=sale, original_line_no=1, **values)


def test_a_return_after_its_sale_is_linked() -> None:
    sell(line())
    sell(back())
    link = ReturnLink.objects.get()
    assert (link.original, link.resolved_at) == (Receipt.objects.get(external_id="1001"), NOW)
    assert Receipt.objects.get(external_id="R1").net_amount == -1000


def test_a_return_before_its_sale_waits_and_is_linked_when_it_comes() -> None:
    sell(back())
    assert ReturnLink.objects.get().original is None
    sell(line("other"))
    assert ReturnLink.objects.get().original is None
    later = NOW + timedelta(hours=2)
    sell(line(), now=later)
    link = ReturnLink.objects.get()
    assert (link.original, link.resolved_at) == (Receipt.objects.get(external_id="1001"), later)


def test_a_return_and_its_sale_may_come_in_one_call() -> None:
    sell(back(), line())
    assert ReturnLink.objects.get().original == Receipt.objects.get(external_id="1001")


def test_a_return_does_not_take_back_the_sale_of_another_source() -> None:
    sell(line(), source="web")
    sell(back())
    assert ReturnLink.objects.get().original is None


def test_one_event_tells_of_all_receipts_of_a_call() -> None:
    sell(line("1"), line("2", sold_at=NOW - timedelta(days=1)), line("3", store="NOWHERE"))
    (event,) = events()
    assert (event["receipts"], event["first_business_date"], event["last_business_date"]) == (2, "2026-11-19", "2026-11-20")
    assert event["written_xid"] == Receipt.objects.first().written_xid


def test_what_was_recorded_holds_every_invariant_of_the_room() -> None:
    sell(back("R0", sale="later"))
    sell(line(discount_coupon=100, discount_promotion=50), back(), line("2", customer="7", customer_kind="card"))
    for check in (
        invariants.lines_add_up, invariants.tenders_add_up, invariants.discounts_add_up, invariants.nothing_is_orphaned,
        invariants.business_dates_follow_the_store, invariants.returns_are_linked,
        invariants.customers_are_known_where_they_bought,
    ):  # fmt: skip
        assert check().broken == 0, check.__name__

"""A sale is recorded once, at the catalog's prices, whole or not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from regulars.catalog.models import Product
from regulars.loyalty.checkout.models import Message
from regulars.sales import invariants as of_sales
from regulars.sales.models import Receipt, ReceiptLine, Tender
from tests.loyalty.checkout.conftest import Till, make_key

pytestmark = pytest.mark.django_db


def test_a_sale_leaves_a_receipt_with_lines_and_tenders(till: Till) -> None:
    status, said = till.sell("1", payments=[{"kind": "cash", "amount": 500}, {"kind": "card", "amount": 1500}])
    assert status == 201
    assert (said["state"], said["sale"], said["total"], said["business_date"]) == ("done", "SH-1/1/1", 2000, "2026-11-20")
    assert [line["name"] for line in said["lines"]] == ["Tea 1", "Coffee 2"]
    receipt = Receipt.objects.get(pk=said["receipt"])
    assert (receipt.source, receipt.external_id, receipt.paid_amount, receipt.line_count) == ("pos", "SH-1/1/1", 2000, 2)
    assert list(ReceiptLine.objects.values_list("line_no", "gross_amount").order_by("line_no")) == [(1, 1000), (2, 1000)]
    assert list(Tender.objects.values_list("kind", "amount").order_by("tender_no")) == [("cash", 500), ("card", 1500)]
    for check in (of_sales.lines_add_up, of_sales.tenders_add_up, of_sales.discounts_add_up, of_sales.nothing_is_orphaned):
        assert check().broken == 0


def test_the_same_sale_again_gets_the_same_bytes_and_is_recorded_once(till: Till) -> None:
    body = till.sale("1")
    first = till.raw("sales", json.dumps(body).encode())
    again = till.raw("sales", json.dumps(body, indent=1).encode())
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Receipt.objects.count() == Message.objects.count() == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"lines": [{"line": 1, "sku": "P1"}], "total": 1000, "payments": [{"kind": "cash", "amount": 1000}]},
        {"member": "phone:+8613800000001"},
        {"cashier": "7"},
        {"payments": [{"kind": "card", "amount": 2000}]},
    ],
)
def test_the_same_number_with_other_content_is_refused(till: Till, changed: dict[str, Any]) -> None:
    till.sell("1")
    status, said = till.post("sales", till.sale("1") | changed)
    assert (status, said["code"]) == (422, "message.other_content")
    assert Receipt.objects.count() == 1


def test_another_clients_number_is_its_own(till: Till) -> None:
    till.sell("1")
    other = Till(make_key(store="SH-1", source="webshop"))
    status, said = other.post("sales", other.sale("1", "P3"))
    assert (status, said["total"]) == (201, 1000)
    assert Receipt.objects.count() == 2


def test_a_till_of_another_store_finds_no_such_store(till: Till) -> None:
    stranger = Till(make_key(store="BJ-1"), store="SH-1")
    status, said = stranger.sell("1")
    assert (status, said["code"]) == (404, "not_found")
    assert not Receipt.objects.exists()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"lines": [{"line": 1, "sku": "P1", "amount": 1}], "total": 1}, "price.differs"),
        ({"lines": [{"line": 1, "sku": "P1", "amount": -1000}]}, "field.range"),
        ({"lines": [{"line": 1, "sku": "P1", "quantity": 0}]}, "quantity.format"),
        ({"lines": [{"line": 1, "sku": "P1", "quantity": "1.0005"}]}, "quantity.format"),
        ({"lines": [{"line": 1, "sku": "P1", "discount": 100}], "total": 900}, "discount.client_set"),
        ({"lines": [{"line": 1, "sku": "P1"}, {"line": 1, "sku": "P2"}]}, "line.duplicate"),
        ({"lines": [{"line": 1, "sku": "NEW"}]}, "price.missing"),
        ({"lines": [{"line": 1, "sku": "P1", "price": 1000}]}, "field.unknown"),
        ({"lines": [{"line": 1, "sku": "NEW", "amount": 10**16}]}, "field.range"),
        ({"currency": "USD"}, "currency.mismatch"),
        ({"payments": [{"kind": "cash", "amount": 1999}]}, "payments.mismatch"),
        ({"payments": [{"kind": "shells", "amount": 2000}]}, "field.choice"),
        ({"payments": [{"kind": "cash", "amount": 3000}, {"kind": "card", "amount": -1000}]}, "field.range"),
        ({"total": "2000"}, "amount.format"),
        ({"total": True}, "amount.format"),
        ({"at": "2026-11-20 17:29"}, "instant.format"),
        ({"number": "a/b"}, "field.invalid"),
        ({"member": "m1.000000000000000000000000"}, "member.unknown"),
    ],
)
def test_what_the_protocol_does_not_allow_is_refused_by_name(till: Till, fields: dict[str, Any], code: str) -> None:
    status, said = till.sell("1", **fields)
    assert status == 422
    assert code in {said["code"], *(error["code"] for error in said["errors"])}
    assert not Receipt.objects.exists()
    assert not Message.objects.exists()


def test_a_total_that_no_longer_holds_asks_for_a_new_quote(till: Till) -> None:
    status, said = till.sell("1", total=1900)
    assert (status, said["code"]) == (409, "sale.total_differs")
    assert not Receipt.objects.exists()


def test_a_refused_number_can_be_mended_and_used_again(till: Till) -> None:
    till.sell("1", total=1900)
    assert till.sell("1")[0] == 201


def test_a_weighed_article_costs_its_part(till: Till) -> None:
    Product.objects.filter(sku="P2").update(price_amount=1)
    lines = [{"line": 1, "sku": "P1", "quantity": "0.735"}, {"line": 2, "sku": "P2", "quantity": "0.5"}]
    status, said = till.sell("1", lines=lines, total=736)  # half a cent is rounded up
    assert (status, [line["quantity"] for line in said["lines"]]) == (201, ["0.735", "0.5"])


def test_an_article_that_nobody_knows_yet_is_kept_with_the_tills_price(till: Till) -> None:
    status, _ = till.sell("1", lines=[{"line": 1, "sku": "NEW", "amount": 250}], total=250)
    assert status == 201
    assert ReceiptLine.objects.get().product.is_placeholder


def test_a_member_is_named_on_the_receipt(till: Till) -> None:
    till.sell("1", member="phone:+8613800000001")
    receipt = Receipt.objects.get()
    assert receipt.customer is not None
    assert receipt.customer.name == "Ana Lopez"


def test_a_night_sale_belongs_to_the_day_before(till: Till) -> None:
    from regulars.organization.models import Store

    Store.objects.update(day_cutoff_minutes=240)
    status, said = till.sell("1", at="2026-11-20T01:30:00+08:00")
    assert (status, said["business_date"]) == (201, "2026-11-19")

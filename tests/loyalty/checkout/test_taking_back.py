"""Voids and returns give back what the sale took, exactly, in whatever order the messages come."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.customers.models import Customer
from regulars.loyalty.cards import services as cards
from regulars.loyalty.checkout.models import Message
from regulars.sales.models import Receipt, ReceiptLine, ReturnLink, Tender
from tests.loyalty.checkout.conftest import NOW, Till

pytestmark = pytest.mark.django_db


def taking_back(till: Till, number: str, sale: str, **fields: Any) -> dict[str, Any]:
    return {
        "store": till.store,
        "till": till.till,
        "number": number,
        "at": "2026-11-20T17:29:30+08:00",
        "sale": {"store": till.store, "till": till.till, "number": sale},
    } | fields


def test_a_void_takes_all_of_the_sale_back(till: Till) -> None:
    till.sell("1", payments=[{"kind": "cash", "amount": 500}, {"kind": "card", "amount": 1500}])
    status, said = till.post("voids", taking_back(till, "2", "1"))
    assert (status, said["refund"]) == (201, 2000)
    assert said["payments"] == [{"kind": "card", "amount": 1500}, {"kind": "cash", "amount": 500}]
    back = Receipt.objects.get(kind="return")
    assert (back.external_id, back.paid_amount, back.line_count) == ("SH-1/1/2", -2000, 2)
    assert ReturnLink.objects.filter(receipt=back, original__external_id="SH-1/1/1").count() == 2


def test_a_sale_is_voided_once(till: Till) -> None:
    till.sell("1")
    till.post("voids", taking_back(till, "2", "1"))
    status, said = till.post("voids", taking_back(till, "3", "1"))
    assert (status, said["code"]) == (409, "sale.voided")
    assert till.post("returns", taking_back(till, "4", "1"))[1]["code"] == "sale.voided"
    assert Receipt.objects.count() == 2


def test_parts_come_back_to_the_cent(till: Till) -> None:
    till.sell("1", lines=[{"line": 1, "sku": "NEW", "quantity": 3, "amount": 100}], total=100)
    one = [{"line": 1, "quantity": 1}]
    paid = [till.post("returns", taking_back(till, str(number), "1", lines=one))[1]["refund"] for number in (2, 3, 4)]
    assert paid == [33, 33, 34]
    status, said = till.post("returns", taking_back(till, "5", "1", lines=one))
    assert (status, said["code"]) == (409, "return.too_much")


def test_a_partly_returned_sale_is_not_voided(till: Till) -> None:
    till.sell("1")
    till.post("returns", taking_back(till, "2", "1", lines=[{"line": 1, "quantity": 1}]))
    status, said = till.post("voids", taking_back(till, "3", "1"))
    assert (status, said["code"]) == (409, "sale.partly_returned")
    status, said = till.post("returns", taking_back(till, "4", "1"))
    assert (status, said["refund"], [line["sku"] for line in said["lines"]]) == (201, 1000, ["P2"])


def test_money_comes_back_last(till: Till) -> None:
    till.sell("1", payments=[{"kind": "cash", "amount": 1200}, {"kind": "invoice", "amount": 800}])
    _, first = till.post("returns", taking_back(till, "2", "1", lines=[{"line": 1, "quantity": 1}]))
    assert first["payments"] == [{"kind": "invoice", "amount": 800}, {"kind": "cash", "amount": 200}]
    _, second = till.post("returns", taking_back(till, "3", "1"))
    assert second["payments"] == [{"kind": "cash", "amount": 1000}]


@pytest.mark.parametrize("kind", ["voids", "returns"])
def test_what_comes_before_its_sale_waits_and_is_done_with_it(till: Till, kind: str) -> None:
    status, said = till.post(kind, taking_back(till, "2", "1"))
    assert (status, said["state"]) == (202, "parked")
    assert not Receipt.objects.exists()
    listed = till.client.get("/api/v1/till/parked", headers={"Authorization": f"Bearer {till.key}"}).json()["items"]
    assert [(it["number"], it["sale"]) for it in listed] == [("2", "SH-1/1/1")]
    assert till.sell("1")[0] == 201
    message = Message.objects.get(number="2")
    assert (message.state, message.receipt.paid_amount) == ("done", -2000)
    assert sum(Tender.objects.values_list("amount", flat=True)) == 0
    assert sum(ReceiptLine.objects.values_list("quantity_milli", flat=True)) == 0
    assert till.post(kind, taking_back(till, "2", "1")) == (202, said)


def test_what_turns_out_impossible_is_refused_visibly(till: Till) -> None:
    till.post("returns", taking_back(till, "2", "1", lines=[{"line": 9, "quantity": 1}]))
    till.sell("1")
    message = Message.objects.get(number="2")
    assert (message.state, message.refusal) == ("refused", "return.line_unknown")
    assert Receipt.objects.count() == 1


def test_a_closing_shows_what_the_till_and_we_count_differently(till: Till) -> None:
    till.sell("1")
    body = {
        "store": "SH-1", "till": "1", "number": "9", "at": "2026-11-20T22:00:00+08:00", "business_date": "2026-11-20",
        "sales": 2, "sales_amount": 3000, "returns": 0, "returns_amount": 0,
    }  # fmt: skip
    assert till.post("closings", body)[0] == 201
    headers = {"Authorization": f"Bearer {till.key}"}
    (day,) = till.client.get("/api/v1/till/day-totals", headers=headers).json()["items"]
    assert (day["differs"], day["recorded"]["sales"]) == (True, 1)
    till.sell("2", lines=[{"line": 1, "sku": "P1"}], total=1000)
    (day,) = till.client.get("/api/v1/till/day-totals", headers=headers).json()["items"]
    assert not day["differs"]


def test_a_quote_writes_nothing(till: Till) -> None:
    body = {"store": "SH-1", "till": "1", "at": "2026-11-20T17:29:00+08:00", "lines": [{"line": 1, "sku": "P1", "quantity": 3}]}
    status, said = till.post("quotes", body)
    assert (status, said["total"], said["state"]) == (200, 3000, "quoted")
    assert not Message.objects.exists()


def test_a_rotating_code_is_used_up_by_the_till_that_reads_it(till: Till) -> None:
    ana = Customer.objects.get(name="Ana Lopez").pk
    (code,) = cards.codes_of(cards.pass_of(ana, now=NOW), now=NOW)
    who = {"store": "SH-1", "till": "1", "value": code}
    asked = [("identifications", who | {"kind": "code"}), ("cards/lookups", who)]
    assert [till.post(path, said)[0] for path, said in asked * 2] == [200, 200, 200, 200]
    assert [till.post(path, said | {"till": "2"})[0] for path, said in asked] == [404, 404]


def test_a_member_is_identified_by_phone_and_buys_by_the_handle(till: Till) -> None:
    status, said = till.post("identifications", {"store": "SH-1", "kind": "phone", "value": "138 0000 0001"})
    assert (status, said["name"]) == (200, "Ana Lopez")
    till.sell("1", member=said["member"])
    assert Receipt.objects.get().customer.name == "Ana Lopez"
    assert till.post("identifications", {"store": "SH-1", "kind": "phone", "value": "138 9999 9999"})[0] == 404

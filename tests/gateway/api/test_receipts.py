"""Receipts and returns over the API."""

from __future__ import annotations

import pytest

from regulars.sales.models import Receipt, ReturnLink
from tests.gateway.api.conftest import results, sale

pytestmark = pytest.mark.django_db


@pytest.fixture
def till(client_of, north, south):
    return client_of("pos", store=north)


def test_a_sale_is_recorded_with_its_lines_discounts_and_tenders(till):
    lines = [
        {"product": "MILK", "quantity": 2, "gross_amount": 500, "discounts": [{"kind": "coupon", "amount": "0.50"}]},
        {"product": "HAM", "quantity": "0.735", "gross_amount": "3.20"},
    ]
    tenders = [{"kind": "cash", "amount": 500}, {"kind": "card", "amount": "2.70"}]
    answer = till.post("/receipts", sale(lines=lines, tenders=tenders, customer={"kind": "card", "value": "8800"}))

    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert answer["Location"] == f"/api/v1/receipts/{body['id']}"
    assert (body["gross_amount"], body["discount_amount"], body["paid_amount"]) == (820, 50, 770)
    assert body["net_amount"] == 820  # the supplier refunds its coupon
    assert body["business_date"] == "2026-11-19"
    assert [line["quantity"] for line in body["lines"]] == ["2", "0.735"]
    assert body["lines"][0]["discounts"] == [{"kind": "coupon", "amount": 50, "funded_by": "supplier", "reference": ""}]
    assert sorted((it["kind"], it["amount"]) for it in body["tenders"]) == [("card", 270), ("cash", 500)]
    assert body["customer"] is not None
    assert till.get(f"/receipts/{body['id']}").json() == body
    assert till.get("/receipts/lookup", receipt_id="T1-1").json() == body


def test_the_same_receipt_again_answers_as_the_first_time(till):
    first = till.post("/receipts", sale())
    again = till.post("/receipts", sale())

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.content == first.content
    assert Receipt.objects.count() == 1


def test_the_same_receipt_with_other_content_is_a_conflict(till):
    till.post("/receipts", sale())
    other = till.post("/receipts", sale(till="2"))

    assert other.status_code == 409
    assert other.json()["code"] == "receipt.conflict"
    assert Receipt.objects.get().till == "1"


def test_amounts_that_do_not_add_up_name_their_line(till):
    lines = [{"product": "MILK", "gross_amount": 500}, {"product": "HAM", "gross_amount": 300, "paid_amount": 200}]
    answer = till.post("/receipts", sale(lines=lines))

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "lines[1].paid_amount"
    assert answer.json()["errors"][0]["code"] == "amount.mismatch"
    assert not Receipt.objects.exists()


def test_a_decimal_with_more_digits_than_the_currency_has_is_refused(till):
    answer = till.post("/receipts", sale(lines=[{"product": "MILK", "gross_amount": "1.005"}]))

    assert answer.status_code == 422
    assert answer.json()["code"] == "amount.precision"
    assert answer.json()["errors"][0]["field"] == "lines[0].gross_amount"


def test_a_till_records_for_its_own_store_only(till):
    foreign = till.post("/receipts", sale(store="SOUTH"))
    missing = till.post("/receipts", sale(store="NOWHERE"))

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.content == missing.content
    assert not Receipt.objects.exists()


def test_a_foreign_receipt_looks_missing(till, client_of, south):
    other = client_of("pos", store=south, source="shared")
    id = other.post("/receipts", sale(store="SOUTH")).json()["id"]

    foreign, missing = till.get(f"/receipts/{id}"), till.get(f"/receipts/{id + 1000}")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.content == missing.content
    assert till.get("/receipts/lookup", receipt_id="T1-1", source="shared").content == missing.content


def test_a_return_before_its_sale_waits_and_is_found_by_it(till, client_of, north):
    back = {
        "receipt_id": "R-1",
        "store": "NORTH",
        "sold_at": "2026-11-19T18:00:00-05:00",
        "original_receipt_id": "T1-1",
        "lines": [{"product": "MILK", "quantity": 1, "gross_amount": 250, "original_line_no": 1}],
    }
    manager = client_of("store_manager", store=north)
    answer = till.post("/returns", back)
    assert answer.status_code == 201, answer.content
    assert (answer.json()["kind"], answer.json()["paid_amount"]) == ("return", -250)

    (parked,) = manager.get("/returns/parked").json()["items"]
    assert (parked["original_receipt_id"], parked["paid_amount"]) == ("T1-1", -250)

    till.post("/receipts", sale())
    assert manager.get("/returns/parked").json()["items"] == []
    assert ReturnLink.objects.get().original_id == Receipt.objects.get(kind="sale").pk
    assert till.post("/returns", back).content == answer.content


def test_bulk_tells_what_became_of_every_line(till):
    till.post("/receipts", sale("T1-1"))
    answer = results(
        till.lines(
            "/receipts/bulk",
            sale("T1-1"),
            sale("T1-1", till="9"),
            b'{"receipt_id": "T1-2", "receipt_id": "T1-3"}\n',
            sale("T1-4", lines=[]),
            sale("T1-5"),
            sale("T1-5"),
        )
    )

    assert [line["status"] for line in answer] == ["unchanged", "refused", "refused", "refused", "created", "unchanged"]
    assert answer[1]["errors"][0]["code"] == "receipt.conflict"
    assert answer[2]["errors"][0]["code"] == "json.duplicate_key"
    assert answer[3]["errors"] == [
        {"field": "lines", "row": 4, "code": "field.too_short", "detail": answer[3]["errors"][0]["detail"]}
    ]
    assert answer[4]["id"] == answer[5]["id"]
    assert Receipt.objects.count() == 2


def test_bulk_with_a_foreign_store_does_nothing_at_all(till):
    foreign = till.lines("/receipts/bulk", sale("T1-1"), sale("T1-2", store="SOUTH"))
    missing = till.lines("/receipts/bulk", sale("T1-1"), sale("T1-2", store="NOWHERE"))

    assert (foreign.status_code, foreign.content) == (404, missing.content)
    assert not Receipt.objects.exists()


def test_receipts_are_listed_by_store_date_and_customer(till, client_of, north, south):
    client_of("pos", store=south).post("/receipts", sale("B-1", store="SOUTH"))
    known = till.post("/receipts", sale("T1-1", customer={"kind": "card", "value": "8800"})).json()["customer"]
    till.post("/receipts", sale("T1-2", sold_at="2026-11-18T10:00:00-05:00"))
    manager, finance = client_of("store_manager", store=north), client_of("finance")

    def ids(client, **filters):
        return [it["receipt_id"] for it in client.get("/receipts", **filters).json()["items"]]

    assert ids(manager) == ["T1-1", "T1-2"]
    assert ids(manager, store="SOUTH") == []
    assert ids(finance, store="SOUTH") == ["B-1"]
    assert ids(finance, date_from="2026-11-18", date_to="2026-11-18") == ["T1-2"]
    assert ids(finance, customer=known) == ["T1-1"]
    assert till.get("/receipts").status_code == 403


def test_history_keeps_its_dates_only_when_it_is_called_history(till):
    old = sale("T1-1", sold_at="2024-03-01T10:00:00-05:00")
    till.lines("/receipts/bulk?historical=true", old)
    till.lines("/receipts/bulk", old | {"receipt_id": "T1-2"})

    dates = dict(Receipt.objects.values_list("external_id", "business_date"))
    assert {id: day.isoformat() for id, day in dates.items()} == {"T1-1": "2024-03-01", "T1-2": "2026-11-20"}

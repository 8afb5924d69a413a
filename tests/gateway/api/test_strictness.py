"""What comes in is read one way or refused with the name of the field (G23)."""

from __future__ import annotations

import json

import pytest

from regulars.customers.models import Customer
from regulars.sales.models import Receipt
from tests.gateway.api.conftest import sale

pytestmark = pytest.mark.django_db

TEXTS_KEPT = {
    "right-to-left override": "Ana\u202elopez",
    "line separator": "Ana\u2028Lopez",
    "zero width": "Ana\u200bLopez",
    "emoji of four bytes": "Ana 🛒",
    "composed": "é",
    "decomposed": "é",
    "formula": "=HYPERLINK(1)",
    "markup": "<script>alert(1)</script>",
    "quotes": "a'b\"c\\d",
    "spaces within": "Ana  Maria",
}
TEXTS_REFUSED = {
    "NUL": '"Ana\\u0000"',
    "lone high surrogate": '"Ana\\ud800"',
    "lone low surrogate": '"\\udc00Ana"',
    "line break": '"Ana\\nLopez"',
    "megabyte": '"' + "x" * 1_000_000 + '"',
    "spaces around": '" Ana "',
    "no-break space behind": '"Ana\\u00a0"',
    "number": "1",
    "list": "[]",
    "NaN": "NaN",
}
NUMBERS_REFUSED = ["1e400",
                   "-1e400", "NaN", "Infinity", "0.30000000000000004", "1.5", "9223372036854775808", "1" * 5000,
                   "true", '"1,000"', '"1e3"', '"٣"', '""', "[]", "{}", '"-"', '"1.00000"']  # fmt: skip


@pytest.fixture
def support(client_of):
    return client_of("support")


@pytest.fixture
def till(client_of, north):
    return client_of("pos", store=north)


def with_raw(body: dict, name: str, raw: str) -> bytes:
    """The body as JSON text with the field `name` spelled exactly like `raw`."""
    return json.dumps(body | {name: "@@"}).replace('"@@"', raw).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("text", TEXTS_KEPT.values(), ids=TEXTS_KEPT)
def test_text_comes_back_as_it_went_in(support, text):
    made = support.post("/customers", {"external_id": "A-1", "name": text})
    assert made.status_code == 201, made.content
    assert support.get(f"/customers/{made.json()['id']}").json()["name"] == text


@pytest.mark.parametrize("raw", TEXTS_REFUSED.values(), ids=TEXTS_REFUSED)
def test_text_that_cannot_be_kept_is_refused_with_its_field(support, raw):
    answer = support.send("post", "/customers", with_raw({"external_id": "A-1"}, "name", raw))

    assert answer.status_code == 422, answer.content
    assert [it["field"] for it in answer.json()["errors"]] == ["name"]
    assert not Customer.objects.exists()


@pytest.mark.parametrize("raw", NUMBERS_REFUSED, ids=lambda raw: raw[:20])
@pytest.mark.parametrize("name", ["gross_amount", "quantity"])
def test_a_number_that_is_no_amount_is_refused_with_its_field(till, name, raw):
    line = {"product": "MILK", "gross_amount": 100, "quantity": 1}
    body = with_raw(sale(), "lines", "[" + with_raw(line, name, raw).decode() + "]")
    answer = till.send("post", "/receipts", body)

    if name == "quantity" and raw == "1.5":  # a JSON number is refused even where decimals are meaningful
        assert answer.json()["errors"][0]["code"] == "quantity.format"
    assert answer.status_code == 422, (raw, answer.content)
    assert answer.json()["errors"][0]["field"] == f"lines[0].{name}"
    assert not Receipt.objects.exists()


@pytest.mark.parametrize(("raw", "kept"), [("-0", 0), ('"0.10"', 10), ("9007199254740", 9007199254740), ('"-0.00"', 0)])
def test_an_amount_is_kept_to_the_cent(till, raw, kept):
    line = with_raw({"product": "MILK"}, "gross_amount", raw).decode()
    answer = till.send("post", "/receipts", with_raw(sale(), "lines", f"[{line}]"))
    assert answer.status_code == 201, answer.content
    assert answer.json()["gross_amount"] == kept


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"", 422, "invalid"),
        (b"{", 422, "json.malformed"),
        (b'{"name": "Ana",}', 422, "json.malformed"),
        (b"\xef\xbb\xbf{}", 422, "json.malformed"),
        (b"\xff\xfe", 422, "json.malformed"),
        (b'{"name": "a", "name": "b"}', 422, "json.duplicate_key"),
        (b"[" * 10_000 + b"]" * 10_000, 422, "json.too_deep"),
        (b"[" * 40 + b"]" * 40, 422, "json.too_deep"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 422, "json.too_deep"),
        (b"null", 422, "invalid"),
        (b"[]", 422, "invalid"),
        (b'"text"', 422, "invalid"),
    ],
)
def test_a_body_that_can_be_read_two_ways_is_refused(support, raw, status, code):
    answer = support.send("post", "/customers", raw)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_body_of_another_kind_is_415(support):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
        assert support.send("post", "/customers", b"name=Ana", content_type=kind).status_code == 415
    assert support.send("post", "/customers/bulk", b"{}", content_type="application/json").status_code == 415


def test_a_body_over_the_limit_is_413(support, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000
    for path, kind in (("/customers", "application/json"), ("/customers/bulk", "application/x-ndjson")):
        answer = support.send("post", path, b" " * 2_001, content_type=kind)
        assert (answer.status_code, answer.json()["code"]) == (413, "body.too_large"), path


def test_a_bulk_body_has_a_limit_of_lines(support):
    answer = support.send("post", "/customers/bulk", b"{}\n" * 5_001, content_type="application/x-ndjson")
    assert (answer.status_code, answer.json()["code"]) == (413, "bulk.too_many_lines")
    typed = {"CONTENT_TYPE": "application/x-ndjson", "headers": support.headers}
    empty = support.client.generic("POST", "/api/v1/customers/bulk", b"", **typed)
    assert (empty.status_code, empty.json()["code"]) == (422, "bulk.empty")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=201", "limit"),
        ("limit=0", "limit"),
        ("limit=1000000", "limit"),
        ("limit=x", "limit"),
        ("cursor=made-up", "cursor"),
        ("search=%00", "search"),
        ("joined_from=yesterday", "joined_from"),
        ("stage=happy", "stage"),
        ("order_by=name", "order_by"),
        ("limit=1&limit=2", "limit"),
        ("merged_into__isnull=1", "merged_into__isnull"),
    ],
)
def test_a_list_takes_its_own_parameters_only(support, query, field):
    answer = support.get(f"/customers?{query}")
    assert answer.status_code == 422, answer.content
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize("id", ["0", "-1", "abc", "9223372036854775808", "1.5", "%00", "1%20OR%201", "٣"])
def test_an_address_that_cannot_be_is_as_missing_as_one_that_is_not(support, id):
    missing = support.get("/customers/999999")
    answer = support.get(f"/customers/{id}")
    assert (answer.status_code, answer.content) == (404, missing.content)

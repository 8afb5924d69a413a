"""The cases: each is one sentence of the protocol, checked by asking the server. They can run in any order, and again.

For `run` (any server) and for the tests (ours). A case that needs what the shop does not have is skipped.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from conformance.shop import Shop

Case = Callable[[Shop], None]
ALL: dict[str, Case] = {}


class SkippedError(Exception):
    """The shop lacks what the case needs."""


def case(check: Case) -> Case:
    """Add a case under the name of its function."""
    ALL[check.__name__] = check
    return check


@case
def a_quote_prices_by_the_catalog(shop: Shop) -> None:
    with shop.client() as till:
        said = till.quote([{"line": 1, "sku": shop.sku, "quantity": 3}])
    assert said["total"] == 3 * shop.price()
    assert said["currency"] == shop.currency


@case
def a_sale_is_committed_and_found_again(shop: Shop) -> None:
    number = shop.number()
    said = shop.post("sales", shop.sale(number=number, pieces=2))
    assert said.status == 201
    assert said.json["state"] == "done"
    known = shop.get(f"messages/{shop.store}/{shop.till}/{number}")
    assert (known.status, known.json["state"], known.json["kind"]) == (200, "done", "sale")


@case
def a_repeat_gets_the_same_bytes(shop: Shop) -> None:
    body = shop.sale()
    first, again = shop.post("sales", body), shop.post("sales", body)
    assert first.status == 201
    assert (again.status, again.body) == (first.status, first.body)


@case
def copies_at_the_same_moment_make_one_sale(shop: Shop) -> None:
    body = shop.sale()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: shop.post("sales", body), range(16)))
    final = [answer for answer in answers if answer.status == 201]
    assert all(answer.status == 201 or answer.code == "message.in_progress" for answer in answers)
    assert len({answer.body for answer in [*final, shop.post("sales", body)]}) == 1


@case
def other_content_under_the_same_number_is_refused(shop: Shop) -> None:
    body = shop.sale()
    shop.post("sales", body)
    changed = shop.post("sales", body | {"cashier": "another"})
    assert (changed.status, changed.code) == (422, "message.other_content")


@case
def a_refused_number_can_be_used_again(shop: Shop) -> None:
    body = shop.sale()
    wrong = body | {"total": body["total"] + 1, "payments": [{"kind": "cash", "amount": body["total"] + 1}]}
    assert (shop.post("sales", wrong).status, shop.post("sales", wrong).code) == (409, "sale.total_differs")
    assert shop.post("sales", body).status == 201


@case
def amounts_and_prices_of_the_client_are_not_believed(shop: Shop) -> None:
    body = shop.sale()
    line = body["lines"][0]
    for changes, code in _dishonest(body, line, shop):
        answer = shop.post("sales", shop.sale(total=body["total"]) | changes)
        assert answer.status == 422, (changes, answer.body)
        assert code in answer.codes, (changes, answer.body)


def _dishonest(body: dict[str, Any], line: dict[str, Any], shop: Shop) -> list[tuple[dict[str, Any], str]]:
    total = body["total"]
    other = "USD" if shop.currency != "USD" else "EUR"
    return [
        ({"lines": [line | {"amount": total + 1}]}, "price.differs"),
        ({"lines": [line | {"amount": -1}]}, "field.range"),
        ({"lines": [line | {"amount": 2**63}]}, "field.range"),
        ({"lines": [line | {"quantity": 0}]}, "quantity.format"),
        ({"lines": [line | {"quantity": -1}]}, "quantity.format"),
        ({"lines": [line | {"discount": 1}]}, "discount.client_set"),
        ({"payments": [{"kind": "cash", "amount": -total}]}, "field.range"),
        ({"payments": [{"kind": "cash", "amount": total + 1}]}, "payments.mismatch"),
        ({"currency": other}, "currency.mismatch"),
        ({"total": str(total)}, "amount.format"),
        ({"surprise": 1}, "field.unknown"),
    ]


@case
def json_that_can_be_read_in_two_ways_is_refused(shop: Shop) -> None:
    assert shop.post("sales", b'{"store": "a", "store": "b"}').status == 422
    assert shop.post("sales", b'{"store": ').status in {400, 422}
    assert shop.post("sales", b"[]").status == 422


@case
def a_call_without_a_key_is_refused(shop: Shop) -> None:
    assert shop.post("sales", shop.sale(), key="").status == 401
    assert shop.post("sales", shop.sale(), key="rk_00000000_" + "0" * 43).status == 401


@case
def another_stores_key_finds_nothing(shop: Shop) -> None:
    if not shop.other_key:
        raise SkippedError("no key of another store")
    number = shop.number()
    shop.post("sales", shop.sale(number=number))
    assert shop.post("sales", shop.sale(number=number), key=shop.other_key).status == 404
    assert shop.get(f"messages/{shop.store}/{shop.till}/{number}", key=shop.other_key).status == 404


@case
def a_void_takes_the_whole_sale_back_once(shop: Shop) -> None:
    number = shop.number()
    shop.post("sales", shop.sale(number=number, pieces=2))
    said = shop.post("voids", shop.back(number))
    assert (said.status, said.json["refund"]) == (201, 2 * shop.price())
    assert shop.post("voids", shop.back(number)).code == "sale.voided"


@case
def parts_of_a_sale_come_back_to_the_cent(shop: Shop) -> None:
    number = shop.number()
    shop.post("sales", shop.sale(number=number, pieces=3))
    one = [{"line": 1, "quantity": 1}]
    refunds = [shop.post("returns", shop.back(number, lines=one)).json["refund"] for _ in range(3)]
    assert sum(refunds) == 3 * shop.price()
    assert shop.post("returns", shop.back(number, lines=one)).code == "return.too_much"


@case
def what_comes_before_its_sale_is_parked_and_then_done(shop: Shop) -> None:
    for kind in ("voids", "returns"):
        sale, back = shop.number(), shop.number()
        parked = shop.post(kind, shop.back(sale, number=back))
        assert (parked.status, parked.json["state"]) == (202, "parked")
        assert back in {item["number"] for item in shop.get("parked").json["items"]}
        assert shop.post("sales", shop.sale(number=sale)).status == 201
        known = shop.get(f"messages/{shop.store}/{shop.till}/{back}").json
        assert known["state"] == "done"
        assert back not in {item["number"] for item in shop.get("parked").json["items"]}


@case
def a_sale_made_offline_stands_as_it_was(shop: Shop) -> None:
    price = shop.price() + 100
    lines = [{"line": 1, "sku": shop.sku, "amount": price, "discount": 50}]
    said = shop.post("sales", shop.sale(total=price - 50, lines=lines, offline=True))
    assert (said.status, said.json["total"], said.json["discount"]) == (201, price - 50, 50)


@case
def a_member_uses_points_once(shop: Shop) -> None:
    if not shop.member_phone:
        raise SkippedError("no member")
    with shop.client() as till:
        member = till.identify("phone", shop.member_phone)["member"]
        lines = [{"line": 1, "sku": shop.sku}]
        quoted = till.quote(lines, member=member, points=100)
        before = quoted["points"]["balance"]
        payments = [*quoted["payments"], {"kind": "cash", "amount": quoted["due"]}]
        number = shop.number()
        sold = till.sell(lines, number=number, total=quoted["total"], payments=payments, member=member)
        assert sold["points"]["used"] == quoted["points"]["use"] > 0
        assert sold["points"]["earned"] == quoted["points"]["earns"]
        till.void(number)
        assert till.quote(lines, member=member)["points"]["balance"] == before


@case
def offline_sales_spend_nothing(shop: Shop) -> None:
    price = shop.price()
    body = shop.sale(offline=True, payments=[{"kind": "points", "amount": price}])
    assert "offline.spends" in shop.post("sales", body).codes

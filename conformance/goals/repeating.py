"""G9, G10 and G12: a message is done once and answered the same, at once, changed, by a stranger, and after a month."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from django.test import Client

from conformance.goals.asking import Call, Line, at_once
from conformance.goals.results import Result, Run
from conformance.goals.shop import FIRST, ONLINE, PRICE, SECOND, Shop, handle
from regulars.loyalty.checkout.models import Message
from regulars.loyalty.checkout.services import journal
from regulars.sales.models import Receipt


def copies_at_once(run: Run) -> Result:
    """G9: a hundred sales, a hundred copies of each, all shuffled: a hundred sales, and one answer for all copies of each."""
    shop, keys, copies = run.shop, run.pick(100, 8), run.pick(100, 25)
    result = Result({"keys": keys, "copies of each": copies, "in flight": 64})
    calls = [Call.of(shop.keys[FIRST], "sales", shop.sale(f"G9-{number}")) for number in range(keys)]
    order = calls * copies
    random.Random(9).shuffle(order)  # noqa: S311 - an order, no secrets
    ends: Counter[str] = Counter()
    answers = at_once(shop.port, order, ends=ends)
    told = {(call.body, answer.status, answer.body) for call, answer in zip(order, answers, strict=True)}
    result.counted["told to ask again"] = dict(ends)
    result.expect("answers", len(answers), keys * copies)
    result.expect("different answers", len(told), keys)
    result.expect("statuses", sorted({status for _, status, _ in told}), [201])
    result.expect("sales", Receipt.objects.filter(external_id__startswith=f"{FIRST}/1/G9-").count(), keys)
    return result


def other_content(run: Run) -> Result:
    """G10: a number that was used means that message only, and only to its own store."""
    shop = run.shop
    (member,) = shop.members(1, points=100)
    line, key = Line(shop.port), shop.keys[FIRST]
    first = shop.sale("G10", till="7", cashier="SECRET-OF-THE-FIRST", member=handle(member))
    told = line.insist(Call.of(key, "sales", first))
    before = _kept()
    lines, paid = [{"line": 1, "sku": "A1", "quantity": 2}], [{"kind": "cash", "amount": 2 * PRICE}]
    two = {"lines": lines, "total": 2 * PRICE, "payments": paid}
    table: list[tuple[str, str, dict[str, Any], str]] = [
        (
            "amount changed",
            key,
            first | two,
            "422 message.other_content",
        ),
        ("payment changed", key, first | {"payments": [{"kind": "card", "amount": PRICE}]}, "422 message.other_content"),
        ("member changed", key, first | {"member": ""}, "422 message.other_content"),
        ("cashier changed", key, first | {"cashier": "X"}, "422 message.other_content"),
        ("store changed", key, first | {"store": SECOND}, "404 not_found"),
        ("another store's key", shop.keys[SECOND], first, "404 not_found"),
        ("no such store", shop.keys[SECOND], first | {"store": "NOWHERE"}, "404 not_found"),
    ]
    result = Result({"changes": len(table)})
    bodies = {}
    for name, with_key, said, wanted in table:
        answer = line.insist(Call.of(with_key, "sales", said))
        bodies[name] = answer.body
        result.expect(name, f"{answer.status} {answer.code}", wanted)
    result.expect("written by all of these", _kept() - before, 0)
    result.expect("a foreign store and none look the same", bodies["another store's key"] == bodies["no such store"], True)
    result.expect("the first answer again", line.insist(Call.of(key, "sales", first)).body == told.body, True)
    _strangers(shop, line, first, result)
    line.close()
    return result


def _strangers(shop: Shop, line: Line, first: dict[str, Any], result: Result) -> None:
    """The same till and number in another store, and from another source: messages of their own that tell nothing."""
    for store in (SECOND, ONLINE):
        own = shop.sale("G10", store=store, till="7")
        answer = line.insist(Call.of(shop.keys[store], "sales", own))
        result.expect(f"the same number in {store}", (answer.status, answer.json["sale"]), (201, f"{store}/7/G10"))
        leaks = [word for word in (first["cashier"], first["member"], f"{FIRST}/7") if word.encode() in answer.body]
        result.expect(f"leaked to {store}", leaks, [])
        looked = line.ask(Call(shop.keys[store], f"messages/{FIRST}/7/G10", b""))
        result.expect(f"looked up from {store}", looked.status, 404)


def after_a_month(run: Run) -> Result:
    """G12: the same answer on day 29; on days 31, 36 and 400 nothing is done twice. The clock is that of this process."""
    shop = run.shop
    result = Result({"days": [29, 31, 36, 400]})
    sales = [shop.sale(f"G12-{number}", till="8") for number in range(run.pick(200, 10))]
    raw = [json.dumps(said).encode() for said in sales]
    first = [_said_here(shop, body) for body in raw]
    result.expect("sales", sum(status == 201 for status, _ in first), len(sales))
    for day in (29, 31):
        journal.forget_answers(now=datetime.now(UTC) + timedelta(days=day))
        again = [_said_here(shop, body, days=day) for body in raw]
        result.expect(f"same answer on day {day}", sum(one == two for one, two in zip(first, again, strict=True)), len(sales))
    for day in (36, 400):
        journal.forget_answers(now=datetime.now(UTC) + timedelta(days=day))
        again = [_said_here(shop, body, days=day) for body in raw]
        known = sum(status == 409 and json.loads(body)["code"] == "message.long_known" for status, body in again)
        result.expect(f"known and not done again on day {day}", known, len(sales))
        other = [_said_here(shop, body.replace(b'"A1"', b'"A2"'), days=day) for body in raw]
        refused = sum(status == 422 and json.loads(body)["code"] == "message.other_content" for status, body in other)
        result.expect(f"other content refused on day {day}", refused, len(sales))
    result.expect("receipts in the end", Receipt.objects.filter(external_id__startswith=f"{FIRST}/8/G12-").count(), len(sales))
    return result


def _said_here(shop: Shop, body: bytes, *, days: int = 0) -> tuple[int, bytes]:
    """Say a message through the whole door, in this process, so many days from now."""
    with time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=True):
        answer = Client().post(
            "/api/v1/till/sales", body, content_type="application/json",
            headers={"Authorization": f"Bearer {shop.keys[FIRST]}", "Host": "127.0.0.1"},
        )  # fmt: skip
    return answer.status_code, answer.content


def _kept() -> int:
    return Message.objects.count() + Receipt.objects.count()

"""G11: the same messages of a street of tills, each said three times, in any order, end in the same state.

Each permutation has a store, members and coupons of its own; the state is compared under names without them.
"""

from __future__ import annotations

import hashlib
import random
from datetime import timedelta
from typing import Any

from django.db import connection

from conformance.goals.asking import Call, at_once
from conformance.goals.results import Result, Run
from conformance.goals.shop import COUPON, PRICE, Shop, handle
from regulars.loyalty.checkout.models import Message

_TIMES, _MEMBERS, _TILLS = 3, 3, 4
_IN_FLIGHT = 16


def any_order(run: Run) -> Result:
    """Say the log in so many orders and compare what is true afterwards."""
    shop, length, orders = run.shop, run.pick(200, 60), run.pick(50, 3)
    result = Result({"messages": length, "each said": _TIMES, "orders": orders, "in flight": _IN_FLIGHT})
    shop.add_stores([f"P{number:02d}" for number in range(orders)])
    hashes, strange, parked = set(), 0, 0
    for number in range(orders):
        store = f"P{number:02d}"
        members = shop.members(_MEMBERS, points=10_000)
        offer, codes = shop.coupons(length, code=f"G11-{number}")
        order = _log(shop, store, members, codes, length) * _TIMES
        random.Random(number).shuffle(order)  # noqa: S311 - an order, no secrets
        answers = at_once(shop.port, order, in_flight=_IN_FLIGHT)
        strange += sum(answer.status not in {201, 202} for answer in answers)
        parked += sum(answer.status == 202 for answer in answers)
        hashes.add(state_hash(store, offer, members))
    result.counted["answers «parked»"] = parked
    result.expect("refused", strange, 0)
    result.expect("different final states", len(hashes), 1)
    here = Message.objects.filter(store__code__startswith="P")
    result.expect("messages kept", here.count(), orders * length)
    result.expect("not done in the end", here.exclude(state="done").count(), 0)
    return result


def _log(shop: Shop, store: str, members: list[int], codes: list[str], length: int) -> list[Call]:
    """Return the messages: sales with members, coupons and points; voids, whole returns, returns of parts."""
    key, dice, log = shop.key(store), random.Random(5), []  # noqa: S311 - baskets, no secrets
    number = 0
    while len(log) < length:
        number += 1
        place = {"store": store, "till": str(1 + number % _TILLS)}
        at = (shop.now - timedelta(hours=dice.randrange(1, 70))).isoformat()
        coupons = [codes[number]] if number % 4 == 0 else []
        member = handle(members[number % _MEMBERS]) if number % 3 else ""
        sale = _sale(shop, f"S{number}", place, pieces=dice.randrange(2, 6), coupons=coupons, member=member)
        log.append(Call.of(key, "sales", sale | {"at": at}))
        for path, said in _taken_back(shop, number, place):
            log.append(Call.of(key, path, said | {"at": at}))
    return log[:length]


def _sale(shop: Shop, number: str, place: dict[str, str], *, pieces: int, coupons: list[str], member: str) -> dict[str, Any]:
    total = PRICE * (pieces + 1) - COUPON * len(coupons)
    points = 100 if member and number.endswith(("0", "5", "7")) else 0
    payments = [{"kind": "points", "amount": points}, {"kind": "card", "amount": total - points}]
    lines = [{"line": 1, "sku": "A1", "quantity": pieces}, {"line": 2, "sku": "A2"}]
    return shop.sale(number, **place, lines=lines, total=total, payments=payments, coupons=coupons, member=member)


def _taken_back(shop: Shop, number: int, place: dict[str, str]) -> list[tuple[str, dict[str, Any]]]:
    """Return what comes back of a sale: all by a void, all by a return, two parts one after the other, or nothing."""
    match number % 6:
        case 1:
            return [("voids", shop.back(f"V{number}", f"S{number}", **place))]
        case 3:
            part = [{"line": 1, "quantity": 1}]
            return [("returns", shop.back(f"R{number}-{n}", f"S{number}", **place, lines=part)) for n in (1, 2)]
        case 5:
            return [("returns", shop.back(f"R{number}", f"S{number}", **place))]
        case _:
            return []


def state_hash(store: str, offer: int, members: list[int]) -> str:
    """Return one number for what is true of the business, whatever the order in which it became known.

    What came back is added up by sale: which of two returns brought the points back, and which the money, depends on which
    was first, and only their sum is a fact of the sale.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STATE, {"store": store, "offer": offer, "members": members})
        (text,) = cursor.fetchone()
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


_STATE = """
WITH said AS (
    SELECT m.*, substr(CASE WHEN m.sale_id = '' THEN s.code || '/' || m.till || '/' || m.number ELSE m.sale_id END, 4) AS sale
    FROM checkout_message m JOIN organization_store s ON s.id = m.store_id WHERE s.code = %(store)s
), receipt AS (
    SELECT d.sale, r.* FROM said d JOIN sales_receipt r ON r.id = d.receipt_id
), facts (line) AS (
    SELECT concat_ws('|', 'message', till, number, kind, state, sale) FROM said
    UNION ALL SELECT concat_ws('|', 'points', sale, sum(points_earned), sum(points_used)) FROM said GROUP BY sale
    UNION ALL SELECT concat_ws('|', 'receipt', sale, kind, business_date, array_position(%(members)s::bigint[], customer_id),
        count(*), sum(gross_amount), sum(discount_amount), sum(paid_amount))
        FROM receipt GROUP BY sale, kind, business_date, customer_id
    UNION ALL SELECT concat_ws('|', 'line', r.sale, l.product_id, sum(l.quantity_milli), sum(l.paid_amount))
        FROM sales_receiptline l JOIN receipt r ON r.id = l.receipt_id GROUP BY r.sale, l.product_id
    UNION ALL SELECT concat_ws('|', 'tender', r.sale, t.kind, sum(t.amount))
        FROM sales_tender t JOIN receipt r ON r.id = t.receipt_id GROUP BY r.sale, t.kind
    UNION ALL SELECT concat_ws('|', 'account', array_position(%(members)s::bigint[], a.owner_id), u.code, balance, held, debt)
        FROM wallet_account a JOIN wallet_unit u ON u.id = a.unit_id WHERE a.owner_id = ANY(%(members)s)
    UNION ALL SELECT concat_ws('|', 'coupon', row_number() OVER (ORDER BY id), state, uses)
        FROM offers_coupon WHERE offer_id = %(offer)s
    UNION ALL SELECT concat_ws('|', 'allowance', purpose, sum(uses), sum(amount))
        FROM offers_allowance WHERE offer_id = %(offer)s GROUP BY purpose
)
SELECT string_agg(line, E'\\n' ORDER BY line) FROM facts
"""

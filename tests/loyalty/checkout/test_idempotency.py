"""Messages are done once: repeated, at the same moment, shuffled, late, and after the answers are forgotten (G9–G12)."""

from __future__ import annotations

import hashlib
import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from regulars.core import invariants
from regulars.customers.models import Customer
from regulars.loyalty.checkout.models import Message
from regulars.loyalty.checkout.services import journal
from regulars.sales.models import Receipt
from tests import retailer
from tests.loyalty.checkout import offers, program
from tests.loyalty.checkout.conftest import NOW, Till, make_key
from tests.loyalty.checkout.test_taking_back import taking_back


@pytest.mark.django_db
def test_after_a_month_the_answer_is_gone_and_the_sale_still_known(till: Till) -> None:
    body = till.sale("1")
    first = till.raw("sales", json.dumps(body).encode())
    with time_machine.travel(NOW + timedelta(days=29)):
        journal.forget_answers(now=NOW + timedelta(days=29))
        assert till.raw("sales", json.dumps(body).encode()).content == first.content
    with time_machine.travel(NOW + timedelta(days=36)):
        assert journal.forget_answers(now=NOW + timedelta(days=36)) == 1
        assert till.post("sales", body)[1]["code"] == "message.long_known"
        assert till.post("sales", body | {"cashier": "7"})[1]["code"] == "message.other_content"
    assert Receipt.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_hundred_copies_at_once_make_one_sale_each() -> None:
    retailer.open_company()
    key = make_key(store="SH-1")
    bodies = [json.dumps(Till(key).sale(str(number))).encode() for number in range(5)]

    def send(body: bytes) -> tuple[bytes, int, bytes]:
        try:
            answer = Till(key).raw("sales", body)
            return body, answer.status_code, answer.content
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(send, bodies * 40))
    assert {status for _, status, _ in answers} <= {201, 409}
    for body in bodies:
        assert len({content for sent, status, content in answers if sent == body and status == 201} | {send(body)[2]}) == 1
    assert Receipt.objects.count() == 5


@pytest.mark.django_db
def test_the_database_itself_takes_no_number_twice(till: Till) -> None:
    till.sell("1")
    for model in (Message, Receipt):
        row = model.objects.get()
        row.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.bulk_create([row])


def shuffled_log(ana: str, codes: list[str]) -> list[tuple[str, dict[str, Any]]]:
    """Sixty messages of two tills: sales with a member and coupons, voids, returns of parts, a day's closing."""
    dice, log = random.Random(5), []
    for number in range(1, 25):
        till = Till("", till=str(1 + number % 2))
        at = (NOW - timedelta(hours=dice.randrange(1, 70))).isoformat()
        pieces = dice.randrange(2, 5)
        lines = [{"line": 1, "sku": "P1", "quantity": pieces}, {"line": 2, "sku": "P2"}]
        coupons = [codes[number]] if number % 4 == 0 else []
        total = 1000 * (pieces + 1) - 300 * len(coupons)
        sale = till.sale(f"S{number}", lines=lines, total=total, at=at, coupons=coupons, member=ana if number % 3 else "")
        log.append(("sales", sale))
        if number % 5 == 0:
            log.append(("voids", taking_back(till, f"V{number}", f"S{number}", at=at)))
        elif number % 2 == 0:
            part = [{"line": 1, "quantity": 1}]
            log += [("returns", taking_back(till, f"R{number}-{n}", f"S{number}", at=at, lines=part)) for n in (1, 2)]
    closing = {"store": "SH-1", "till": "1", "number": "Z1", "at": NOW.isoformat(), "business_date": "2026-11-20",
               "sales": 1, "sales_amount": 1, "returns": 0, "returns_amount": 0}  # fmt: skip
    return [*log, ("closings", closing)]


def state_hash() -> str:
    """What is true of the business, whatever the order in which it became known."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
                SELECT concat_ws('|', 'receipt', external_id, kind, business_date, gross_amount, discount_amount, paid_amount,
                    customer_id, line_count) AS line FROM sales_receipt
                UNION ALL SELECT concat_ws('|', 'line', r.external_id, l.line_no, l.quantity_milli, l.paid_amount)
                    FROM sales_receiptline l JOIN sales_receipt r ON r.id = l.receipt_id
                UNION ALL SELECT concat_ws('|', 'tender', r.external_id, t.kind, sum(t.amount))
                    FROM sales_tender t JOIN sales_receipt r ON r.id = t.receipt_id GROUP BY r.external_id, t.kind
                UNION ALL SELECT concat_ws('|', 'account', owner_id, u.code, balance, held, debt)
                    FROM wallet_account a JOIN wallet_unit u ON u.id = a.unit_id
                UNION ALL SELECT concat_ws('|', 'coupon', id, state, uses) FROM offers_coupon
                UNION ALL SELECT concat_ws('|', 'allowance', offer_id, sum(uses), sum(amount))
                    FROM offers_allowance GROUP BY offer_id
                UNION ALL SELECT concat_ws('|', 'message', till, number, kind, state, points_earned, points_used)
                    FROM checkout_message
            ) facts""")
        return hashlib.md5(cursor.fetchone()[0].encode()).hexdigest()


@pytest.mark.django_db
def test_every_order_of_the_messages_ends_in_the_same_state(till: Till) -> None:
    program.publish()
    program.give(Customer.objects.get(name="Ana Lopez").pk, 100)
    codes = offers.codes(offers.publish("SPRING", is_coupon=True), 25)
    log = shuffled_log("phone:+8613800000001", codes)
    hashes, dice = set(), random.Random(1)
    for _ in range(6):
        order = log * 3
        dice.shuffle(order)
        mark = transaction.savepoint()
        for path, body in order:
            status, said = till.post(path, body)
            assert status in {201, 202}, (path, body, said)
        assert not Message.objects.exclude(state="done").exists()
        hashes.add(state_hash())
        broken = [finding for finding in invariants.prove(invariants.declared()) if not finding.holds]
        assert not [(finding.invariant.name, finding.outcome.examples) for finding in broken]
        transaction.savepoint_rollback(mark)
    assert len(hashes) == 1

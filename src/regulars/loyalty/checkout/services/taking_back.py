"""Void a sale, or return some of it: goods, money, points and coupons go back the way they came, in one transaction.

For the till's door and for `selling`, which lets parked messages have their turn. A message whose sale is not known waits,
visibly, and is done in the sale's own transaction: whatever order they come in, they end in the same state (P44, G11).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from regulars.core.errors import DomainError
from regulars.loyalty.checkout import facts
from regulars.loyalty.checkout.facts import Moment, StoreFacts
from regulars.loyalty.checkout.messages import Return, ReturnedLine, Void
from regulars.loyalty.checkout.models import Message
from regulars.loyalty.checkout.rules import breaking as broken_offers
from regulars.loyalty.checkout.rules import receipts, refunds
from regulars.loyalty.checkout.rules.refunds import Refund, RefundedLine
from regulars.loyalty.checkout.services import breaking, deals, journal, points, sold, telling, value
from regulars.loyalty.checkout.services.journal import Answer, Entry, Opened
from regulars.loyalty.checkout.services.sold import Sold
from regulars.loyalty.program import services as program
from regulars.loyalty.wallet import services as wallet
from regulars.organization.access import Viewer
from regulars.sales import single
from regulars.sales.models import Receipt


class AlreadyVoidedError(DomainError):
    """The sale is void: nothing of it can come back any more."""

    code = "sale.voided"


class PartlyReturnedError(DomainError):
    """Some of the sale has come back; return the rest instead of voiding it."""

    code = "sale.partly_returned"


@dataclass(frozen=True, slots=True)
class Back:
    """A message that takes back: what it says, wherever it came from."""

    id: str
    kind: str
    at: datetime
    till: str
    cashier: str
    lines: tuple[ReturnedLine, ...]
    store: StoreFacts
    digest: bytes


def void(said: Void, *, digest: bytes, now: datetime, viewer: Viewer) -> Answer:
    """Take a whole sale back, as if it had not been; park the message if the sale has not come."""
    return journal.once(said.id, digest, now=now, viewer=viewer, about=said.sale, work=lambda opened: _work(opened, said))


def take_back(said: Return, *, digest: bytes, now: datetime, viewer: Viewer) -> Answer:
    """Take some lines of a sale back; park the message if the sale has not come."""
    return journal.once(said.id, digest, now=now, viewer=viewer, about=said.sale, work=lambda opened: _work(opened, said))


def resolve_parked(opened: Opened, sale_id: str) -> None:
    """Do what waited for this sale, in the order in which the tills meant it."""
    opened.cursor.execute(_PARKED, {"source": opened.viewer.source, "sale_id": sale_id})
    for message_id, *said in opened.cursor.fetchall():
        _resolve(opened, message_id, _from_row(said), sale_id)


def _work(opened: Opened, said: Void) -> Entry:
    back = _from_message(opened, said)
    found = sold.find(opened.cursor, source=opened.viewer.source, sale_id=said.sale.text)
    if found is None:
        return Entry(
            kind=back.kind,
            state=Message.State.PARKED,
            status=202,
            sale_id=said.sale.text,
            content={"lines": [[it.line_no, it.quantity_milli] for it in back.lines], "cashier": back.cashier},
            happened_at=said.at,
            answer=receipts.parked_answer(said),
        )
    done = _take(opened, back, found)
    return Entry(
        kind=back.kind,
        sale_id=said.sale.text,
        happened_at=said.at,
        answer=receipts.return_answer(
            back.id, back.kind, found.external_id, done.refund, receipt_id=done.receipt_id, points=_points(opened, found, done)
        ),
        customer_id=found.customer_id,
        receipt_id=done.receipt_id,
        business_date=done.business_date,
        points_earned=-done.points_taken,
        points_used=-done.points_given,
    )


def _points(opened: Opened, found: Sold, done: Done) -> dict[str, object]:
    """Return what a return slip prints of the member's points."""
    if found.customer_id is None:
        return {}
    today = opened.now.date()
    balances = points.balances_of(found.customer_id, now=opened.now)
    body = points.shown(balances, points.book_for(today, found.currency), currency=found.currency, today=today)
    if "points" in body:
        body["points"] = {"taken_back": done.points_taken, "given_back": done.points_given, **body["points"]}
    return body


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a message that takes back."""

    receipt_id: int
    business_date: date
    refund: Refund
    points_taken: int
    points_given: int


def _take(opened: Opened, back: Back, found: Sold) -> Done:
    if found.is_voided:
        raise AlreadyVoidedError("This sale is void.")
    if back.kind == Message.Kind.VOID and found.has_returns:
        raise PartlyReturnedError("Some of this sale has come back; return the rest.")
    refund = refunds.refund(found.lines, found.tenders, back.lines)
    broken = None if back.kind == Message.Kind.VOID else breaking.find(opened, found, refund.returned_milli)
    if broken is not None:
        refund = broken_offers.apply(refund, broken, found.lines, found.tenders)
    when = facts.moment(back.store, back.at, now=opened.now, offline=True)
    receipt_id = single.next_id(opened.cursor)
    taking = program.taking_back(_returned(refund, found, receipt_id, back, when), now=opened.now)
    refund = refunds.less(refund, taking.refund_less_amount)
    single.record(opened.cursor, replace(_receipt(opened, back, found, refund, when), id=receipt_id))
    give = value.back_command(
        found, refund.tenders, receipt_id=receipt_id, at=when.believed, store_id=back.store.id, now=opened.now
    )
    if any(line.discounts for line in found.lines):
        undoing = deals.Undoing(back.id, when.believed, when.business_date, back.store.id)
        deals.give_back(
            opened, found.external_id, refund.lines, undoing, is_void=back.kind == Message.Kind.VOID,
            broken=broken.changes if broken else {},
        )  # fmt: skip
    posted = wallet.post([*([give] if give else []), *taking.commands], now=opened.now, viewer=opened.viewer)
    program.keep_taken_back(taking, posted[1:] if give else posted)
    return Done(
        receipt_id,
        when.business_date,
        refund,
        points_taken=sum(record.points for record in taking.records),
        points_given=sum(part.amount for part in give.parts if part.unit.startswith("points.")) if give else 0,
    )


def _returned(refund: Refund, found: Sold, receipt_id: int, back: Back, when: Moment) -> list[program.ReturnedLine]:
    return [
        program.ReturnedLine(
            receipt_id=receipt_id,
            original_id=found.receipt_id,
            original_line_no=line.sold.line_no,
            quantity_milli=line.quantity_milli,
            amount=line.paid_amount,
            at=when.believed,
            business_date=when.business_date,
            store_id=back.store.id,
        )
        for line in refund.lines
    ]


def _resolve(opened: Opened, message_id: int, back: Back, sale_id: str) -> None:
    found = sold.find(opened.cursor, source=opened.viewer.source, sale_id=sale_id)
    assert found is not None, "the sale was recorded a moment ago"
    facts_of_end: dict[str, Any] = {
        "id": message_id, "now": opened.now, "customer": found.customer_id, "receipt": None, "day": None,
        "earned": 0, "used": 0,
    }  # fmt: skip
    try:
        with transaction.atomic():
            done = _take(opened, back, found)
        facts_of_end |= {
            "state": Message.State.DONE.value,
            "refusal": "",
            "receipt": done.receipt_id,
            "day": done.business_date,
            "earned": -done.points_taken,
            "used": -done.points_given,
        }
    except DomainError as error:
        facts_of_end |= {"state": Message.State.REFUSED.value, "refusal": error.code}
    opened.cursor.execute(_RESOLVE, facts_of_end)


def _from_message(opened: Opened, said: Void) -> Back:
    is_return = isinstance(said, Return)
    return Back(
        id=said.id.text,
        kind=Message.Kind.RETURN if is_return else Message.Kind.VOID,
        at=said.at,
        till=said.till,
        cashier=said.cashier,
        lines=said.lines if isinstance(said, Return) else (),
        store=opened.store,
        digest=opened.digest,
    )


def _from_row(row: list[Any]) -> Back:
    kind, at, till, number, text, digest, *store = row
    content = json.loads(text)
    facts_of_store = StoreFacts(*store)
    return Back(
        id=f"{facts_of_store.code}/{till}/{number}",
        kind=kind,
        at=at,
        till=till,
        cashier=content["cashier"],
        lines=tuple(ReturnedLine(*line) for line in content["lines"]),
        store=facts_of_store,
        digest=bytes(digest),
    )


def _receipt(opened: Opened, back: Back, found: Sold, refund: Refund, when: Moment) -> single.SingleReceipt:
    return single.SingleReceipt(
        source=opened.viewer.source,
        external_id=back.id,
        digest=back.digest[:16],
        kind=Receipt.Kind.RETURN,
        store_id=back.store.id,
        till=back.till,
        cashier=back.cashier,
        customer_id=found.customer_id,
        channel=found.channel,
        sold_at=back.at,
        received_at=opened.now,
        business_date=when.business_date,
        clock_off=when.clock_off,
        currency=found.currency,
        lines=[_line(number, line) for number, line in enumerate(refund.lines, start=1)],
        discounts=[
            single.Discount(number, position, it.kind, -it.amount, it.funded_by, it.reference)
            for number, line in enumerate(refund.lines, start=1)
            for position, it in enumerate(line.discounts, start=1)
        ],
        tenders=[single.Tender(it.kind, -it.amount, it.reference) for it in refund.tenders],
        original=(found.receipt_id, found.external_id),
    )


def _line(number: int, line: RefundedLine) -> single.Line:
    refunded = sum(it.amount for it in line.discounts if it.funded_by != "retailer")
    return single.Line(
        line_no=number,
        product_id=line.sold.product_id,
        quantity_milli=-line.quantity_milli,
        gross_amount=-(line.paid_amount + line.discount_amount),
        discount_amount=-line.discount_amount,
        refunded_amount=-refunded,
        takes_back=line.sold.line_no,
    )


_PARKED = """
SELECT m.id, m.kind, m.happened_at, m.till, m.number, m.content, m.digest,
    s.id, s.code, s.timezone, s.day_cutoff_minutes, s.currency, true, s.format, s.region_id
FROM checkout_message m JOIN organization_store s ON s.id = m.store_id
WHERE m.source = %(source)s AND m.sale_id = %(sale_id)s AND m.state = 'parked'
ORDER BY m.happened_at, m.till, m.number FOR UPDATE OF m
"""

_RESOLVE = f"""
WITH untold AS ({telling.ADD})
UPDATE checkout_message SET state = %(state)s, resolved_at = %(now)s, refusal = %(refusal)s, content = NULL,
    customer_id = %(customer)s::bigint, receipt_id = %(receipt)s::bigint, points_earned = %(earned)s::bigint,
    points_used = %(used)s::bigint
WHERE id = %(id)s::bigint
"""

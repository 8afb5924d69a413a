"""An import is undone after its receipts were rated: what they earned is taken back, and what stays in the ledger adds up."""

from __future__ import annotations

from typing import Any

import pytest

from regulars.core import invariants, outbox
from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import Earning, TakenBack
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command, House, Owner, OwnerKind, Take
from regulars.loyalty.wallet.models import Transfer
from regulars.sales import services as recording
from regulars.sales.models import Receipt
from tests.loyalty.program.story import BASE, NOW, SYSTEM, balance, club, publish
from tests.sales import factories as sales

pytestmark = pytest.mark.django_db
GROWTH = {"growth": 1, "amount": 100}


def bring(batch: int, *rows: dict[str, Any]) -> None:
    """Import receipts as `batch`, and rate them."""
    lines = [sales.line(**{"customer": "8001", "customer_kind": "card"} | row) for row in rows]
    outcome = sales.sell(*lines, historical=True, batch_id=batch)
    assert not outcome.problems, outcome.problems
    outbox.deliver_waiting(now=NOW)


def undo(batch: int) -> int:
    program.undo_receipts(batch, now=NOW, viewer=SYSTEM)
    removed = recording.undo_batch(batch, now=NOW, viewer=SYSTEM)
    assert broken() == []
    return removed


def spend(customer_id: int, points: int) -> None:
    owner = Owner(OwnerKind.CUSTOMER, customer_id)
    parts = (Take(owner=owner, unit="points.club", amount=points, house=House.REDEEMED),)
    wallet.post([Command(source="t", key="spend", kind="redeem", at=NOW, parts=parts)], now=NOW, viewer=SYSTEM)


def broken() -> list[str]:
    found = invariants.prove([one for one in invariants.declared() if one.name.startswith("program.")])
    return [one.invariant.name for one in found if not one.holds]


def test_undone_receipts_take_their_points_along_and_earn_anew_when_they_come_again() -> None:
    publish(BASE | {"caps": {"per_member": 70}}, growth=GROWTH)
    bring(1, {"receipt_id": "K", "gross_amount": 1000})
    bring(7, {"receipt_id": "S1", "quantity_milli": 2000, "gross_amount": 9000})
    customer = Receipt.objects.get(external_id="K").customer_id
    bring(8, {"receipt_id": "R1", "kind": "return", "gross_amount": 4500, "original_receipt_id": "S1"})
    assert balance(customer).posted == 10 + 60 - 30

    assert undo(7) == 1

    assert (balance(customer).posted, balance(customer, "growth.club").posted) == (10, 10)
    assert Earning.objects.count() == 2  # nothing of what happened is gone
    assert Transfer.objects.filter(kind="undo").count() == 1
    bring(9, {"receipt_id": "S1", "quantity_milli": 2000, "gross_amount": 9000})  # the cap is free, the return finds its sale
    assert [earning.points for earning in Earning.objects.order_by("pk")] == [10, 60, 60]
    assert balance(customer).posted == 10 + 60 - 30


def test_an_undone_return_gives_again_what_it_took_and_may_come_again() -> None:
    publish(growth=GROWTH)
    bring(1, {"receipt_id": "S1", "quantity_milli": 3000, "gross_amount": 1000})
    customer = Receipt.objects.get(external_id="S1").customer_id
    for batch in (2, 3, 4):
        row = {"receipt_id": f"R{batch}", "kind": "return", "quantity_milli": 1000, "gross_amount": 333 + (batch == 4)}
        bring(batch, row | {"original_receipt_id": "S1"})
    assert balance(customer).posted == 0

    undo(2)
    assert (balance(customer).posted, balance(customer, "growth.club").posted) == (3, 3)
    bring(5, {"receipt_id": "R2", "kind": "return", "quantity_milli": 1000, "gross_amount": 333, "original_receipt_id": "S1"})
    assert balance(customer).posted == 0  # 10 and not 11 in all


@pytest.mark.parametrize(("missing", "posted"), [("debt", -40), ("forgive", 0)])
def test_spent_points_are_owed_or_let_go_as_with_returns(missing: str, posted: int) -> None:
    publish(returns={"missing": missing})
    bring(7, {"receipt_id": "S1", "gross_amount": 9000})
    customer = Earning.objects.get().customer_id
    spend(customer, 40)

    undo(7)

    assert balance(customer).posted == posted
    assert TakenBack.objects.get().forgiven_points == (0 if missing == "debt" else 40)


def test_an_undo_that_would_need_a_refund_to_take_spent_points_from_changes_nothing() -> None:
    publish(returns={"missing": "refund"}, redemption={"points": 100, "amount": 100})
    bring(7, {"receipt_id": "S1", "gross_amount": 9000})
    customer = Earning.objects.get().customer_id
    spend(customer, 40)

    with pytest.raises(program.PointsSpentError) as refused:
        undo(7)

    assert refused.value.place == {"points": 40, "members": 1}
    assert (balance(customer).posted, TakenBack.objects.count(), Receipt.objects.count()) == (50, 0, 1)
    assert club().members.count() == 1

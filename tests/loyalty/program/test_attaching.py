"""A forgotten card gets its points afterwards, within limits that a thief would hit (P17)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import Earning
from regulars.sales.models import Receipt
from tests.customers import factories as people
from tests.loyalty.program.story import NOW, SYSTEM, balance, publish
from tests.sales import factories as sales

pytestmark = pytest.mark.django_db


def nobodys(number, *, days=1, **values):
    sales.sell(sales.line(number, gross_amount=5000, sold_at=NOW - timedelta(days=days), **values), historical=True)
    return Receipt.objects.get(external_id=number)


def attach(receipt, customer, reason="forgot the card"):
    return program.attach_receipt(receipt.pk, customer.pk, reason=reason, viewer=SYSTEM, now=NOW)


def test_a_receipt_of_nobody_is_attached_once_with_a_reason():
    publish()
    ana, receipt = people.ana(), nobodys("S1")

    first = attach(receipt, ana)
    assert attach(receipt, ana) == first

    assert (first.points, first.note, balance(ana.pk).posted) == (50, "forgot the card", 50)


@pytest.mark.parametrize(
    ("days", "reason", "customer"), [(30, "forgot", ""), (1, "  ", ""), (1, "forgot", "8001")], ids=["late", "why", "owned"]
)
def test_too_late_without_a_reason_or_of_somebody_else_it_is_refused(days, reason, customer):
    publish()
    ana = people.ana()
    whose = {"customer": customer, "customer_kind": "card"} if customer else {}

    with pytest.raises(program.AttachError):
        attach(nobodys("S1", days=days, **whose), ana, reason)

    assert not Earning.objects.exists()
    assert balance(ana.pk).posted == 0


def test_a_fourth_receipt_in_a_day_is_one_too_many():
    publish()
    ana = people.ana()
    for number in range(3):
        attach(nobodys(f"S{number}"), ana)

    with pytest.raises(program.AttachError):
        attach(nobodys("S9"), ana)
    assert balance(ana.pk).posted == 150

"""Stored value pays a sale, in one part or several, and comes back the way it went."""

from __future__ import annotations

import pytest

from regulars.core import invariants
from regulars.customers.models import Customer
from regulars.loyalty.checkout import members
from regulars.loyalty.wallet import services as wallet
from tests.loyalty.checkout import program
from tests.loyalty.checkout.conftest import NOW, Till
from tests.loyalty.checkout.test_taking_back import taking_back

pytestmark = pytest.mark.django_db


def test_two_payments_from_one_account_take_what_is_there_once(till: Till) -> None:
    ana = Customer.objects.get(name="Ana Lopez").pk
    for unit, kind, amount in (("stored.CNY", "stored_principal", 800), ("bonus.CNY", "stored_bonus", 400)):
        wallet.define_unit(unit, kind=kind, currency="CNY")
        program.give(ana, amount, unit=unit)
    member = members.handle_of(ana, source="pos", proved_at=NOW)
    twice = [{"kind": "stored_value", "amount": 600}, {"kind": "stored_value", "amount": 600}]
    too_much = [*twice, {"kind": "stored_value", "amount": 1}, {"kind": "cash", "amount": 799}]
    assert till.sell("1", member=member, payments=too_much)[1]["code"] == "insufficient_funds"
    assert left(ana) == (800, 400)
    assert till.sell("1", member=member, payments=[*twice, {"kind": "cash", "amount": 800}])[0] == 201
    assert left(ana) == (0, 0)
    _, said = till.post("returns", taking_back(till, "2", "1", lines=[{"line": 1, "quantity": 1}]))
    assert said["payments"] == [{"kind": "stored_value", "amount": 600}, {"kind": "stored_value", "amount": 400}]
    assert sum(left(ana)) == 1000
    till.post("returns", taking_back(till, "3", "1"))
    assert left(ana) == (800, 400)
    assert all(found.holds for found in invariants.prove(invariants.declared()))


def left(customer_id: int) -> tuple[int, int]:
    return program.balance(customer_id, "stored.CNY"), program.balance(customer_id, "bonus.CNY")

"""What a till reads of the program with its message is what the program itself says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from regulars.core import prepared
from regulars.customers.models import Customer
from regulars.loyalty.checkout import context
from regulars.loyalty.checkout.context import Context
from regulars.loyalty.checkout.messages import Ask
from regulars.loyalty.program import selectors
from regulars.loyalty.program.models import PaidPeriod, PaidPlan, Program
from tests.loyalty.checkout import program
from tests.loyalty.checkout.conftest import NOW, Till
from tests.loyalty.checkout.test_points import handle

pytestmark = pytest.mark.django_db


def read(customer_id: int, at: datetime) -> Context:
    ask = Ask(store="SH-1", till="1", at=at, lines=())
    return context.read(*prepared.together(*context.statements(ask, customer_id)))


def pay(customer_id: int, code: str, price: int, *, since: date, until: date, ended: date | None = None) -> None:
    plan, _ = PaidPlan.objects.get_or_create(
        program=Program.objects.get(), code=code, defaults={"name": code, "price_amount": price, "months": 1}
    )
    PaidPeriod.objects.create(
        plan=plan, customer_id=customer_id, starts_on=since, ends_on=until, ended_on=ended, price_amount=price, source="tests",
        key=f"{code}/{since}/{until}", paid_at=NOW,
    )  # fmt: skip


def test_standing_and_rules_are_those_of_the_program(till: Till) -> None:
    program.publish()
    ana, ben = Customer.objects.get(name="Ana Lopez").pk, Customer.objects.get(name="Ben Fischer").pk
    till.sell("1", member=handle(till))  # a first purchase makes her a member
    pay(ana, "plus", 100, since=date(2026, 11, 20), until=date(2026, 12, 20))
    pay(ana, "gold", 900, since=date(2026, 11, 25), until=date(2026, 12, 25), ended=date(2026, 11, 28))
    pay(ben, "plus", 100, since=date(2026, 11, 1), until=date(2026, 12, 1))  # who is no member
    midnight = datetime(2026, 11, 19, 16, tzinfo=UTC)  # of the company
    seen = set()
    for at in (midnight - timedelta(seconds=1), midnight, NOW + timedelta(days=6), NOW + timedelta(days=9)):
        for customer in (ana, ben):
            found, standing = read(customer, at), selectors.standing_of(customer, program="club", at=at)
            assert found.member is not None
            assert (found.member.tier, found.member.paid_plan, found.may_earn) == (standing.tier, standing.paid_plan, True)
            assert found.book == selectors.book_at(at)
            seen.add(standing.paid_plan)
    assert seen == {"", "plus", "gold"}

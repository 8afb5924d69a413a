"""What tills record is told to the rooms above: soon, once, together, and without rating a receipt a second time."""

from __future__ import annotations

from unittest import mock

import pytest

from regulars.core import outbox
from regulars.core.models import OutboxEvent
from regulars.customers.models import Customer
from regulars.insight import tasks
from regulars.loyalty.checkout.models import Untold
from regulars.loyalty.program.models import Earning
from tests.loyalty.checkout import program
from tests.loyalty.checkout.conftest import NOW, Till
from tests.loyalty.checkout.test_points import handle
from tests.loyalty.checkout.test_taking_back import taking_back

pytestmark = pytest.mark.django_db


def test_all_sales_since_the_last_round_are_told_of_with_one_event_and_earn_once(till: Till) -> None:
    program.publish()
    ana, member = Customer.objects.get(name="Ana Lopez").pk, handle(till)
    outbox.deliver_waiting(now=NOW)
    OutboxEvent.objects.all().delete()
    till.sell("1", member=member, at="2026-11-19T17:29:00+08:00")
    till.post("voids", taking_back(till, "3", "2"))  # parked, and done with its sale
    till.sell("2", member=member)
    till.sell("2", member=member)
    till.sell("4", member=member, total=1)
    assert not OutboxEvent.objects.exists(), "a till's moment writes into no queue that others wait for"
    with mock.patch.object(tasks, "request") as requested:
        outbox.deliver_waiting(now=NOW)
    event = OutboxEvent.objects.get()
    told = {name: event.payload[name] for name in ("receipts", "first_business_date", "last_business_date", "is_rated")}
    assert (event.name, told) == (
        "receipts.recorded",
        {"receipts": 3, "first_business_date": "2026-11-19", "last_business_date": "2026-11-20", "is_rated": True},
    )
    requested.assert_called_once_with(tasks.sync_lake)
    assert (Earning.objects.count(), program.balance(ana)) == (2, 20)
    outbox.deliver_waiting(now=NOW)
    assert (OutboxEvent.objects.count(), Untold.objects.count()) == (1, 0)

"""A large export needs a second person, whose yes holds for exactly this list, once; every export is written down."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from regulars.organization import selectors as organization
from regulars.organization.models import Approval, AuditEntry
from regulars.organization.services import approvals
from tests.home.business.conftest import Signed
from tests.organization.factories import person
from tests.sales.factories import line, sell


@pytest.fixture
def receipts(settings) -> None:
    settings.EXPORT_ROWS_WITHOUT_APPROVAL = 3
    sell(*(line(str(number), store="S1") for number in range(5)))


def export(client: Client, query: str = "") -> int:
    return client.get(f"/sales/?export=csv{query}").status_code


def test_a_small_export_is_handed_out_and_written_down(signed: Signed, receipts: None) -> None:
    client = signed("marketer")
    response = client.get("/sales/?export=csv&q=1")
    assert b"".join(response.streaming_content).count(b"\r\n") == 2
    assert AuditEntry.objects.get(action="receipts.exported").after == {"list": "receipts", "query": "q=1"}


def test_a_large_export_asks_a_second_person_and_hands_nothing_out(signed: Signed, receipts: None) -> None:
    person("marketer")
    assert export(signed("marketer")) == 302
    assert Approval.objects.get().kind == "receipt.export"
    assert not AuditEntry.objects.filter(action="receipts.exported").exists()


def test_an_approval_holds_for_this_list_once(signed: Signed, receipts: None) -> None:
    second = organization.viewer_of_person(person("marketer"))
    client = signed("marketer")
    export(client)
    approvals.decide_approval(Approval.objects.get(), approve=True, viewer=second, now=timezone.now())
    assert export(client, "&kind=sale") == 302  # another list
    assert export(client) == 200
    assert export(client) == 302


def test_whoever_may_not_export_gets_nothing(signed: Signed, receipts: None) -> None:
    assert export(signed("associate", store=1)) == 403

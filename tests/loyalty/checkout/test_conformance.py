"""Our server keeps the till protocol: the conformance suite, over HTTP with the reference client."""

from __future__ import annotations

from pathlib import Path

import pytest
from clients.till.till_client import LineDownError, Till
from conformance import cases
from conformance.shop import Shop

from regulars.customers.models import Customer
from regulars.loyalty.checkout.models import Message
from tests import retailer
from tests.loyalty.checkout import program
from tests.loyalty.checkout.conftest import make_key

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def on_a_friday() -> None:
    """The server runs on the real clock here: its threads and the clients share it."""


@pytest.fixture
def shop(live_server, transactional_db) -> Shop:
    retailer.open_company()
    retailer.enroll_members(2)
    program.publish()
    program.give(Customer.objects.get(name="Ana Lopez").pk, 5000)
    return Shop(
        url=live_server.url, key=make_key(store="SH-1"), store="SH-1", sku="P1", currency="CNY", member_phone="+8613800000001",
        other_key=make_key(store="BJ-1"),
    )  # fmt: skip


def test_every_case_of_the_suite_holds(shop: Shop) -> None:
    for name, check in cases.ALL.items():
        try:
            check(shop)
        except AssertionError as broken:
            raise AssertionError(name) from broken


def test_a_till_that_was_cut_off_sends_its_queue_when_the_line_is_back(shop: Shop, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("clients.till.till_client.SECONDS_TO_GIVE_UP", 0.2)
    journal = tmp_path / "till.jsonl"
    cut_off = Till("http://127.0.0.1:9", key=shop.key, store="SH-1", till="7", journal=journal)
    line = {"line": 1, "sku": "P1", "amount": 1000}
    for _ in range(2):
        with pytest.raises(LineDownError):
            cut_off.sell([line], total=1000, payments=[{"kind": "cash", "amount": 1000}], offline=True)
    with Till(shop.url, key=shop.key, store="SH-1", till="7", journal=journal) as back:
        assert (back.flush(), back.flush(), back.next_number()) == (2, 0, "00000003")
    assert Message.objects.filter(till="7", kind="sale", is_offline=True).count() == 2

"""A key that two tills use at once is flagged; a till that was replaced is not (T-25)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client

from regulars.gateway.till import callers, terminals
from regulars.loyalty.checkout.models import Terminal
from regulars.organization.models import ApiKey, AuditEntry
from tests.loyalty.checkout.conftest import NOW, Till, make_key
from tests.loyalty.checkout.test_screen import Screen, associate
from tests.organization import factories as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def speak(shop: None) -> Callable[[Till, int], None]:
    def at(till: Till, minute: int, address: str = "10.0.0.1") -> None:
        terminals._noted.clear()
        till.client.defaults["REMOTE_ADDR"] = address
        with time_machine.travel(NOW + timedelta(minutes=minute)):
            body = {"store": "SH-1", "till": till.till, "at": "2026-11-20T17:29:00+08:00", "lines": [{"line": 1, "sku": "P1"}]}
            assert till.post("quotes", body)[0] == 200

    return at


def client_of(role: str) -> Client:
    browser = Client()
    browser.force_login(people.person(role))
    return browser


def flagged() -> list[tuple[str, str]]:
    return sorted(Terminal.objects.exclude(flagged_at=None).values_list("till", "address"))


def test_tills_that_follow_one_another_are_nothing(speak: Callable[..., None]) -> None:
    key = make_key(store="SH-1")
    for minute in (0, 5):
        speak(Till(key), minute)
    speak(Till(key), 10, "10.0.0.2")
    speak(Till(key, till="2"), 20)
    speak(Till(key), 60)  # the first one again, after a pause
    speak(Till(make_key(store="SH-1"), till="2"), 61)
    assert flagged() == []


@pytest.mark.parametrize(("till", "address"), [("2", "10.0.0.1"), ("1", "198.51.100.7")])
def test_two_at_once_are_flagged_in_the_trail_and_on_the_page(speak: Callable[..., None], till: str, address: str) -> None:
    key = make_key(store="SH-1")
    speak(Till(key), 0)
    speak(Till(key, till=till), 3, address)
    speak(Till(key), 4)
    speak(Till(key), 5)
    assert flagged() == [("1", "10.0.0.1")]
    speak(Till(key, till=till), 6, address)
    assert len(flagged()) == 2
    assert AuditEntry.objects.filter(action="key.second_till").count() == 2
    with time_machine.travel(NOW + timedelta(minutes=7)):
        page = Screen(associate()).client.get("/till/parked/").content.decode()
        assert ("One key, two tills at once" in page, address in page) == (True, True)
        keys = client_of("admin").get("/keys/").content.decode()
        assert ("Make a key for each till" in keys, "Used by two tills at once" in keys, address in keys) == (True, True, True)
        others = Screen(associate("BJ-1")).client.get("/till/parked/").content.decode()
        assert "One key, two tills at once" not in others


def test_a_revoked_key_is_refused_within_five_seconds(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    assert till.sell("1")[0] == 201
    ApiKey.objects.update(revoked_at=NOW)
    later = time.monotonic() + 5
    monkeypatch.setattr(callers, "time", SimpleNamespace(monotonic=lambda: later))
    assert till.sell("2")[0] == 401


def test_a_till_costs_the_database_nothing_while_it_was_noted_a_moment_ago(till: Till) -> None:
    till.sell("1")
    Terminal.objects.all().delete()
    till.sell("2")
    till.post("sales", till.sale("3", total=1))
    assert not Terminal.objects.exists()

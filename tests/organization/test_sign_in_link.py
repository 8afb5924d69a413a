"""The one-time link: once, in time, by a button, into a new session."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from regulars.organization import access
from regulars.organization import services as organization
from regulars.organization.models import AuditEntry, SignInLink
from tests.organization import factories

pytestmark = pytest.mark.django_db


def path_of(person, *, now=None) -> str:
    url = organization.create_sign_in_link(person, viewer=access.system(), now=now or timezone.now())
    return "/" + url.split("/", 3)[3]


def test_a_link_signs_in_once(client: Client) -> None:
    path = path_of(factories.person())
    assert client.post(path).status_code == 302
    assert client.session["_auth_user_id"]
    second = Client()
    assert second.post(path).status_code == 410
    assert "_auth_user_id" not in second.session


def test_looking_at_a_link_does_not_use_it_up(client: Client) -> None:
    path = path_of(factories.person())
    for _ in range(3):
        assert client.get(path).status_code == 200
    assert client.post(path).status_code == 302


def test_a_link_expires(client: Client) -> None:
    path = path_of(factories.person(), now=timezone.now() - organization.LINK_LASTS - timedelta(seconds=1))
    assert client.get(path).status_code == 410
    assert client.post(path).status_code == 410
    assert "_auth_user_id" not in client.session


def test_only_the_hash_of_a_link_is_kept() -> None:
    path = path_of(factories.person())
    token = path.rstrip("/").rsplit("/", 1)[1]
    link = SignInLink.objects.get()
    assert token.encode() not in bytes(link.token_hash)
    assert len(link.token_hash) == 32
    assert token not in str(list(AuditEntry.objects.values_list()))


def test_a_new_link_ends_the_earlier_one(client: Client) -> None:
    person = factories.person()
    first, second = path_of(person), path_of(person)
    assert client.post(first).status_code == 410
    assert client.post(second).status_code == 302


def test_the_session_is_a_new_one_after_signing_in(client: Client) -> None:
    path = path_of(factories.person())
    session = client.session
    session["seen"] = "before"
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    client.post(path)
    assert client.session.session_key != before


def test_somebody_switched_off_is_out_with_the_next_request(client: Client) -> None:
    person = factories.person("admin")
    client.force_login(person)
    factories.person("admin")
    organization.deactivate_person(person, viewer=access.system(), now=timezone.now())
    assert client.get("/").headers["Location"] == "/sign-in/?next=%2F"

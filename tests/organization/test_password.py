"""Signing in by password, the second factor behind it, and what stays shut."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from regulars.organization import access
from regulars.organization import services as organization
from regulars.organization.models import Person
from tests.organization.factories import person

pytestmark = pytest.mark.django_db
PASSWORD = "a quiet harbor at dawn"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def ana() -> Person:
    made = person("admin", email="ana@example.com")
    made.set_password(PASSWORD)
    made.save()
    return made


def enter(client: Client, password: str = PASSWORD, **more: str):
    return client.post("/sign-in/", {"login": "Ana@example.com", "password": password, **more})


def test_the_right_password_opens(client: Client, ana: Person) -> None:
    assert enter(client, next="/staff/").headers["Location"] == "/staff/"
    assert client.get("/staff/").status_code == 200


def test_a_wrong_password_and_an_unknown_address_look_the_same(client: Client, ana: Person) -> None:
    wrong = enter(client, password="not the harbor")
    unknown = client.post("/sign-in/", {"login": "nobody@example.com", "password": PASSWORD})
    assert wrong.status_code == unknown.status_code == 200
    assert wrong.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()
    assert "_auth_user_id" not in client.session


def test_nobody_is_led_to_a_foreign_page(client: Client, ana: Person) -> None:
    assert enter(client, next="https://evil.example/").headers["Location"] == "/"


def test_guessing_is_slowed_down(client: Client, ana: Person) -> None:
    for _ in range(10):
        enter(client, password="not the harbor")
    enter(client)
    assert "_auth_user_id" not in client.session


def test_there_is_no_way_to_sign_up(client: Client) -> None:
    assert client.get("/sign-in/new/", follow=True).redirect_chain[-1][0].startswith("/sign-in/")
    for path in ("/accounts/signup/", "/accounts/password/reset/", "/accounts/email/", "/accounts/login/code/"):
        assert client.get(path).status_code == 404
    assert not Person.objects.exists()


def test_the_second_factor_is_asked_after_password_and_link(client: Client, ana: Person) -> None:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(ana, secret)
    assert enter(client).headers["Location"].startswith("/sign-in/second-factor/")
    assert "_auth_user_id" not in client.session
    assert client.get("/staff/").status_code == 302
    other = Client()
    url = organization.create_sign_in_link(ana, viewer=access.system(), now=timezone.now())
    path = "/" + url.split("/", 3)[3]
    assert other.post(path).headers["Location"].startswith("/sign-in/second-factor/")
    assert "_auth_user_id" not in other.session
    assert other.get("/sign-in/second-factor/").status_code == 200
    code = totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))
    assert other.post("/sign-in/second-factor/", {"code": code}).headers["Location"] == "/"
    assert other.session["_auth_user_id"] == str(ana.pk)


def test_signing_out_ends_the_session(client: Client, ana: Person) -> None:
    enter(client)
    assert client.get("/sign-out/").status_code == 200  # a link alone signs nobody out
    assert client.get("/staff/").status_code == 200
    client.post("/sign-out/")
    assert client.get("/staff/").status_code == 302


def test_a_new_password_needs_no_old_one_only_where_there_was_none(client: Client) -> None:
    ben = person("analyst")
    client.force_login(ben)
    assert client.get("/account/password/change/").headers["Location"] == "/account/password/"
    client.post("/account/password/", {"password1": PASSWORD, "password2": PASSWORD})
    ben.refresh_from_db()
    assert ben.check_password(PASSWORD)
    assert client.get("/account/password/").headers["Location"] == "/account/password/change/"


@pytest.mark.parametrize("password", ["short", "password1234", "123456789012"])
def test_a_weak_password_is_refused(client: Client, password: str) -> None:
    ben = person("analyst")
    client.force_login(ben)
    client.post("/account/password/", {"password1": password, "password2": password})
    ben.refresh_from_db()
    assert not ben.has_usable_password()


def test_all_other_sessions_end_at_a_word(ana: Person) -> None:
    here, there = Client(), Client()
    enter(here)
    enter(there)
    here.post("/account/sessions/")
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302


@pytest.mark.parametrize("path", ["/account/two-factor/", "/account/two-factor/app/activate/", "/account/password/"])
def test_the_pages_of_the_second_factor_stand_in_our_frame(client: Client, ana: Person, path: str) -> None:
    enter(client)
    client.post("/account/confirm/", {"password": PASSWORD})
    answer = client.get(path, follow=True)
    assert answer.status_code == 200
    assert 'class="sidebar"' in answer.content.decode()


def test_a_second_factor_is_only_set_up_after_the_password_was_confirmed(client: Client, ana: Person) -> None:
    enter(client)
    assert client.get("/account/two-factor/app/activate/").headers["Location"].startswith("/account/confirm/")
    client.post("/account/confirm/", {"password": "not the harbor"})
    assert client.get("/account/two-factor/app/activate/").status_code == 302
    client.post("/account/confirm/", {"password": PASSWORD})
    page = client.get("/account/two-factor/app/activate/")
    secret = page.context["form"].secret
    code = totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))
    assert client.post("/account/two-factor/app/activate/", {"code": code}).status_code == 302
    assert "Off" not in client.get("/account/").content.decode().split("Second factor")[1].split("</dd>")[0]
    assert client.get("/account/two-factor/recovery/").status_code == 200

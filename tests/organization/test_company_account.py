"""Signing in with the company account, against a real OIDC provider on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import oidc_provider_mock
import pytest
import requests
from django.test import Client

from regulars.organization.models import Person
from regulars.organization.views import account
from tests.organization.factories import person

# The provider's own libraries warn of each other while it answers in its thread.
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

CLAIMS = {
    "ana": {"email": "Ana@example.com", "email_verified": True},
    "stranger": {"email": "stranger@example.com", "email_verified": True},
    "poser": {"email": "ana@example.com", "email_verified": False},
}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    users = [oidc_provider_mock.User(sub=sub, claims=claims) for sub, claims in CLAIMS.items()]
    with oidc_provider_mock.run_server_in_thread(user_claims=users) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(autouse=True)
def configured(settings, provider: str) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "company",
                    "name": "North account",
                    "client_id": "regulars",
                    "secret": "only-for-this-test",
                    "settings": {"server_url": provider},
                }
            ],
        }
    }


def sign_in(client: Client, sub: str):
    """Go the way of a browser: our button, the provider's page, back to us."""
    ask = client.post("/accounts/oidc/company/login/")
    assert ask.status_code == 302
    assert "code_challenge=" in ask.headers["Location"]
    agreed = requests.post(ask.headers["Location"], data={"sub": sub}, allow_redirects=False, timeout=5)
    back = urlsplit(agreed.headers["Location"])
    return client.get(f"{back.path}?{back.query}")


def test_the_sign_in_page_offers_the_company_account(client: Client) -> None:
    assert "North account" in client.get("/sign-in/").content.decode()


def test_a_known_person_comes_in(client: Client) -> None:
    ana = person("analyst", email="ana@example.com")
    for _ in range(2):  # by e-mail the first time, by the provider's own id from then on
        assert sign_in(client, "ana").headers["Location"] == "/"
        assert client.session["_auth_user_id"] == str(ana.pk)
        client.post("/sign-out/")
    assert Person.objects.count() == 1


def test_a_stranger_stays_outside(client: Client) -> None:
    assert sign_in(client, "stranger").headers["Location"] == "/sign-in/"
    assert "_auth_user_id" not in client.session
    assert not Person.objects.exists()


def test_an_unverified_address_opens_nothing(client: Client) -> None:
    person("admin", email="ana@example.com")
    assert sign_in(client, "poser").headers["Location"] == "/sign-in/"
    assert "_auth_user_id" not in client.session


def test_somebody_switched_off_stays_outside(client: Client) -> None:
    person("admin", email="ana@example.com", is_active=False)
    assert sign_in(client, "ana").headers["Location"] == "/sign-in/"
    assert "_auth_user_id" not in client.session


def test_an_answer_that_nobody_asked_for_is_refused(client: Client) -> None:
    person("admin", email="ana@example.com")
    client.get("/accounts/oidc/company/login/callback/?code=forged&state=forged")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36",
            "Chrome on Linux",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/141.0 Safari/537.36 Edg/141.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("curl/8.0", "An unknown device"),
    ],
)
def test_a_device_is_named_and_not_quoted(agent: str, told: str) -> None:
    assert account.device(agent) == told

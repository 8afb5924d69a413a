"""Every refusal is a problem of RFC 9457 and tells nothing it should not (T-21)."""

from __future__ import annotations

import pytest
from django.test import Client

from regulars.gateway.api import customer_views
from regulars.organization.models import ApiKey
from tests.gateway.api.conftest import ApiClient
from tests.organization import factories

pytestmark = pytest.mark.django_db


def assert_problem(answer, status: int, code: str) -> None:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert set(body) == {"type", "title", "status", "code", "detail", "errors"}
    assert (body["status"], body["code"], body["type"]) == (status, code, f"urn:regulars:problem:{code}")


def test_without_a_key_401(company):
    answer = ApiClient().get("/stores")
    assert_problem(answer, 401, "unauthenticated")
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer x", "Bearer rk_00000000_" + "a" * 43, "Basic eA==", "rk_x", "Bearer \x00"]
)
def test_a_wrong_key_401(company, header):
    assert_problem(Client().get("/api/v1/stores", headers={"Authorization": header}), 401, "key.refused")


def test_a_revoked_key_is_refused_at_the_next_call(client_of):
    client = client_of("support")
    assert client.get("/stores").status_code == 200
    ApiKey.objects.update(revoked_at="2026-01-01T00:00:00Z")
    assert_problem(client.get("/stores"), 401, "key.refused")


def test_an_unknown_address_404(client_of):
    for path in ("/nothing", "/", "/stores/1/2/3", "/stores/"):
        assert_problem(client_of("support").get(path), 404, "not_found")
    assert_problem(Client(raise_request_exception=False).get("/api/"), 404, "not_found")


def test_a_wrong_method_405_names_the_right_ones(client_of):
    answer = client_of("support").send("delete", "/stores", b"")
    assert_problem(answer, 405, "method.not_allowed")
    assert set(answer["Allow"].replace(" ", "").split(",")) == {"GET", "POST"}


def test_a_missing_right_403_before_the_body_is_read(client_of):
    assert_problem(client_of("analyst").send("post", "/receipts", b"{not json"), 403, "forbidden")


def test_a_crash_500_tells_nothing(client_of, monkeypatch):
    def crash(*_args, **_kwargs):
        raise RuntimeError('SELECT secret FROM customers_customer -- "/srv/regulars/x.py" +12125550142')

    monkeypatch.setattr(customer_views, "show", crash)
    answer = client_of("support").get("/customers")
    assert_problem(answer, 500, "error")
    for word in (b"SELECT", b"/srv", b"Traceback", b"RuntimeError", b"2125550142"):
        assert word not in answer.content


def test_a_caller_over_the_rate_429(client_of, settings):
    settings.API_CALLS_PER_MINUTE = 3
    client, other = client_of("support"), client_of("support")
    assert [client.get("/stores").status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = client.get("/stores")
    assert_problem(answer, 429, "rate.limited")
    assert 1 <= int(answer["Retry-After"]) <= 20
    assert other.get("/stores").status_code == 200


def test_a_session_reads_without_and_writes_only_with_its_csrf_token(company, north):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(factories.person("support"))
    body = {"data": {"external_id": "A-1"}, "content_type": "application/json"}

    assert client.get("/api/v1/customers").status_code == 200
    assert_problem(client.post("/api/v1/customers", **body), 403, "csrf")
    client.get("/design/")
    token = client.cookies["csrftoken"].value if "csrftoken" in client.cookies else _token(client)
    assert client.post("/api/v1/customers", **body, headers={"X-CSRFToken": token}).status_code == 201


def _token(client: Client) -> str:
    secret = "a" * 32
    client.cookies["csrftoken"] = secret
    return secret


def test_somebody_without_a_role_may_nothing(company):
    client = Client(raise_request_exception=False)
    client.force_login(factories.person())
    for path in ("/stores", "/products", "/customers", "/receipts", "/imports", "/customers/1"):
        assert_problem(client.get(f"/api/v1{path}"), 403, "forbidden")

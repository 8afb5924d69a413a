"""The OpenAPI document is current and complete, and its page shows it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern

from regulars.gateway.api import reference, rights
from regulars.gateway.api.application import api
from tests.organization import factories

COMMITTED = Path(__file__).parents[3] / "docs" / "reference" / "openapi.json"


def test_the_committed_document_is_current():
    assert COMMITTED.read_text(encoding="utf-8") == reference.dumps()  # regulars openapi > docs/reference/openapi.json


def test_every_address_of_the_api_is_documented():
    patterns, _, _ = api.urls
    routed = {str(it.pattern).replace("<", "{").replace(">", "}") for it in patterns if isinstance(it, URLPattern)}
    documented = {path.removeprefix(reference.PREFIX) for path in reference.document()["paths"]}
    assert routed - documented == {""}  # the root that django-ninja adds; it answers 404


def test_every_operation_has_a_right_a_refusal_and_no_right_is_left_over():
    operations = [it for path in reference.document()["paths"].values() for it in path.values()]
    assert {it["operationId"] for it in operations} == set(rights.ACTIONS)
    for operation in operations:
        assert {"401", "403", "429"} <= set(operation["responses"]), operation["operationId"]


@pytest.mark.django_db
def test_the_page_shows_every_operation_to_staff_only():
    assert Client().get("/api/v1/docs").status_code == 302
    client = Client()
    client.force_login(factories.person("admin"))
    text = client.get("/api/v1/docs").content.decode()
    assert all(f'id="{name}"' in text for name in rights.ACTIONS)
    assert "<script>" not in text
    assert "style=" not in text


def test_the_document_is_open_to_generators():
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1")


@pytest.mark.django_db
def test_the_rules_are_told_in_both_languages():
    client = Client()
    client.force_login(factories.person("admin"))
    chinese = client.get("/api/v1/docs", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "重复发送，只做一次" in chinese
    assert all(head not in chinese for head, _ in reference.RULES)

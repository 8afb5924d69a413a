"""An expected refusal becomes a page, a message or a toast; the API is left alone."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django_htmx.middleware import HtmxMiddleware

from regulars.core.errors import DomainError, ForbiddenError, NotFoundError
from regulars.ui.requests import Refusals

pytestmark = pytest.mark.django_db


class SpentError(DomainError):
    code = "budget.spent"


def answer(request: HttpRequest, error: Exception) -> HttpResponse | None:
    from django.contrib.messages.middleware import MessageMiddleware
    from django.contrib.sessions.middleware import SessionMiddleware

    for middleware in (SessionMiddleware, MessageMiddleware):
        middleware(lambda _request: HttpResponse()).process_request(request)
    HtmxMiddleware(lambda _request: HttpResponse())(request)
    return Refusals(lambda _request: HttpResponse()).process_exception(request, error)


@pytest.mark.parametrize(("error", "status"), [(NotFoundError(), 404), (ForbiddenError(), 403)])
def test_missing_and_forbidden_show_their_pages(rf: RequestFactory, error: DomainError, status: int) -> None:
    response = answer(rf.post("/x/", headers={"referer": "http://testserver/y/"}), error)
    assert response is not None
    assert response.status_code == status
    assert error.message in response.content.decode()


def test_a_refused_form_returns_to_its_page_with_the_reason(rf: RequestFactory) -> None:
    request = rf.post("/x/", headers={"referer": "http://testserver/y/?a=1"})
    response = answer(request, SpentError("The budget is <spent>."))
    assert response is not None
    assert response["Location"] == "http://testserver/y/?a=1"
    assert [str(message) for message in get_messages(request)] == ["The budget is <spent>."]


@pytest.mark.parametrize("referer", ["https://evil.example/", ""])
def test_a_refusal_never_sends_anybody_to_another_site(rf: RequestFactory, referer: str) -> None:
    response = answer(rf.post("/x/", headers={"referer": referer}), SpentError("Spent <b>."))
    assert response is not None
    assert response.status_code == 409
    assert "Spent &lt;b&gt;." in response.content.decode()


def test_a_refused_visit_does_not_turn_in_a_circle(rf: RequestFactory) -> None:
    response = answer(rf.get("/x/", headers={"referer": "http://testserver/x/"}), SpentError("Spent."))
    assert response is not None
    assert response.status_code == 409


def test_htmx_gets_a_toast_wherever_it_aimed(rf: RequestFactory) -> None:
    response = answer(rf.post("/x/", headers={"hx-request": "true"}), SpentError("Spent <b>."))
    assert response is not None
    assert (response["HX-Retarget"], response["HX-Reswap"]) == ("#toasts", "beforeend")
    assert "Spent &lt;b&gt;." in response.content.decode()
    assert "<html" not in response.content.decode()


def test_the_api_and_real_faults_are_left_alone(rf: RequestFactory) -> None:
    assert answer(rf.post("/api/v1/x"), SpentError("Spent.")) is None
    assert answer(rf.post("/x/"), KeyError("bug")) is None

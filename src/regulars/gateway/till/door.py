"""Answers the calls of tills: who calls, what is said, done by `loyalty.checkout`, said back as it is kept.

Views of Django without django-ninja in between. A database that is away is said so (503, Retry-After), never as a crash:
the till keeps its message and sends it again (G19).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

import psycopg
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from regulars.core import database
from regulars.core.errors import DomainError
from regulars.gateway.api import problems, strict_json
from regulars.gateway.till import callers, reading, shapes, terminals
from regulars.loyalty.checkout import services as checkout
from regulars.loyalty.checkout.rules import receipts
from regulars.organization.access import Viewer

_BODY_MAX = 512 * 1024
_Verb = Callable[[Any, bytes, HttpRequest, Viewer], HttpResponse]
_View = Callable[[HttpRequest], HttpResponse]


def message(verb: _Verb) -> _View:
    """Wrap a verb: admit the caller, read the body, show refusals as problems."""

    @csrf_exempt  # callers are machines with a key; no cookie is looked at
    @wraps(verb)
    def view(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            viewer = callers.admit(request)
            strict_json.require_media_type(request, "application/json")
            strict_json.require_body_size(request, bytes_max=_BODY_MAX)
            body = reading.loads(request.body)
            response = verb(body, _digest(body), request, viewer)
            if response.status_code < 300:
                terminals.note(body, request, viewer)
            return response
        except DomainError as error:
            return problems.refusal(error)
        except (DatabaseError, InterfaceError, psycopg.Error) as error:
            if not database.is_missing(error):
                raise  # a bug
            connection.close()
            return unavailable()

    return view


def unavailable() -> HttpResponse:
    """Tell the till to come back: the database is away."""
    response = problems.answer(503)
    response["Retry-After"] = "1"
    return response


def _digest(body: Any) -> bytes:
    """Return what the message says as one number; how it was spaced and ordered says nothing."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).digest()


def _language(request: HttpRequest) -> str:
    said: str = request.META.get("HTTP_ACCEPT_LANGUAGE", "en")
    return said.partition(",")[0][:10]


def _send(answer: checkout.Answer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status, content_type="application/json")
    if answer.repeated:
        response["Idempotent-Replayed"] = "true"
    return response


@message
def identifications(body: Any, _digest: bytes, _request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Recognize a member."""
    found = checkout.identify(shapes.who(body), now=timezone.now(), viewer=viewer)
    return HttpResponse(receipts.write(found), content_type="application/json")


@message
def quotes(body: Any, _digest: bytes, request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Price a basket."""
    return _send(checkout.quote(shapes.quote(body, language=_language(request)), now=timezone.now(), viewer=viewer))


@message
def releases(body: Any, _digest: bytes, _request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Let go of what a quote reserved."""
    id, token = shapes.release(body)
    checkout.release(id, token, now=timezone.now(), viewer=viewer)
    return HttpResponse(receipts.write({"state": "released"}), content_type="application/json")


@message
def sales(body: Any, digest: bytes, request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Commit a sale."""
    said = shapes.sale(body, language=_language(request))
    return _send(checkout.commit(said, digest=digest, now=timezone.now(), viewer=viewer))


@message
def voids(body: Any, digest: bytes, request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Void a sale."""
    said = shapes.void(body, language=_language(request))
    return _send(checkout.void(said, digest=digest, now=timezone.now(), viewer=viewer))


@message
def returns(body: Any, digest: bytes, request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Return some of a sale."""
    said = shapes.returned(body, language=_language(request))
    return _send(checkout.take_back(said, digest=digest, now=timezone.now(), viewer=viewer))


@message
def closings(body: Any, digest: bytes, _request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Keep a till's control totals."""
    return _send(checkout.close_day(shapes.closing(body), digest=digest, now=timezone.now(), viewer=viewer))

"""Who calls: a machine by its API key, or a signed-in person by the session (whose unsafe calls need the CSRF token).

For every operation, as django-ninja's authentication. Once the caller is known, the rate is checked and then the
right, so that a body is only read for somebody who may send it.
"""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from django.utils import timezone
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from regulars.core.errors import DomainError
from regulars.gateway.api import rates, rights
from regulars.organization import services as organization
from regulars.organization.access import NOBODY, Viewer


class KeyRefusedError(DomainError):
    """The API key is unknown, revoked or expired: from outside all three look the same."""

    code = "key.refused"
    status_code = 401


class CsrfError(DomainError):
    """A browser session tried to change something without the CSRF token."""

    code = "csrf"
    status_code = 403


def viewer_of(request: HttpRequest) -> Viewer:
    """Return who asks, as the authentication found out."""
    return cast("Viewer", request.auth)  # type: ignore[attr-defined]


class ApiKey(AuthBase):
    """`Authorization: Bearer rk_…`."""

    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_description = "An API key from Settings → API keys, or `regulars keys create`."

    def __init__(self, actions: tuple[str, ...]) -> None:
        self.actions = actions
        super().__init__()

    def __call__(self, request: HttpRequest) -> Viewer | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        viewer = None
        if scheme.lower() == "bearer":
            viewer = organization.authenticate_key(secret.strip(), now=timezone.now())
        if viewer is None:
            raise KeyRefusedError("This API key is not valid here.")
        return _admit(viewer, self.actions)


class Session(AuthBase):
    """The session cookie of a signed-in person."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = "sessionid"
    openapi_description = "A signed-in person's browser. Unsafe methods also need the `X-CSRFToken` header."

    def __init__(self, actions: tuple[str, ...]) -> None:
        self.actions = actions
        super().__init__()

    def __call__(self, request: HttpRequest) -> Viewer | None:
        viewer: Viewer = getattr(request, "viewer", NOBODY)
        if viewer.person_id is None:
            return None
        if check_csrf(request) is not None:
            raise CsrfError("Send the CSRF token of your session as X-CSRFToken.")
        return _admit(viewer, self.actions)


def callers_for(operation_id: str) -> list[Any]:
    """Return the ways in to one operation; each knows the actions that the operation needs."""
    actions = rights.ACTIONS[operation_id]
    return [ApiKey(actions), Session(actions)]


def _admit(viewer: Viewer, actions: tuple[str, ...]) -> Viewer:
    rates.process.spend(f"key:{viewer.key_id}" if viewer.key_id else f"person:{viewer.person_id}")
    for action in actions:
        viewer.require(action)
    return viewer

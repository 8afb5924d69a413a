"""The theme a person chose: light, dark, or as the system says. A cookie, so that it also holds before sign-in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

COOKIE = "theme"
THEMES = ("light", "dark", "system")
_YEAR_SECONDS = 365 * 24 * 3600


def chosen(request: HttpRequest) -> str:
    """Return the theme of this browser; anything unknown counts as `system`."""
    theme = request.COOKIES.get(COOKIE, "system")
    return theme if theme in THEMES else "system"


def remember(response: HttpResponse, *, theme: str, secure: bool) -> None:
    """Keep the choice for a year. The page's script writes the same cookie, so it is not HttpOnly."""
    response.set_cookie(COOKIE, theme, max_age=_YEAR_SECONDS, samesite="Lax", secure=secure)

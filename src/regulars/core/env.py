"""Typed readers of environment variables.

For the settings and the owner's connection; each fails with a sentence that says how to mend it.

`.env.example` lists every variable that is read through here (a test compares them).
"""

from __future__ import annotations

import os
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """Return the variable, or `default` where it is unset or empty."""
    return os.environ.get(name) or default


def flag(name: str, *, default: bool) -> bool:
    """Return the variable as yes or no."""
    value = text(name, "yes" if default else "no").lower()
    if value not in {"yes", "no", "true", "false", "1", "0"}:
        raise ImproperlyConfigured(f"{name} is {value!r}; write yes or no.")
    return value in {"yes", "true", "1"}


def integer(name: str, default: int) -> int:
    """Return the variable as a whole number."""
    value = text(name, str(default))
    if not value.lstrip("-").isdigit():
        raise ImproperlyConfigured(f"{name} is {value!r}; write a whole number.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """Return the variable as a list separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def postgres(url: str) -> dict[str, object]:
    """Return Django's database entry for `postgresql://user:password@host:port/name?option=value`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://; Regulars runs on PostgreSQL only.")
    options: dict[str, object] = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or options.pop("host", ""),
        "PORT": parts.port or "",
        "OPTIONS": options,
    }

"""People, places and viewers with good defaults."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from regulars.organization import access
from regulars.organization.models import Grant, Person, Region, Store

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
_number = count(1)


def person(role: str | None = None, **fields: Any) -> Person:
    """Somebody of the staff; with `role`, a grant of it over `region`, `store` or head office."""
    place = {key: fields.pop(key) for key in ("region", "store") if key in fields}
    fields.setdefault("name", f"Ana Lopez {next(_number)}")
    email = fields.pop("email", f"ana{next(_number)}@example.com")
    made = Person.objects.create_user(email, **fields)
    if role:
        grant(made, role, **place)
    return made


def grant(person: Person, role: str, **place: Any) -> Grant:
    return Grant.objects.create(person=person, role=role, given_at=NOW, **place)


def region(**fields: Any) -> Region:
    code = fields.pop("code", f"R{next(_number)}")
    return Region.objects.create(code=code, **{"name": f"Region {code}", **fields})


def store(**fields: Any) -> Store:
    code = fields.pop("code", f"S{next(_number)}")
    return Store.objects.create(
        code=code, **{"name": f"Store {code}", "timezone": "America/New_York", "currency": "USD", **fields}
    )


def viewer(role: str, stores: Sequence[Store] | None = None, **fields: Any) -> access.Viewer:
    """Who holds `role` over these stores, or over head office."""
    ids = None if stores is None else frozenset(store.pk for store in stores)
    return access.Viewer(label=role, rights=access.rights_of(role, stores=ids), roles=(role,), **fields)

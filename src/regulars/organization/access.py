"""What a viewer may do and see: the one question that every service, query and page asks first (D14).

For all rooms above. A `Viewer` is made from a person's grants, an API key or the system itself; the rights themselves stand
in `rights.yaml`, the matrix that code and tests share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any, TypeVar

import yaml
from django.db.models import Model, QuerySet

from regulars.core.errors import ForbiddenError, NotFoundError

_Row = TypeVar("_Row", bound=Model)


class Reach(StrEnum):
    """How far a right goes; the letters of the matrix."""

    ALL = "A"
    SCOPE = "S"  # the stores of the grant: one store (Y) or a region's (R)
    OWN = "O"


@dataclass(frozen=True, slots=True)
class Right:
    """One filled cell of the matrix."""

    reach: Reach
    masked: bool = False
    needs_second: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """The stores that a right covers; `stores` is None for all of them."""

    stores: frozenset[int] | None = frozenset()
    masked: bool = False
    needs_second: bool = False

    @property
    def is_everything(self) -> bool:
        return self.stores is None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks. `rights` maps an action of the matrix to the scope it holds over; no entry means no right."""

    label: str
    rights: Mapping[str, Scope] = field(default_factory=dict)
    person_id: int | None = None
    key_id: int | None = None
    source: str = ""  # under which a machine's ids are unique
    roles: tuple[str, ...] = ()

    def may(self, action: str) -> bool:
        """Return whether the viewer holds `action` over anything at all."""
        known_actions(action)
        return action in self.rights

    def scope(self, action: str) -> Scope:
        """Return what `action` covers for this viewer, or refuse."""
        known_actions(action)
        try:
            return self.rights[action]
        except KeyError:
            raise ForbiddenError(action=action) from None

    def require(self, action: str, *, store_id: int | None = None) -> Scope:
        """Refuse unless the viewer holds `action`; for a store outside the scope the answer is «not found»."""
        scope = self.scope(action)
        if store_id is not None and scope.stores is not None and store_id not in scope.stores:
            raise NotFoundError
        return scope

    def restrict(self, rows: QuerySet[_Row], action: str, *, store: str = "store") -> QuerySet[_Row]:
        """Return only the rows whose `store` lookup lies in the viewer's scope for `action`."""
        scope = self.scope(action)
        if scope.stores is None:
            return rows
        return rows.filter(**{f"{store}__in": scope.stores})


SYSTEM_LABEL = "system"


def system(label: str = SYSTEM_LABEL) -> Viewer:
    """Return the viewer of jobs and the command line: everything, unmasked."""
    return Viewer(label=label, rights={action: Scope(stores=None) for action in matrix()})


@cache
def matrix() -> dict[str, dict[str, Right]]:
    """Return the rights matrix: action → role → right."""
    text = resources.files("regulars.organization").joinpath("rights.yaml").read_text()
    return {action: _row(cells) for action, cells in yaml.safe_load(text)["actions"].items()}


def known_actions(action: str) -> None:
    """Crash on an action that the matrix does not know: a typing error must not look like a refusal."""
    if action not in matrix():
        raise LookupError(f"{action!r} is not an action of rights.yaml")


def join(scopes: Iterable[Scope]) -> Scope:
    """Return what several grants of one action give together; masked, or needing a second person, only if all are."""
    scopes = list(scopes)
    stores: frozenset[int] | None = frozenset()
    for scope in scopes:
        stores = None if stores is None or scope.stores is None else stores | scope.stores
    return Scope(
        stores=stores,
        masked=all(scope.masked for scope in scopes),
        needs_second=all(scope.needs_second for scope in scopes),
    )


def _row(cells: dict[str, Any]) -> dict[str, Right]:
    return {role: _cell(str(cell)) for role, cell in cells.items()}


def _cell(text: str) -> Right:
    return Right(reach=Reach(text[0]), masked="m" in text, needs_second="2" in text)

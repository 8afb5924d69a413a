"""What a viewer may do and see: the one question that every service, query and page asks first (D14).

For all rooms above. A `Viewer` is made from a person's grants, an API key or the system itself (`selectors.py`); the
rights themselves stand in `rights.yaml`, the matrix that code and tests share.
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
    SCOPE = "S"  # the stores of the grant


class Place(StrEnum):
    """Where a grant sits in the company."""

    HEAD_OFFICE = "head_office"
    REGION = "region"
    STORE = "store"


class Holder(StrEnum):
    """Who may hold a role."""

    PERSON = "person"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Right:
    """One filled cell of the matrix."""

    reach: Reach
    masked: bool = False
    needs_second: bool = False


@dataclass(frozen=True, slots=True)
class RoleRule:
    """What `rights.yaml` says of a role besides its cells."""

    label: str
    over: frozenset[Place]
    held_by: frozenset[Holder]


@dataclass(frozen=True, slots=True)
class Scope:
    """The stores that a right covers; `stores` is None for all of them."""

    stores: frozenset[int] | None = frozenset()
    masked: bool = False
    needs_second: bool = False

    @property
    def is_everything(self) -> bool:
        return self.stores is None

    def covers(self, store_id: int | None) -> bool:
        """Return whether the store lies inside; what belongs to no store is head office's alone."""
        return self.stores is None or store_id in self.stores


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks. `rights` maps an action of the matrix to the scope it holds over; no entry means no right."""

    label: str
    rights: Mapping[str, Scope] = field(default_factory=dict)
    person_id: int | None = None
    key_id: int | None = None
    source: str = ""  # under which a machine's ids are unique
    roles: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.label

    def may(self, action: str) -> bool:
        """Return whether the viewer holds `action` over anything at all."""
        known_actions(action)
        return action in self.rights

    def scope(self, action: str, *or_actions: str) -> Scope:
        """Return what `action` (or the first held of several) covers for this viewer, or refuse."""
        for wanted in (action, *or_actions):
            if self.may(wanted):
                return self.rights[wanted]
        raise ForbiddenError(action=action)

    def require(self, action: str, *or_actions: str, store_id: int | None = None) -> Scope:
        """Refuse unless the viewer holds `action`; for a store outside the scope the answer is «not found»."""
        scope = self.scope(action, *or_actions)
        if store_id is not None and not scope.covers(store_id):
            raise NotFoundError
        return scope

    def restrict(self, rows: QuerySet[_Row], action: str, *, store: str = "store") -> QuerySet[_Row]:
        """Return only the rows whose `store` lookup lies in the viewer's scope for `action`."""
        scope = self.scope(action)
        if scope.stores is None:
            return rows
        return rows.filter(**{f"{store}__in": scope.stores})


SYSTEM_LABEL = "system"
NOBODY = Viewer(label="")  # nobody has signed in


def system(label: str = SYSTEM_LABEL) -> Viewer:
    """Return the viewer of jobs and the command line: everything, unmasked."""
    return Viewer(label=label, rights={action: Scope(stores=None) for action in matrix()})


@cache
def matrix() -> dict[str, dict[str, Right]]:
    """Return the rights matrix: action → role → right."""
    return {action: _row(cells) for action, cells in _document()["actions"].items()}


@cache
def roles() -> dict[str, RoleRule]:
    """Return what each role of the matrix is: its English name, where it may sit, who may hold it."""
    return {
        code: RoleRule(rule["label"], frozenset(map(Place, rule["over"])), frozenset(map(Holder, rule["held_by"])))
        for code, rule in _document()["roles"].items()
    }


def known_actions(action: str) -> None:
    """Crash on an action that the matrix does not know: a typing error must not look like a refusal."""
    if action not in matrix():
        raise LookupError(f"{action!r} is not an action of rights.yaml")


def rights_of(role: str, *, stores: frozenset[int] | None) -> dict[str, Scope]:
    """Return what a grant of `role` over `stores` (None: head office) gives; over no store at all it gives nothing."""
    if stores is not None and not stores:
        return {}
    return {
        action: Scope(None if right.reach is Reach.ALL else stores, right.masked, right.needs_second)
        for action, cells in matrix().items()
        if (right := cells.get(role)) is not None
    }


def join_rights(grants: Iterable[Mapping[str, Scope]]) -> dict[str, Scope]:
    """Return what several grants give together."""
    together: dict[str, list[Scope]] = {}
    for grant in grants:
        for action, scope in grant.items():
            together.setdefault(action, []).append(scope)
    return {action: join(scopes) for action, scopes in together.items()}


def join(scopes: Iterable[Scope]) -> Scope:
    """Return what several grants of one action give together.

    A mark falls away only where the grants without it cover everything that all of them cover: to manage one store must
    not unmask the customers of the others.

    >>> join([Scope(frozenset({1})), Scope(None, masked=True)])
    Scope(stores=None, masked=True, needs_second=False)
    """
    scopes = list(scopes)
    return Scope(
        stores=_stores(scopes),
        masked=_stores(scopes) != _stores([scope for scope in scopes if not scope.masked]),
        needs_second=_stores(scopes) != _stores([scope for scope in scopes if not scope.needs_second]),
    )


def _stores(scopes: list[Scope]) -> frozenset[int] | None:
    if any(scope.stores is None for scope in scopes):
        return None
    return frozenset().union(*(scope.stores or () for scope in scopes))


@cache
def _document() -> dict[str, Any]:
    text = resources.files("regulars.organization").joinpath("rights.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    return document


def _row(cells: dict[str, Any]) -> dict[str, Right]:
    return {role: _cell(str(cell)) for role, cell in cells.items()}


def _cell(text: str) -> Right:
    return Right(reach=Reach(text[0]), masked="m" in text, needs_second="2" in text)

"""The nodes of a condition, as they stand in JSON.

    {"all": [{"attr": "customer.tier", "op": "in", "value": ["gold"]},
             {"not": {"attr": "place.channel", "op": "eq", "value": "app"}}]}

For `parsing`, which alone makes trees from JSON; frozen, so that a tree can be shared by every till of a process.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StrictBool, StrictInt, StrictStr, Tag

from regulars.criteria.periods import Moment, Period


class Operator(StrEnum):
    """How an attribute is compared."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    NOT_IN = "not_in"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"
    BETWEEN = "between"  # both ends belong to it; a time of day may run over midnight
    DURING = "during"  # a date within a period such as {"last": 30, "unit": "day"}
    STARTS_WITH = "starts_with"
    HAS_ANY = "has_any"
    HAS_ALL = "has_all"
    HAS_NONE = "has_none"
    IS_KNOWN = "is_known"
    IS_UNKNOWN = "is_unknown"


Scalar = StrictBool | StrictInt | StrictStr
Value = Scalar | tuple[Scalar, ...] | Period | Moment | None


class _Node(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class All(_Node):
    """True if every part is; an empty one is true."""

    parts: Annotated[tuple[Node, ...], Field(alias="all")]


class AnyOf(_Node):
    """True if one part is; an empty one is false."""

    parts: Annotated[tuple[Node, ...], Field(alias="any")]


class Not(_Node):
    """True if the part is false; what is unknown stays unknown."""

    part: Annotated[Node, Field(alias="not")]


class Attribute(_Node):
    """One thing that is asked of the facts."""

    attr: str = Field(min_length=1, max_length=80)
    op: Operator
    value: Value = None


def _shape(value: Any) -> str | None:
    if isinstance(value, dict):
        return next((key for key in ("all", "any", "not", "attr") if key in value), None)
    return _TAGS.get(type(value))


Node = Annotated[
    Annotated[All, Tag("all")] | Annotated[AnyOf, Tag("any")] | Annotated[Not, Tag("not")] | Annotated[Attribute, Tag("attr")],
    Discriminator(_shape),
]

_TAGS: Mapping[type[object], str] = {All: "all", AnyOf: "any", Not: "not", Attribute: "attr"}
for _model in (All, AnyOf, Not):
    _model.model_rebuild()

EVERYTHING = All(parts=())  # asks nothing: always true


def names(tree: Node) -> frozenset[str]:
    """Return the attributes that `tree` asks for."""
    match tree:
        case All() | AnyOf():
            return frozenset().union(*(names(part) for part in tree.parts))
        case Not():
            return names(tree.part)
        case Attribute():
            return frozenset((tree.attr,))

"""The types of the API's fields: how text, ids, amounts, quantities and times may be written, and the strict base
classes.

For the shapes of all resources. A body with a field that its shape does not know is refused, so nobody can set what
is not offered (T-9); so is an unknown query parameter, because a misspelt filter would silently answer too much.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainValidator,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from regulars.core import money
from regulars.core.errors import InvalidInputError

BIGINT_MAX = 2**63 - 1
AMOUNT_MAX = 10**15  # a thousand times what any till will ever show; sums of many stay within 64 bits
PIECES_MAX = 10**9
_DECIMAL = r"^-?[0-9]{1,15}(\.[0-9]{1,4})?$"
_PIECES = r"^-?[0-9]{1,9}(\.[0-9]{1,3})?$"
_INSTANT = (
    r"^(19|20|21)[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]"
    r"(:[0-5][0-9](\.[0-9]{1,6})?)?(Z|[+-][0-1][0-9]:[0-5][0-9])?$"
)


def _printable(value: str) -> str:
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in value):
        raise PydanticCustomError("field.control_character", "Control characters are not allowed here.")
    if value != value.strip():
        raise PydanticCustomError("field.outer_space", "Remove the space before or after the text.")
    return value


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text: how many characters it has at most and at least."""

    most: int
    least: int = 0

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        checked = core_schema.str_schema(max_length=self.most, min_length=self.least, strict=True)
        return core_schema.no_info_after_validator_function(_printable, checked)


def _amount(value: Any) -> int | str:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= AMOUNT_MAX:
        return value
    if isinstance(value, str) and re.fullmatch(_DECIMAL, value, re.ASCII):
        return value
    raise PydanticCustomError("amount.format", 'Write an amount as integer minor units (1250) or as a string ("12.50").')


def _quantity(value: Any) -> int | str:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < PIECES_MAX:
        return value
    if isinstance(value, str) and re.fullmatch(_PIECES, value, re.ASCII):
        return value
    raise PydanticCustomError("quantity.format", 'Write pieces as an integer (2) or as a string with decimals ("0.735").')


def _instant(value: Any) -> datetime:
    if isinstance(value, str) and re.fullmatch(_INSTANT, value, re.ASCII):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass
    raise PydanticCustomError("time.format", "Write a time as ISO 8601, like 2026-07-01T09:30:00+02:00.")


Id = Annotated[int, Field(ge=1, le=BIGINT_MAX, examples=[42])]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$", strict=True), Field(examples=["USD"])]
Amount = Annotated[
    int | str,
    PlainValidator(_amount),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": -AMOUNT_MAX, "maximum": AMOUNT_MAX},
                {"type": "string", "pattern": _DECIMAL},
            ],
            "description": "Money: an integer counts minor units (1250 is 12.50 USD), a string is a decimal number in "
            'the currency ("12.50"). A JSON number with a fraction is refused.',
            "examples": [1250, "12.50"],
        }
    ),
]
Quantity = Annotated[
    int | str,
    PlainValidator(_quantity),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1 - PIECES_MAX, "maximum": PIECES_MAX - 1},
                {"type": "string", "pattern": _PIECES},
            ],
            "description": 'Pieces as an integer, or a string with up to three decimals ("0.735" kg).',
            "examples": [2, "0.735"],
        }
    ),
]
Instant = Annotated[
    datetime,
    PlainValidator(_instant),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": _INSTANT,
            "description": "ISO 8601. With an offset it is that instant, without one it is the store's local time.",
            "examples": ["2026-07-01T09:30:00+02:00"],
        }
    ),
]


class Body(BaseModel):
    """What a caller sends; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class UnknownParameterError(InvalidInputError):
    """The list has no such query parameter."""

    code = "field.unknown"


class RepeatedParameterError(InvalidInputError):
    """A query parameter was given more than once."""

    code = "field.repeated"


class Filters(BaseModel):
    """The query parameters of one list; unknown or repeated ones are refused."""

    @model_validator(mode="before")
    @classmethod
    def _known_once(cls, values: Any, info: ValidationInfo) -> Any:
        request: HttpRequest | None = (info.context or {}).get("request")
        for name, sent in request.GET.lists() if request else ():
            if name not in cls.model_fields:
                raise UnknownParameterError("There is no such query parameter.", field=name)
            if len(sent) > 1:
                raise RepeatedParameterError("Give each query parameter once.", field=name)
        return values


def minor(value: int | str, *, currency: str, field: str) -> int:
    """Return an `Amount` as minor units of `currency`."""
    if isinstance(value, int):
        return value
    try:
        return money.to_minor(value, currency)
    except money.AmountError as error:
        error.place["field"] = field
        raise


def milli(value: int | str) -> int:
    """Return a `Quantity` as thousandths of a piece.

    >>> milli(2), milli("0.735"), milli("-1.5")
    (2000, 735, -1500)
    """
    if isinstance(value, int):
        return value * 1000
    whole, _, decimals = value.partition(".")
    thousandths = int(whole.lstrip("-")) * 1000 + int(decimals.ljust(3, "0") or "0")
    return -thousandths if value.startswith("-") else thousandths

"""Reads what a till sends, field by field, without guessing: a value is what the protocol says or it is refused by name.

For `door`. By hand and not by pydantic, because each sale passes here twice; strictness is that of `gateway.api`: unknown
fields, duplicate keys, wrong types, control characters, negative and huge numbers are all refused (T-6).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from regulars.core.errors import InvalidInputError
from regulars.gateway.api.fields import AMOUNT_MAX
from regulars.gateway.api.strict_json import DuplicateKeyError, MalformedJsonError, TooDeepError, ValueRefusedError

_T = TypeVar("_T")
_ABSENT: Any = object()
PIECES_MAX_MILLI = 10**9
_PIECES = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?", re.ASCII)
_INSTANT = re.compile(
    r"(19|20|21)[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]"
    r"(:[0-5][0-9](\.[0-9]{1,6})?)?(Z|[+-][0-1][0-9]:[0-5][0-9])",
    re.ASCII,
)
_CODE = re.compile(r"[A-Za-z0-9._-]+", re.ASCII)


def loads(raw: bytes) -> Any:
    """Return the JSON that `raw` is, or refuse what could be read in two ways; each value is judged when it is taken."""
    try:
        return json.loads(raw.decode(), object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise MalformedJsonError(f"The body is not UTF-8 (byte {error.start}).") from None
    except RecursionError:
        raise TooDeepError("Arrays and objects are nested too deeply.") from None
    except ValueError as error:
        raise MalformedJsonError(f"Not JSON: {str(error)[:120]}.") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise DuplicateKeyError("A field stands twice in one object.")
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueRefusedError(f"{name} is not a number of JSON.")


class FieldFaultError(InvalidInputError):
    """A field is not what the protocol says; `code` tells how, `place` where."""

    def __init__(self, code: str, message: str, *, field: str) -> None:
        super().__init__(message, field=field)
        self.code = code  # type: ignore[misc]  # one error with the codes of the API's fields


class Body:
    """One JSON object of a message; every field is taken once, and what is left over is refused."""

    __slots__ = ("_place", "_rest")

    def __init__(self, value: Any, place: str = "") -> None:
        if not isinstance(value, dict):
            raise FieldFaultError("field.invalid", "Send a JSON object here.", field=place)
        self._rest = dict(value)
        self._place = place

    def end(self) -> None:
        """Refuse whatever the protocol does not know."""
        for name in self._rest:
            raise FieldFaultError("field.unknown", "The protocol has no such field.", field=self._named(name))

    def text(self, name: str, *, most: int, default: str | None = None) -> str:
        """Take a line of text; without a default it must be there and not be empty."""
        value: Any = self._take(name, default)
        if default is not None and value == default:
            return default
        if not isinstance(value, str):
            raise self.fault("field.invalid", "Send a text.", name)
        if not value and default is None:
            raise self.fault("field.too_short", "This may not be empty.", name)
        if len(value) > most:
            raise self.fault("field.too_long", f"At most {most} characters.", name)
        if not value.isprintable() or value != value.strip():
            raise self.fault("field.control_character", "No control characters, no space before or after.", name)
        return value

    def code(self, name: str, *, most: int, default: str | None = None) -> str:
        """Take a number or code that stands in addresses: letters, digits, dot, dash, underscore."""
        value = self.text(name, most=most, default=default)
        if value and not _CODE.fullmatch(value):
            raise self.fault("field.invalid", "Letters, digits, dot, dash and underscore only.", name)
        return value

    def choice(self, name: str, choices: frozenset[str], *, default: str | None = None) -> str:
        """Take one of several words."""
        value = self._take(name, default)
        if not isinstance(value, str) or value not in choices:
            raise self.fault("field.choice", f"One of {', '.join(sorted(choices))}.", name)
        return value

    def amount(self, name: str, *, default: int | None = None) -> int:
        """Take an amount of zero or more minor units."""
        return self._integer(name, 0, AMOUNT_MAX, default)

    def optional_amount(self, name: str) -> int | None:
        """Take an amount that need not be there."""
        return self.amount(name) if self._rest.get(name) is not None else self._rest.pop(name, None)

    def whole(self, name: str, *, least: int = 0, most: int = 2**31 - 1, default: int | None = None) -> int:
        """Take a whole number."""
        return self._integer(name, least, most, default)

    def flag(self, name: str) -> bool:
        """Take yes or no; absent is no."""
        value = self._take(name, default=False)
        if not isinstance(value, bool):
            raise self.fault("field.invalid", "true or false.", name)
        return value

    def quantity(self, name: str, *, default: int | None = None) -> int:
        """Take pieces, as an integer or as a text with up to three decimals, and return thousandths above zero."""
        if default is not None and name not in self._rest:
            return default
        value = self._take(name, _ABSENT)
        milli = 0
        if isinstance(value, int) and not isinstance(value, bool):
            milli = value * 1000
        elif isinstance(value, str) and _PIECES.fullmatch(value):
            whole, _, rest = value.partition(".")
            milli = int(whole) * 1000 + int(rest.ljust(3, "0") or 0)
        if not 0 < milli <= PIECES_MAX_MILLI:
            raise self.fault("quantity.format", 'Pieces above zero: 2, or "0.735".', name)
        return milli

    def instant(self, name: str) -> datetime:
        """Take a point in time with its offset from UTC."""
        value = self._take(name, _ABSENT)
        if isinstance(value, str) and _INSTANT.fullmatch(value):
            try:
                return datetime.fromisoformat(value).astimezone(UTC)
            except ValueError:
                pass
        raise self.fault("instant.format", "A time with its offset: 2026-11-20T10:00:00+08:00.", name)

    def day(self, name: str) -> date:
        """Take a calendar day."""
        value = self._take(name, _ABSENT)
        if isinstance(value, str) and len(value) == 10:
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        raise self.fault("date.format", "A day: 2026-11-20.", name)

    def inner(self, name: str) -> Body:
        """Take an object."""
        return Body(self._take(name, _ABSENT), self._named(name))

    def each(self, name: str, read: Callable[[Body], _T], *, most: int, least: int = 0) -> tuple[_T, ...]:
        """Take a list of objects, each read by `read`."""
        return tuple(read(body) for body in self._list(name, least, most))

    def texts(self, name: str, *, most: int, longest: int) -> tuple[str, ...]:
        """Take a list of different texts."""
        value = self._take(name, [])
        if not isinstance(value, list) or len(value) > most:
            raise self.fault("field.invalid", f"A list of at most {most} texts.", name)
        for index, text in enumerate(value):
            if not isinstance(text, str) or not 0 < len(text) <= longest or not text.isprintable():
                raise self.fault("field.invalid", f"A text of at most {longest} characters.", f"{name}[{index}]")
        if len(set(value)) < len(value):
            raise self.fault("field.invalid", "The same text stands there twice.", name)
        return tuple(value)

    def _list(self, name: str, least: int, most: int) -> Iterator[Body]:
        value = self._take(name, [])
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise self.fault("field.invalid", f"A list of {least} to {most} objects.", name)
        for index, item in enumerate(value):
            yield Body(item, f"{self._named(name)}[{index}]")

    def _integer(self, name: str, least: int, most: int, default: int | None) -> int:
        value = self._take(name, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.fault("amount.format", "A whole number; amounts are minor units.", name)
        if not least <= value <= most:
            raise self.fault("field.range", f"From {least} to {most}.", name)
        return int(value)

    def _take(self, name: str, default: Any = None) -> Any:
        value = self._rest.pop(name, default)
        if value is None or value is _ABSENT:
            raise self.fault("field.missing", "Field required.", name)
        return value

    def _named(self, name: str) -> str:
        return f"{self._place}.{name}" if self._place else name

    def fault(self, code: str, message: str, name: str) -> FieldFaultError:
        """Return the refusal of one field."""
        return FieldFaultError(code, message, field=self._named(name))

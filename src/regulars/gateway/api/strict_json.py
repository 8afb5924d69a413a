"""Reads JSON from outside without guessing: one meaning or a refusal that names the field.

For every body and every NDJSON line of the API. RFC 8259 leaves duplicate keys, huge numbers, lone surrogates and
depth to the reader, and two readers that differ are a hole; I-JSON (RFC 7493) is the strict profile followed here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from django.conf import settings
from django.http import HttpRequest
from ninja.parser import Parser

from regulars.core.errors import DomainError, InvalidInputError

DEPTH_MAX = 16
NUMBER_CHARACTERS_MAX = 40


class MalformedJsonError(InvalidInputError):
    """The text is no JSON, or JSON that could be read in two ways."""

    code = "json.malformed"


class ValueRefusedError(InvalidInputError):
    """One value cannot be kept as it was sent; `place` names its field."""

    code = "json.value"


class DuplicateKeyError(ValueRefusedError):
    """An object names one field twice."""

    code = "json.duplicate_key"


class TooDeepError(InvalidInputError):
    """The arrays and objects are nested too deeply."""

    code = "json.too_deep"


class BodyTooLargeError(DomainError):
    """The body is larger than this operation takes."""

    code = "body.too_large"
    status_code = 413


class MediaTypeError(DomainError):
    """The body is not of the media type that the operation reads."""

    code = "body.media_type"
    status_code = 415


class StrictParser(Parser):
    """django-ninja's hook: how a JSON body becomes Python values."""

    def parse_body(self, request: HttpRequest) -> Any:
        require_media_type(request, "application/json")
        return loads(request.body)


def require_media_type(request: HttpRequest, wanted: str) -> None:
    """Refuse a body of another media type than `wanted`, before reading it."""
    if request.content_type != wanted:
        raise MediaTypeError(f"Send the body as {wanted}.")


def require_body_size(request: HttpRequest, *, bytes_max: int) -> None:
    """Refuse a body that says it is longer than `bytes_max`, before reading it."""
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if declared.isdigit() and int(declared) > min(bytes_max, settings.DATA_UPLOAD_MAX_MEMORY_SIZE):
        raise BodyTooLargeError(f"The body may have {bytes_max:,} bytes; split it.")


def loads(raw: bytes) -> Any:
    """Return the value that `raw` means, or refuse it."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise MalformedJsonError(f"The body is not UTF-8 (byte {error.start}).") from None
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=lambda name: _Refused(ValueRefusedError.code, f"{name} is not a number of JSON."),
            parse_int=_integer,
            parse_float=_float,
        )
    except RecursionError:
        _refuse_depth()
    except json.JSONDecodeError as error:
        raise MalformedJsonError(f"Not JSON: {error.msg} (line {error.lineno}, column {error.colno}).") from None
    _check(value, path="", depth=0)
    return value


@dataclass(frozen=True, slots=True)
class _Refused:
    """Stands where a bad value was until the walk knows the name of its field."""

    code: str
    message: str


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        for name in {name for name in names if names.count(name) > 1}:
            found[name] = _Refused(DuplicateKeyError.code, "This field stands twice in one object.")
    return found


def _integer(text: str) -> int | _Refused:
    if len(text) > NUMBER_CHARACTERS_MAX:
        return _Refused(ValueRefusedError.code, "This number has too many digits.")
    return int(text)


def _float(text: str) -> float | _Refused:
    value = float(text)
    if len(text) > NUMBER_CHARACTERS_MAX or value in {float("inf"), float("-inf")}:
        return _Refused(ValueRefusedError.code, "This number is out of range.")
    return value


def _check(value: Any, *, path: str, depth: int) -> None:
    if depth > DEPTH_MAX:
        _refuse_depth()
    match value:
        case _Refused(code, message):
            error = DuplicateKeyError if code == DuplicateKeyError.code else ValueRefusedError
            raise error(message, field=path)
        case str():
            _check_text(value, path=path)
        case list():
            for index, item in enumerate(value):
                _check(item, path=f"{path}[{index}]", depth=depth + 1)
        case dict():
            for key, item in value.items():
                _check_text(key, path=path)
                _check(item, path=f"{path}.{key}" if path else key, depth=depth + 1)


def _check_text(text: str, *, path: str) -> None:
    if "\0" in text:
        raise ValueRefusedError("Text may not contain the NUL character.", field=path)
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueRefusedError("Text may not contain half of a surrogate pair.", field=path)


def _refuse_depth() -> NoReturn:
    raise TooDeepError(f"Arrays and objects may be nested {DEPTH_MAX} deep.")

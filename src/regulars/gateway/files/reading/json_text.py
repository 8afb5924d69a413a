"""JSON: one object a line (NDJSON) or one array of objects; flat, without doubled keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from regulars.gateway.files import limits
from regulars.gateway.files.faults import FileRefusedError
from regulars.gateway.files.reading.rows import Request, Rows, batched, checked_header

_SAMPLE_LINES = 1_000  # the keys of so many objects make the header; a key that comes later is a fault, not lost


def read(request: Request) -> Rows:
    """Return the objects as rows; row 1 is the first one, and the header holds the keys in order of appearance."""
    header: list[str] = []
    for count, (_, item) in enumerate(_objects(request)):
        header += [key for key in item if key not in header]
        if count >= _SAMPLE_LINES:
            break
    if not header:
        raise FileRefusedError("file.empty", "The file holds no objects.")
    header = checked_header(header)
    rows = batched(_rows(request, header), width=len(header))
    return Rows(header=header, batches=rows, told={"encoding": "JSON"})


def _rows(request: Request, header: list[str]) -> Iterator[tuple[int, list[str | None]]]:
    for number, (line, item) in enumerate(_objects(request), start=1):
        unknown = item.keys() - set(header)
        if unknown:
            raise _malformed(line, f"the key {min(unknown)[:80]!r} is not in the first {_SAMPLE_LINES:,} objects")
        yield number, [_as_text(item.get(key), line) for key in header]


def _objects(request: Request) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give each object with the line of the file where it stands."""
    with request.path.open("rb") as file:
        first = file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not first:
        raise FileRefusedError("file.empty", "The file is empty.")
    if first.startswith(b"["):
        yield from _array(request)
    else:
        yield from _lines(request)


def _array(request: Request) -> Iterator[tuple[int, dict[str, Any]]]:
    if request.path.stat().st_size > limits.JSON_ARRAY_BYTES_MAX:
        raise FileRefusedError("file.too_large", "A JSON array can be 64 MB; write one object a line (NDJSON) instead.")
    with request.path.open("rb") as file:
        content = _decoded(file.read(), 1)
    parsed = _parsed(content, 1)
    for item in parsed if isinstance(parsed, list) else []:
        if not isinstance(item, dict):
            raise _malformed(1, "the array holds something else than objects")
        yield 1, item


def _lines(request: Request) -> Iterator[tuple[int, dict[str, Any]]]:
    with request.path.open("rb") as file:
        for line, content in enumerate(_bounded(file), start=1):
            text = _decoded(content, line).strip()
            if not text:
                continue
            item = _parsed(text, line)
            if not isinstance(item, dict):
                raise _malformed(line, "each line has to be one object")
            yield line, item


def _bounded(file: Any) -> Iterator[bytes]:
    longest = limits.CHARACTERS_PER_CELL_MAX * 16
    while line := file.readline(longest + 1):
        if len(line) > longest:
            raise FileRefusedError("json.malformed", "A line is longer than any object can be.")
        yield line


def _decoded(content: bytes, line: int) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefusedError(
            "file.encoding", f"Line {line:,}, byte {error.start:,}: JSON has to be UTF-8.", row=line
        ) from None


def _parsed(text: str, line: int) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_without_doubles, parse_float=str, parse_int=str, parse_constant=_no)
    except json.JSONDecodeError as error:
        raise _malformed(line + error.lineno - 1, error.msg) from None
    except _DoubledKeyError as error:
        raise _malformed(line, f"the key {str(error)[:80]!r} is there twice") from None
    except (RecursionError, ValueError) as error:
        raise _malformed(line, "it is nested too deeply or holds no plain value") from error


class _DoubledKeyError(Exception):
    """An object has the same key twice."""


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        keys = [key for key, _ in pairs]
        raise _DoubledKeyError(next(key for key in keys if keys.count(key) > 1))
    return made


def _no(constant: str) -> None:
    raise ValueError(constant)


def _as_text(value: Any, line: int) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case list() if all(isinstance(item, str) for item in value):
            return ";".join(value)
    raise _malformed(line, "a value is an object or a list; give plain values")


def _malformed(line: int, why: str) -> FileRefusedError:
    return FileRefusedError("json.malformed", f"Line {line:,}: {why}.", row=line)

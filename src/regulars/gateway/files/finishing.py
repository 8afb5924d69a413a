"""The last step before a chunk is written: what needs more than one of the file's columns, or our words for a place.

Categories from three level columns, opening hours as people write them, and the constants that the options give.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from regulars.gateway.files.kinds import Kind
from regulars.gateway.files.options import Options

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CHINESE_DAYS = dict(zip("一二三四五六日", _DAYS, strict=True)) | {"天": "sun"}
_SPAN = re.compile(r"(\d{1,2}:\d{2}) ?(?:-|–|—|~|至|到) ?(\d{1,2}:\d{2})")
_LEVELS = ("category_1", "category_2", "category_3")
PATH_SEPARATOR = " / "


def finisher(kind: Kind, options: Options) -> Callable[[pa.Table], pa.Table]:
    """Return the function that finishes the chunks of a file."""

    def finish(table: pa.Table) -> pa.Table:
        if kind.key == "products":
            table = _with_category(table, options.category_separator)
        if kind.key == "stores" and "open_hours" in table.column_names:
            table = _set(table, "open_hours", [_hours(text) for text in table["open_hours"].to_pylist()])
        if kind.key == "customers":
            table = _with_custom(_with_birth_date(table))
            table = _constant(table, "namespace", options.customer_namespace)
        if kind.key == "balances":
            table = _constant(table, "namespace", options.customer_namespace)
        if kind.are_receipts:
            table = _with_head(table, kind, options)
        for key, value in options.constants.items():
            if key not in table.column_names and (field := kind.find(key)):
                table = _constant(table, field.column, value)
        return table

    return finish


def _with_head(table: pa.Table, kind: Kind, options: Options) -> pa.Table:
    """Say what the customer column holds, and that a file of returns holds returns."""
    if kind.key == "returns":
        table = _constant(table, "kind", "return")
    if "customer" in table.column_names:
        table = _constant(table, "customer_kind", options.customer_kind)
        table = _constant(table, "customer_namespace", options.customer_namespace)
    if "currency" in table.column_names:
        table = _set(table, "currency", pc.utf8_upper(table["currency"]))
    elif options.currency:
        table = _constant(table, "currency", options.currency)
    return table


def _with_category(table: pa.Table, separator: str) -> pa.Table:
    """Join levels, or write a path with our separator; a level without a name ends the path."""
    levels = [name for name in _LEVELS if name in table.column_names]
    if levels:
        rows = zip(*(table[name].to_pylist() for name in levels), strict=True)
        paths: list[str | None] = [_path([(part or "").strip() for part in row]) for row in rows]
        table = table.drop_columns(levels)
    elif "category" in table.column_names:
        mark = separator or next((m for m in (" / ", " > ", ">", "/") if _has(table["category"], m)), " / ")
        paths = [_path([part.strip() for part in text.split(mark)]) if text else None for text in table["category"].to_pylist()]
    else:
        return table
    return _set(table, "category", paths)


def _has(column: pa.ChunkedArray, mark: str) -> bool:
    return bool(pc.any(pc.match_substring(column, mark)).as_py())


def _path(parts: list[str]) -> str | None:
    kept: list[str] = []
    for part in parts:
        if not part:
            break
        kept.append(part)
    return PATH_SEPARATOR.join(kept) or None


def _with_birth_date(table: pa.Table) -> pa.Table:
    if "birth_date" not in table.column_names:
        return table
    return _set(table, "birth_date", table["birth_date"].cast(pa.string()))


def _with_custom(table: pa.Table) -> pa.Table:
    """Gather `custom.<key>` columns into one JSON object a row."""
    names = [name for name in table.column_names if name.startswith("custom.")]
    if not names:
        return table
    keys = [name.removeprefix("custom.") for name in names]
    rows = zip(*(table[name].to_pylist() for name in names), strict=True)
    objects = [{key: value for key, value in zip(keys, row, strict=True) if value is not None} for row in rows]
    texts = [json.dumps(item, ensure_ascii=False) if item else None for item in objects]
    return _set(table.drop_columns(names), "custom", texts)


def _hours(text: str | None) -> str | None:
    """Read opening hours such as `mon-fri 08:00-22:00; sat 09:00-18:00` as JSON; what cannot be read is left as it is.

    >>> _hours("sat 09:00-18:00")
    '{"sat": [["09:00", "18:00"]]}'
    """
    if not text or text.lstrip().startswith("{"):
        return text
    hours: dict[str, list[list[str]]] = {}
    for part in re.split(r"[;；\n]", text):
        spans = [[start.zfill(5), end.zfill(5)] for start, end in _SPAN.findall(part)]
        if not spans:
            return text
        for day in _days(_SPAN.sub("", part)):
            hours.setdefault(day, []).extend(spans)
    return json.dumps(hours)


def _days(text: str) -> list[str]:
    for mark, day in _CHINESE_DAYS.items():
        text = re.sub(f"(?:周|星期)?{mark}", day, text)
    found = [word[:3] for word in re.findall(r"[a-z]+", text.lower()) if word[:3] in _DAYS]
    if len(found) == 2 and re.search(r"[-–—~至到]", text):
        first, last = _DAYS.index(found[0]), _DAYS.index(found[1])
        return [_DAYS[index % 7] for index in range(first, last + (7 if last < first else 0) + 1)]
    return found or list(_DAYS)


def _constant(table: pa.Table, name: str, value: str) -> pa.Table:
    return _set(table, name, pa.repeat(pa.scalar(value, pa.string()), table.num_rows))


def _set(table: pa.Table, name: str, values: object) -> pa.Table:
    column = values if isinstance(values, (pa.Array, pa.ChunkedArray)) else pa.array(values, pa.string())
    if name in table.column_names:
        return table.set_column(table.column_names.index(name), name, column)
    return table.append_column(name, column)

"""Which dates the texts of a column mean: found out from the whole column, or asked for, never guessed.

`12/11/10` is refused until somebody chooses an order; `31/12/2026` anywhere in the column settles it for all of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from regulars.gateway.files.faults import FileRefusedError
from regulars.gateway.files.options import Options

_TIME = r"([ T]+\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?)?( ?[AaPp][Mm])?( ?(Z|[+-]\d{2}(:?\d{2})?))?"
_SHAPES = {
    "iso": r"\d{4}-\d{1,2}-\d{1,2}",
    "year_first": r"\d{4}[/.]\d{1,2}[/.]\d{1,2}",
    "chinese": r"\d{4}年\d{1,2}月\d{1,2}日",
    "year_last": r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}",
    "short_year": r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}",
}
_PATTERNS = {name: re.compile(shape + _TIME) for name, shape in _SHAPES.items()}
_COMPACT = re.compile(r"9{8}(9{6})?")
_SERIAL = re.compile(r"9{1,5}(\.9+)?")
# Days of the 1900 system count from here for every date after February 1900.
_EPOCHS = {"1900": "1899-12-30", "1904": "1904-01-01"}
UNSETTLED = {"year_last", "short_year", "serial"}  # shapes that leave something to be found out
PATTERNS_MAX = 1_000  # a column with more is no column of dates, and is judged cell by cell
_ZONED = re.compile(r".*:\d\d([.,]\d+)? ?(Z|[+-]\d\d(:?\d\d)?)")


@dataclass(frozen=True, slots=True)
class Column:
    """What was found of one column: its shapes of digits (`9999-99-99`), the largest first and second numbers, a row."""

    name: str
    patterns: list[str]
    first_max: int = 0
    second_max: int = 0
    first_row: int = 0


@dataclass(frozen=True, slots=True)
class Way:
    """How the dates of one column are written, settled for the whole column."""

    shapes: frozenset[str] = frozenset()
    order: str = ""
    epoch: str = ""
    only_iso: bool = False  # every cell has that shape
    zoned: bool = True  # some cells may say their zone
    half_days: bool = True  # some cells may say AM or PM


PLAIN_ISO = Way(shapes=frozenset({"iso"}), only_iso=True, zoned=False, half_days=False)


def is_plain_iso(cell: str) -> str:
    """Return the SQL that says whether a text is a date in ISO form without a zone: what most files hold throughout."""
    return f"regexp_full_match({cell}, '\\d{{4}}-\\d\\d?-\\d\\d?([ T]\\d\\d?:\\d\\d(:\\d\\d([.,]\\d+)?)?)?')"


def settled(column: Column, options: Options) -> Way:
    """Return the way the column is written, or refuse the file while that is not certain."""
    known = len(column.patterns) < PATTERNS_MAX
    return Way(
        shapes=frozenset(shapes_of(column.patterns)),
        order=order_of(column, chosen=options.date_order),
        epoch=epoch_of(column, chosen=options.excel_epoch),
        only_iso=known and all(_shape_of(pattern) == "iso" for pattern in column.patterns),
        zoned=not known or any(_ZONED.fullmatch(pattern) for pattern in column.patterns),
        half_days=not known or any(pattern.upper().endswith("M") for pattern in column.patterns),
    )


def shapes_of(patterns: list[str]) -> set[str]:
    """Return the shapes that occur.

    >>> shapes_of(["9999-99-99 99:99:99", "99/99/9999", "99999"]) == {"iso", "year_last", "serial"}
    True
    """
    return {shape for pattern in patterns if (shape := _shape_of(pattern))}


def order_of(column: Column, *, chosen: str) -> str:
    """Return `dmy`, `mdy` or `ymd` for the dates of the column whose order their shape does not say."""
    shapes = shapes_of(column.patterns) & {"year_last", "short_year"}
    if not shapes or chosen:
        return chosen
    if "short_year" not in shapes:
        if column.first_max > 12 >= column.second_max:
            return "dmy"
        if column.second_max > 12 >= column.first_max:
            return "mdy"
    raise FileRefusedError(
        "date.ambiguous",
        f"The dates in “{column.name}” can be read in several ways; choose day/month/year or month/day/year.",
        row=column.first_row,
        column=column.name,
    )


def epoch_of(column: Column, *, chosen: str) -> str:
    """Return the first day of dates that are plain numbers, or refuse them while nobody has said which."""
    if "serial" not in shapes_of(column.patterns):
        return ""
    if not chosen:
        raise FileRefusedError(
            "date.ambiguous",
            f"“{column.name}” holds plain numbers as dates; choose the spreadsheet's date system (1900 or 1904).",
            row=column.first_row,
            column=column.name,
        )
    return _EPOCHS[chosen]


def normalized(cell: str, way: Way) -> str:
    """Return the SQL that writes the text `cell` (an SQL expression) as `Y-M-D …`; null where no shape fits."""
    if way.only_iso:
        return cell
    shapes, order, epoch = way.shapes, way.order, way.epoch
    branches = [
        f"WHEN regexp_full_match({cell}, '{_SHAPES[shape]}{_TIME}') THEN {_rewritten(cell, shape, order)}"
        for shape in _SHAPES
        if shape in shapes and not (shape == "year_last" and order == "ymd")
    ]
    if "compact" in shapes:
        branches.append(
            f"WHEN regexp_full_match({cell}, '\\d{{8}}') THEN regexp_replace({cell}, '(....)(..)(..)', '\\1-\\2-\\3') "
            f"WHEN regexp_full_match({cell}, '\\d{{14}}') "
            f"THEN regexp_replace({cell}, '(....)(..)(..)(..)(..)(..)', '\\1-\\2-\\3 \\4:\\5:\\6')"
        )
    if "serial" in shapes and epoch:
        branches.append(
            f"WHEN regexp_full_match({cell}, '\\d{{1,5}}(\\.\\d+)?') THEN CAST(TIMESTAMP '{epoch}' + "
            f"to_microseconds(CAST(round(CAST({cell} AS DOUBLE) * 86400) AS BIGINT) * 1000000) AS VARCHAR)"
        )
    return f"CASE {' '.join(branches)} END" if branches else "NULL"


def _shape_of(pattern: str) -> str:
    if _COMPACT.fullmatch(pattern):
        return "compact"
    if _SERIAL.fullmatch(pattern):
        return "serial"
    return next((name for name, shape in _PATTERNS.items() if shape.fullmatch(pattern)), "")


def _rewritten(cell: str, shape: str, order: str) -> str:
    if shape == "iso":
        return cell
    if shape in {"year_first", "chinese"}:
        return f"regexp_replace({cell}, '^(\\d+)[/.年](\\d+)[/.月](\\d+)日?', '\\1-\\2-\\3')"
    places = {"dmy": (3, 2, 1), "mdy": (3, 1, 2), "ymd": (1, 2, 3)}[order or "dmy"]
    year, month, day = (f"\\{place}" for place in places)
    if shape == "year_last":
        return f"regexp_replace({cell}, '^(\\d+)[/.-](\\d+)[/.-](\\d{{4}})', '{year}-{month}-{day}')"
    # Two digits mean 1970 to 2069, as POSIX reads them.
    two_digits = f"CAST(regexp_extract({cell}, '^(\\d+)[/.-](\\d+)[/.-](\\d\\d)', {places[0]}) AS INTEGER)"
    century = f"CASE WHEN {two_digits} >= 70 THEN '19' ELSE '20' END"
    return f"{century} || regexp_replace({cell}, '^(\\d+)[/.-](\\d+)[/.-](\\d\\d)', '{year}-{month}-{day}')"

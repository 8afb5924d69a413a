"""XLSX: the cells of one sheet as text. Formulas are never evaluated; a cell gives the value that was saved with it.

The package is looked at before it is opened (`archives.look_into`): entities, macros and links to other files are refused.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from regulars.gateway.files import limits
from regulars.gateway.files.faults import FileRefusedError
from regulars.gateway.files.reading.rows import Request, Rows, batched, checked_header

_EXACT_MAX = 10**15  # a spreadsheet keeps fifteen digits; a longer number has lost its end
_FORMULA = "=formula"  # stands for a formula that has no saved value; `conversion` refuses the cell


def read(request: Request) -> Rows:
    """Return the rows of the first sheet, or of the one that the options name."""
    with _refusals():
        values = openpyxl.load_workbook(request.path.open("rb"), read_only=True, data_only=True)
        title = _sheet(values, request.options.sheet)
        formulas = _formulas(request, title)
        rows = _rows(values[title], formulas)
        header = checked_header([cell or "" for cell in next(rows, (1, []))[1]])
    return Rows(
        header=header,
        batches=batched(_bounded(rows, len(header)), width=len(header)),
        told={"encoding": "XLSX", "sheet": title},
    )


@contextmanager
def _refusals() -> Iterator[None]:
    """Say of a workbook that a library stumbles over what is wrong with it."""
    try:
        yield
    except DefusedXmlException as error:
        raise FileRefusedError("xml.entity", "The workbook declares XML entities.") from error
    except ParseError as error:
        line, column = error.position
        raise FileRefusedError("xml.malformed", f"The workbook's XML breaks off at line {line}, column {column}.") from error
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise FileRefusedError("xlsx.corrupt", "The workbook is damaged.") from error


def _sheet(book: Any, wanted: str) -> str:
    if wanted and wanted not in book.sheetnames:
        raise FileRefusedError("xlsx.sheet", f"There is no sheet {wanted[:80]!r} in the workbook.")
    visible = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not visible:
        raise FileRefusedError("file.empty", "The workbook has no visible sheet.")
    return wanted or visible[0]


def _formulas(request: Request, title: str) -> Any:
    """Return the same sheet with its formulas as text where there are any: an unsaved result must not read as empty."""
    with zipfile.ZipFile(request.path) as package:
        sheets = [name for name in package.namelist() if name.startswith("xl/worksheets/")]
        if not any(_holds(package, name, b"<f") for name in sheets):
            return None
    return openpyxl.load_workbook(request.path.open("rb"), read_only=True, data_only=False)[title]


def _holds(package: zipfile.ZipFile, name: str, words: bytes) -> bool:
    kept = b""
    with package.open(name) as stream:
        while block := stream.read(2**20):
            if words in kept + block:
                return True
            kept = block[-len(words) :]
    return False


def _rows(sheet: Any, formulas: Any) -> Iterator[tuple[int, list[str | None]]]:
    sheet.reset_dimensions()  # what a file says of its size is not believed
    if formulas is not None:
        formulas.reset_dimensions()
    told = formulas.iter_rows() if formulas is not None else ()
    for number, (cells, said) in enumerate(zip_longest(sheet.iter_rows(), told, fillvalue=())):
        if number >= limits.SHEET_ROWS_MAX:
            raise FileRefusedError("xlsx.too_many_rows", f"A sheet has at most {limits.SHEET_ROWS_MAX:,} rows.")
        yield number + 1, [_text(cell, *other) for cell, *other in zip_longest(cells, *([said] if said else []))]


def _bounded(rows: Iterator[tuple[int, list[str | None]]], width: int) -> Iterator[tuple[int, list[str | None]]]:
    """Give rows of the header's width, without the empty ones that spreadsheets leave behind."""
    while True:
        with _refusals():
            number, cells = next(rows, (0, []))
        if not number:
            return
        if not any(cells):
            continue
        if any(cells[width:]):
            raise FileRefusedError("csv.columns", f"Row {number:,} has a cell beyond the header.", row=number)
        yield number, (cells + [None] * width)[:width]


def _text(cell: Any, formula: Any = None) -> str | None:
    value = cell.value if cell is not None else None
    if value is None:
        return _FORMULA if formula is not None and formula.data_type == "f" else None
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number(value, getattr(cell, "number_format", "") or "")
        case dt.datetime():
            return value.isoformat(sep=" ")
        case dt.date() | dt.time():
            return value.isoformat()
        case _:
            return str(value)


def _number(value: float, shown_as: str) -> str:
    """Return a number as the sheet shows an identifier: `00123` keeps its zeros; one that lost digits cannot pass."""
    if abs(value) >= _EXACT_MAX:
        return f"{value:.5E}"
    whole = int(value)
    if whole != value:
        return format(value, ".15g")
    digits = shown_as if shown_as and set(shown_as) == {"0"} else ""
    return str(whole).zfill(len(digits)) if digits else str(whole)

"""Writes tables for people's spreadsheets: CSV and XLSX in which no cell can run.

For every export. A text that a spreadsheet would take for a formula gets a quote before it; numbers stay numbers.
(OWASP: CSV Injection; the signs are those that Excel, LibreOffice and WPS read as the start of a formula.)
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

_FORMULA_SIGNS = tuple("=+-@\t\r\n%|\uff1d\uff0b\uff0d\uff20")  # the last four are the full-width = + - @
_CONTROL = dict.fromkeys(code for code in range(32) if code not in (9, 10, 13))  # XML 1.0 cannot carry these
_BATCH = 500
BOM = "\ufeff"  # without it Excel reads UTF-8 as the machine's code page and breaks Chinese

Cell = object


def safe_cell(value: Cell) -> Cell:
    """Return what may be written: numbers, dates and nothing as they are, dangerous text with a quote before it.

    >>> safe_cell("=HYPERLINK(1)"), safe_cell(-5), safe_cell("Ana")
    ("'=HYPERLINK(1)", -5, 'Ana')
    """
    if value is None or isinstance(value, bool | int | float | Decimal | dt.date):
        return value
    text = str(value).translate(_CONTROL)
    return "'" + text if text.lstrip(" \u3000\u00a0").startswith(_FORMULA_SIGNS) or text.startswith(_FORMULA_SIGNS) else text


def write_csv(rows: Iterable[Sequence[Cell]], *, head: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a CSV file in batches, so that a large export never stands in memory."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BOM)
    writer.writerow([safe_cell(name) for name in head])
    for count, row in enumerate(rows, start=1):
        writer.writerow([safe_cell(value) for value in row])
        if count % _BATCH == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def write_xlsx(rows: Iterable[Sequence[Cell]], *, head: Sequence[str], sheet: str = "Regulars") -> bytes:
    """Return an XLSX file: a bold head that stays in sight, numbers as numbers, no formula cell."""
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet)
    page.freeze_panes = "A2"
    names = []
    for name in head:
        cell = WriteOnlyCell(page, value=str(safe_cell(name)))
        cell.font = Font(bold=True)
        names.append(cell)
    page.append(names)
    for row in rows:
        page.append([_plain(safe_cell(value)) for value in row])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _plain(value: Cell) -> Cell:
    """XLSX knows no time zones; a moment is written in UTC."""
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.astimezone(dt.UTC).replace(tzinfo=None)
    return value

"""No cell of an export can run in a spreadsheet, and numbers stay numbers."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from openpyxl import load_workbook

from regulars.core import spreadsheets

DANGEROUS = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "%x", "|x", "＝1", "＋1", "－1", "＠x", "  =1", "\u3000=1"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_dangerous_text_gets_a_quote_before_it(text: str) -> None:
    assert spreadsheets.safe_cell(text) == "'" + text


@pytest.mark.parametrize("value", [-5, -1.5, 0, True, None, dt.date(2026, 1, 1), "Ana", "a=b", ""])
def test_numbers_dates_and_plain_text_stay_as_they_are(value: object) -> None:
    assert spreadsheets.safe_cell(value) == value


def test_a_workbook_holds_no_formula_and_survives_control_characters() -> None:
    moment = dt.datetime(2026, 1, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    rows = [[text, -5, moment] for text in [*DANGEROUS, "bell\x07"]]
    book = load_workbook(io.BytesIO(spreadsheets.write_xlsx(rows, head=["=name", "n", "t"])))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert book.active["B2"].value == -5
    assert book.active["C2"].value == dt.datetime(2026, 1, 1, 4)  # noqa: DTZ001  # XLSX knows no zones


def test_csv_comes_in_batches_and_begins_with_a_mark_for_excel() -> None:
    parts = list(spreadsheets.write_csv(([index] for index in range(1_200)), head=["n"]))
    assert len(parts) == 3
    assert parts[0].startswith("\ufeffn\r\n0\r\n")

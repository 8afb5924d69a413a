"""One pass over a file that has been read: settle how its columns are to be taken, then give typed rows in order.

Runs in the child, on DuckDB over the Parquet copy of the cells (`cells.parquet`, columns by position). DuckDB sees the folder
of the batch and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from regulars.core import money
from regulars.gateway.files import conversion, dates, limits
from regulars.gateway.files.columns import Column, Currencies
from regulars.gateway.files.conversion import Reading
from regulars.gateway.files.fields import Type
from regulars.gateway.files.kinds import Kind
from regulars.gateway.files.options import Options
from regulars.gateway.files.reading.rows import ROW

_DATES = {Type.DATE, Type.DATETIME}


def connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB that can reach `folder` only, and cannot be told otherwise."""
    duck = duckdb.connect(
        config={
            "memory_limit": limits.DUCKDB_MEMORY,
            "threads": limits.CHILD_THREADS,
            "temp_directory": str(folder / "spill"),
        }
    )
    duck.execute("SET TimeZone = 'UTC'")
    duck.execute("SET allowed_directories = ?", [[f"{folder}/"]])
    duck.execute("SET enable_external_access = false")
    duck.execute("SET lock_configuration = true")
    return duck


class Conversion:
    """A file's cells on their way to typed columns."""

    def __init__(
        self, duck: duckdb.DuckDBPyConnection, cells: Path, *, kind: Kind, columns: list[Column], options: Options,
        currencies: Currencies,
    ) -> None:  # fmt: skip
        self.duck = duck
        self.kind = kind
        self.columns = columns
        self.options = options
        self.file = cells
        duck.read_parquet(str(cells)).create_view("cells")
        self.reading = Reading(
            decimal_sign=options.decimal_sign,
            digits=self._digits(currencies),
            currency_signs=conversion.signs_of(options.currency or currencies.default),
            dates={column.field.key: self._dates(column) for column in columns if column.field.type in _DATES},
        )

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Give typed rows; `fault_N` and `value_N` say what is wrong with column N, and receipts come whole."""
        cells = {f"{column.cell}, {conversion.trimmed(column.cell)} AS {column.text}" for column in self.columns}
        typed, faults = [f'"{ROW}"'], []
        for index, column in enumerate(self.columns):
            made = conversion.converted(column.field, column.cell, column.text, self.reading)
            typed += [f'{sql} AS "{name}"' for name, sql in made.columns.items()]
            faults += [
                f"{made.fault} AS fault_{index}",
                f"CASE WHEN fault_{index} IS NOT NULL THEN {column.cell} END AS value_{index}",
            ]
        query = f'SELECT {", ".join(typed + faults)} FROM (SELECT "{ROW}", {", ".join(cells)} FROM part)'  # names are ours
        file = pq.ParquetFile(self._ordered())
        for group in range(file.num_row_groups):  # group by group: the first chunk is loaded while the last is converted
            self.duck.register("part", file.read_row_group(group))
            yield from self.duck.sql(query).to_arrow_table().to_batches()

    def _cell(self, key: str) -> str:
        return next((column.cell for column in self.columns if column.field.key == key), "")

    def _digits(self, currencies: Currencies) -> str:
        """Return the SQL for the decimals of a row's amounts."""
        if self.options.currency:
            return str(money.minor_digits(self.options.currency))
        cell = self._cell("currency")
        found: list[str] = []
        if cell:
            distinct = self.duck.execute(f"SELECT DISTINCT upper(trim({cell})) FROM cells WHERE {cell} <> '' LIMIT 300")
            found = [code for (code,) in distinct.fetchall() if code and len(code) == 3 and code.isascii() and code.isalpha()]
        return conversion.digits_of(
            default=money.minor_digits(currencies.default),
            stores=currencies.stores,
            currencies={code: money.minor_digits(code) for code in found},
            currency_cell=cell,
            store_cell=self._cell("store"),
        )

    def _dates(self, column: Column) -> dates.Way:
        """Return the way in which the dates of a column are written."""
        text = conversion.trimmed(column.cell)
        if not self.duck.execute(f"SELECT 1 FROM cells WHERE NOT {dates.is_plain_iso(text)} LIMIT 1").fetchall():
            return dates.PLAIN_ISO
        found = self.duck.execute(
            f"SELECT translate({text}, '012345678', '999999999') AS pattern, count(*) FROM cells "
            f"WHERE pattern IS NOT NULL GROUP BY ALL ORDER BY 2 DESC LIMIT {dates.PATTERNS_MAX}"
        ).fetchall()
        patterns = [pattern for pattern, _ in found]
        if not dates.shapes_of(patterns) & dates.UNSETTLED:
            return dates.settled(dates.Column(column.label, patterns), self.options)
        number = "TRY_CAST(regexp_extract({0}, '^(\\d+)[/.-](\\d+)[/.-]\\d+', {1}) AS INTEGER)"
        first_max, second_max, row = self.duck.execute(
            f"SELECT coalesce(max({number.format(text, 1)}), 0), coalesce(max({number.format(text, 2)}), 0), "
            f"coalesce(min(\"{ROW}\") FILTER (NOT regexp_matches({text}, '^\\d{{4}}[^\\d]')), 0) FROM cells"
        ).fetchall()[0]
        return dates.settled(dates.Column(column.label, patterns, first_max, second_max, row), self.options)

    def _ordered(self) -> Path:
        """Return the cells with the lines of each receipt together: as they are, or sorted into a copy."""
        cell = self._cell("receipt_id") if self.kind.are_receipts else ""
        if not cell:
            return self.file
        receipts, runs = self.duck.execute(
            f"SELECT count(DISTINCT {cell}), count(*) FILTER ({cell} IS DISTINCT FROM before) "
            f"FROM (SELECT {cell}, lag({cell}) OVER () AS before FROM cells)"
        ).fetchall()[0]
        if runs <= receipts + 1:  # null is one more run
            return self.file
        path = self.file.with_name("ordered.parquet")
        self.duck.sql(f'SELECT * FROM cells ORDER BY {cell}, "{ROW}"').write_parquet(str(path), compression="lz4")
        return path

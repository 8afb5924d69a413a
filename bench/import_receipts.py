"""How fast a file of receipts gets in, with every check on, beside the fastest honest way to get the same rows in.

Ours: `run_file` on the panel's file, from bytes to committed receipts, lines, discounts and tenders. The limit: COPY of those
very rows into empty tables of the same definition, then indexes and keys, in one transaction on the same server.
"""

from __future__ import annotations

import re
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from django.conf import settings

from bench.rows import Row
from regulars.demo import company, panel
from regulars.gateway.files import services as files
from regulars.organization import access

_TABLES = ("sales_receipt", "sales_receiptline", "sales_linediscount", "sales_tender")
_SCHEMA = "bench_import"
# What the triggers on lines and discounts check for ours, the limit checks as foreign keys.
_CHECKED_BY_SETS = (
    ("sales_receiptline", "FOREIGN KEY (receipt_id) REFERENCES sales_receipt(id)"),
    ("sales_receiptline", "FOREIGN KEY (product_id) REFERENCES catalog_product(id)"),
    ("sales_linediscount", "FOREIGN KEY (receipt_id, line_no) REFERENCES sales_receiptline(receipt_id, line_no)"),
)


def run(*, scale: int = 1) -> list[Row]:  # noqa: ARG001 - the panel's file is what it is
    """Measure one import of the panel's receipt lines."""
    with tempfile.TemporaryDirectory(prefix="regulars-bench-import-") as folder:
        lines, ours = _import(Path(folder))
        limit = _copy(Path(folder))
    return [Row("import.receipt_lines", lines / ours, lines / limit, "lines/s")]


def _import(folder: Path) -> tuple[int, float]:
    """Import what receipts rest on, then the receipts with the clock running; return lines and seconds."""
    now = datetime.now(UTC)
    shift_days = company.set_up(now)
    with panel.opened(shift_days) as tables:
        written = company.write_files(tables, folder, _in_silence)
    for kind, path in written[:-1]:
        _run_file(kind, path, now)
    started = time.perf_counter()
    result = _run_file(*written[-1], now)
    return int(result.batch.rows_total or 0), time.perf_counter() - started


def _run_file(kind: str, path: Path, now: datetime) -> files.ImportResult:
    result = files.run_file(path, kind=kind, source="bench", viewer=access.system("bench"), now=now)
    if result.rejected or not result.created:
        raise AssertionError(f"{path.name}: {result.created} made, {result.rejected} refused")
    return result


def _copy(folder: Path) -> float:
    """Return the seconds that COPY, indexes and keys take for the rows that the import made."""
    with psycopg.connect(settings.DATABASE_OWNER_URL) as link:
        for table in _TABLES:
            with (folder / table).open("wb") as file, link.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)") as rows:
                for block in rows:
                    file.write(block)
        link.execute(f"CREATE SCHEMA {_SCHEMA}")
        for table in _TABLES:
            link.execute(f"CREATE TABLE {_SCHEMA}.{table} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
        later = _indexes(link) + _foreign_keys(link)
        link.commit()
        started = time.perf_counter()
        for table in _TABLES:
            with (
                (folder / table).open("rb") as file,
                link.cursor().copy(f"COPY {_SCHEMA}.{table} FROM STDIN (FORMAT binary)") as rows,
            ):
                while block := file.read(2**18):
                    rows.write(block)
        for statement in later:
            link.execute(statement)
        link.commit()
        return time.perf_counter() - started


def _indexes(link: psycopg.Connection) -> list[str]:
    found = link.execute(
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY (%s)", [list(_TABLES)]
    ).fetchall()
    return [re.sub(r" ON public\.", f" ON {_SCHEMA}.", definition) for (definition,) in found]


def _foreign_keys(link: psycopg.Connection) -> list[str]:
    """Return the keys; those between the four tables point at the copies."""
    found = link.execute(
        "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' AND conrelid::regclass::text = ANY (%s)",
        [list(_TABLES)],
    ).fetchall()
    own_copy = rf"REFERENCES {_SCHEMA}.\1("
    own = re.compile(rf"REFERENCES ({'|'.join(_TABLES)})\(")
    keys = [*found, *_CHECKED_BY_SETS]
    return [f"ALTER TABLE {_SCHEMA}.{table} ADD {own.sub(own_copy, definition)}" for table, definition in keys]


def _in_silence(_step: str, _part: float) -> None:
    """Take progress and show none of it."""

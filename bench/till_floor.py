"""The limit of the checkout benchmark: pgbench writes the rows of a checkout in one prepared transaction, and nothing else.

For `checkout`. The rows are those of the last checkout that was measured, table by table, with new numbers where they must
be unique; what a checkout updates (accounts, a lot) is updated for another member each time.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

import psycopg
from django.conf import settings

from regulars.core import embedded_postgres
from regulars.operations import pg_programs

_SECONDS = 10
# Tables that a checkout adds to, in the order of their keys, and which rows of them belong to it.
_OF_RECEIPT = "receipt_id = %(receipt)s"
_OF_TRANSFER = "transfer_id IN (SELECT id FROM wallet_transfer WHERE receipt_id = %(receipt)s)"
_ADDED = {
    "sales_receipt": "id = %(receipt)s",
    "sales_receiptline": _OF_RECEIPT,
    "sales_linediscount": _OF_RECEIPT,
    "sales_tender": _OF_RECEIPT,
    "wallet_transfer": _OF_RECEIPT,
    "wallet_lot": _OF_TRANSFER,
    "wallet_entry": _OF_TRANSFER,
    "program_earning": _OF_RECEIPT,
    "offers_redemption": "key = (SELECT external_id FROM sales_receipt WHERE id = %(receipt)s)",
    "checkout_message": _OF_RECEIPT,
}
_SEQUENCES = {"sales_receipt": "receipt", "wallet_transfer": "transfer", "wallet_lot": "lot"}  # ids that other rows name
_UNIQUE = {"external_id", "number", "key"}
_LEFT_OUT = {"written_xid"}
_POINTED = {
    "receipt_id": "sales_receipt",
    "transfer_id": "wallet_transfer",
    "root_transfer_id": "wallet_transfer",
    "lot_id": "wallet_lot",
}
_Row = dict[str, str | None]
_Names = dict[tuple[str, str | None], str]


def measure(*, clients: int) -> float:
    """Return the transactions per second."""
    with psycopg.connect(settings.DATABASE_OWNER_URL) as link, tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "floor.sql"
        script.write_text(_script(link))
        return _run(script, clients)


def _run(script: Path, clients: int) -> float:
    done = subprocess.run(
        [
            embedded_postgres.binary("pgbench"), "--no-vacuum", "--protocol=prepared", f"--client={clients}", "--jobs=2",
            f"--time={_SECONDS}", f"--file={script}",
        ],
        env=pg_programs.environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if done.returncode or found is None or re.search(r"number of failed transactions: [1-9]", done.stdout):
        raise AssertionError(done.stdout[-1000:] + done.stderr[-2000:])
    return float(found[1])


def _script(link: psycopg.Connection) -> str:
    """Return the transaction for pgbench."""
    receipt = _one(link, "SELECT max(receipt_id) FROM checkout_message WHERE kind = 'sale' AND points_used > 0")
    rows = {table: _rows(link, table, where, receipt) for table, where in _ADDED.items()}
    names = _names(rows)
    ids = ", ".join(
        f"nextval(pg_get_serial_sequence('{table}', 'id')) AS {names[table, row['id']]}"
        for table in _SEQUENCES
        for row in rows[table]
    )
    first, last = link.execute(
        "SELECT min(id), max(id) FROM wallet_lot WHERE parent_id IS NULL AND amount = 1000000"
    ).fetchone() or (0, 0)
    writes = [_insert(table, rows[table], names) for table in _ADDED if rows[table]]
    return "\n".join(
        [f"\\set member random({first}, {last})", "BEGIN;", f"SELECT {ids} \\gset", *writes, *_updates(), "COMMIT;"]
    )


def _updates() -> list[str]:
    """Return what a checkout changes: the lot that pays, and the member's two accounts."""
    account = "(SELECT account_id FROM wallet_lot WHERE id = :member)"
    return [
        "UPDATE wallet_lot SET remaining = remaining - 1 WHERE id = :member;",
        f"UPDATE wallet_account SET balance = balance - 1 WHERE id = {account};",
        f"UPDATE wallet_account SET debt = debt WHERE id = {account};",
        "UPDATE offers_coupon SET uses = uses WHERE id = :coupon;",
        "UPDATE offers_allowance SET amount = amount WHERE id = :allowance;",
    ]


def _rows(link: psycopg.Connection, table: str, where: str, receipt: int) -> list[_Row]:
    """Return the rows with every value as PostgreSQL writes it."""
    columns = [column.name for column in link.execute(f"SELECT * FROM {table} LIMIT 0").description or ()]
    texts = ", ".join(f"{column}::text" for column in columns)
    found = link.execute(f"SELECT {texts} FROM {table} WHERE {where} ORDER BY {columns[0]}", {"receipt": receipt})
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def _names(rows: dict[str, list[_Row]]) -> _Names:
    """Return the variables of pgbench that stand for the ids of new rows."""
    return {
        (table, row["id"]): f"{word}{position}"
        for table, word in _SEQUENCES.items()
        for position, row in enumerate(rows[table])
    }


def _insert(table: str, rows: list[_Row], names: _Names) -> str:
    generated = {"id"} if table not in _SEQUENCES else set()
    columns = [column for column in rows[0] if column not in _LEFT_OUT | generated]
    values = ", ".join(f"({', '.join(_value(table, column, row[column], names) for column in columns)})" for row in rows)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values};"


def _value(table: str, column: str, value: str | None, names: _Names) -> str:
    """Return a value as SQL: the id of a new row, a text that must be unique, or what the checkout wrote."""
    own = names.get((table if column == "id" else _POINTED.get(column, ""), value))
    if own:
        return f":{own}"
    if value is None:
        return "NULL"
    written = "'" + value.replace("'", "''") + "'"
    return f"{written} || ' ' || :receipt0" if column in _UNIQUE else written


def _one(link: psycopg.Connection, query: str) -> int:
    row = link.execute(query).fetchone()
    if row is None or row[0] is None:
        raise AssertionError("no checkout was measured")
    return int(row[0])

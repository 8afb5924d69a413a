"""Take an import back: receipts by their batch with what they earned, changed rows to what they were, made rows away.

A row that somebody has changed since, or that something else rests on (a product that was sold), is kept and counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Field, ForeignKey, Model
from django.utils.translation import gettext as _

from regulars.core.errors import DomainError
from regulars.gateway.files import loading
from regulars.gateway.files.kinds import KINDS
from regulars.gateway.models import ImportBatch
from regulars.loyalty.program import services as program
from regulars.organization.access import Viewer
from regulars.sales import services as sales

# What belongs to a row and goes with it; anything else that points at the row keeps it.
_PARTS = {
    "customers_customer": {
        "customers_identifier", "customers_customerkey", "customers_customerstore", "customers_customertag",
    },
}  # fmt: skip


class BalancesStayError(DomainError):
    """What is in the ledger is corrected, never taken out."""

    code = "import.balances"


@dataclass(frozen=True, slots=True)
class Undone:
    """How many rows were removed, put back to what they were, and kept because they are in use or changed since."""

    removed: int = 0
    restored: int = 0
    kept: int = 0
    earnings: int = 0  # of receipts, taken back from the ledger


def undo(batch: ImportBatch, *, viewer: Viewer, now: datetime) -> Undone:
    """Take back what the batch brought, in the caller's transaction."""
    if batch.kind == ImportBatch.Kind.BALANCES:
        raise BalancesStayError(_("Balances stay in the ledger. Correct single ones on the customer’s wallet page."))
    acting = loading.importing(viewer, batch.kind)
    if KINDS[batch.kind].are_receipts:
        earnings = program.undo_receipts(batch.pk, now=now, viewer=acting)
        return Undone(removed=sales.undo_batch(batch.pk, now=now, viewer=acting), earnings=earnings)
    table = loading.TABLES[ImportBatch.Kind(batch.kind)]
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    touched = _execute(_TOUCHED, [batch.pk])
    fields = _fields(model)
    untouched_since = " AND ".join(f't."{name}" IS NOT DISTINCT FROM {_value("after", field)}' for name, field in fields)
    _execute(f"DELETE FROM undone_row u USING {table} t WHERE t.id = u.id AND NOT ({untouched_since})", [])
    restored = 0
    if fields:
        sets = ", ".join(f'"{name}" = {_value("before", field)}' for name, field in fields)
        restored = _execute(f"UPDATE {table} t SET {sets} FROM undone_row u WHERE t.id = u.id AND u.before IS NOT NULL", [])
    removed = _remove(model)
    _execute("DROP TABLE undone_row", [])
    return Undone(removed=removed, restored=restored, kept=touched - restored - removed)


def _fields(model: type[Model]) -> list[tuple[str, Field[Any, Any]]]:
    """Return the columns of the table that the kept changes tell of."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT jsonb_object_keys(after) FROM undone_row")
        told = {key for (key,) in cursor.fetchall()}
    return [(str(field.column), field) for field in model._meta.concrete_fields if field.column in told - {"id"}]


def _value(side: str, field: Field[Any, Any]) -> str:
    """Return the SQL for one column's value in a kept change."""
    name, kind = field.column, (field.db_type(connection) or "text")
    if kind == "jsonb":
        return f"u.{side}->'{name}'"
    if kind == "bytea":
        return f"decode(u.{side}->>'{name}', 'hex')"
    return f"(u.{side}->>'{name}')::{kind}"


def _remove(model: type[Model]) -> int:
    """Delete the rows that the batch made and nothing rests on."""
    table = model._meta.db_table
    parts = []
    for other, column in _pointing_at(model):
        if other in _PARTS.get(table, set()):
            parts.append(f'DELETE FROM {other} WHERE "{column}" IN (SELECT id FROM undone_row WHERE before IS NULL)')
        else:
            used = f'SELECT "{column}" FROM {other} WHERE "{column}" IS NOT NULL'
            _execute(f"DELETE FROM undone_row WHERE before IS NULL AND id IN ({used})", [])
    for statement in parts:
        _execute(statement, [])
    return _execute(f"DELETE FROM {table} WHERE id IN (SELECT id FROM undone_row WHERE before IS NULL)", [])


def _pointing_at(model: type[Model]) -> list[tuple[str, str]]:
    """Return table and column of every foreign key to the model."""
    return [
        (other._meta.db_table, field.column)
        for other in apps.get_models(include_auto_created=True)
        for field in other._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.related_model is model
    ]


def _execute(statement: str, parameters: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return int(cursor.rowcount)


# One row may have been touched by several chunks: what it was before the first, and what it was after the last.
_TOUCHED = """
CREATE TEMPORARY TABLE undone_row ON COMMIT DROP AS
SELECT object_id AS id, (array_agg(before ORDER BY id))[1] AS before, (array_agg(after ORDER BY id DESC))[1] AS after
FROM gateway_importchange WHERE batch_id = %s GROUP BY object_id
"""

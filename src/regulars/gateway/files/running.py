"""Run one import: the child writes chunks, this loads them, each in a transaction together with how far it is.

A killed import goes on at the first chunk that was not committed: chunks of one file are always cut alike, and a row that is
there already changes nothing. A dry run is the same run in a transaction that is taken back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from regulars.core import bulk, money
from regulars.core.errors import DomainError, Problem
from regulars.core.outcomes import Change, SaveOutcome
from regulars.gateway.files import balances, chunks, folders, limits, loading, process, second
from regulars.gateway.files.kinds import KINDS
from regulars.gateway.models import ImportBatch
from regulars.organization.access import Viewer
from regulars.organization.company import get_company
from regulars.organization.models import Store
from regulars.organization.services.approvals import SecondPersonNeededError
from regulars.sales.normalize import Normalized

Progress = Callable[[str, float], None]
_SAMPLES = 20
_LOCK = 0x1B47  # the first half of the advisory lock, the batch's number is the second


class ImportRunningError(DomainError):
    """Another process is at work on the same batch."""

    code = "import.running"


@dataclass(slots=True)
class Run:
    """What one run did; `samples` are differences to show after a dry run."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    rows: int = 0
    samples: list[Change] = field(default_factory=list)
    brought: list[balances.Brought] = field(default_factory=list)  # of balances: sums by unit
    waits_for: dict[str, Any] | None = None  # what a second person has to approve first; nothing is saved
    note: str = ""

    def add(self, outcome: SaveOutcome, *, rows: int, rejected: int) -> None:
        """Add one chunk."""
        self.created += outcome.created
        self.updated += outcome.updated
        self.unchanged += outcome.unchanged
        self.rows += rows
        self.rejected += rejected
        self.samples += outcome.changes[: _SAMPLES - len(self.samples)]


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A piece of the file as the child cut it: its rows, how many it refused, and the row of the file at which it ends."""

    number: int
    rows: int
    rejected: int
    end: int
    path: Path
    table: pa.Table
    prepared: pa.Table | Normalized


def run(batch: ImportBatch, *, viewer: Viewer, now: datetime, progress: Progress) -> Run:
    """Load what is left of the batch; return what this run did."""
    acting = loading.importing(viewer, batch.kind)
    done = Run()
    with _alone(batch):
        batch.refresh_from_db()
        if not batch.rows_done:
            folders.clear_rejects(batch.pk)
        # Balances are money: all of a file or nothing, since only all of it tells whether one person may bring it.
        with transaction.atomic() if batch.kind == ImportBatch.Kind.BALANCES else nullcontext():
            for chunk in _ahead(batch, _chunks(batch, progress), behind=batch.rows_done):
                with transaction.atomic():
                    _load(batch, chunk, done, viewer=acting, now=now)
                progress("loading", _part(chunk.end, batch.rows_total))
            if batch.kind == ImportBatch.Kind.BALANCES:
                _settle_balances(batch, done, viewer=viewer)
    return done


def _settle_balances(batch: ImportBatch, done: Run, *, viewer: Viewer) -> None:
    """Take everything back where a second person has to approve it first."""
    done.brought = balances.sums_of(batch.pk, source=batch.source)
    try:
        done.note = second.refuse_alone(batch, viewer=viewer)
    except SecondPersonNeededError:
        done.waits_for = second.payload_of(batch)
        transaction.set_rollback(True)


def rehearse(batch: ImportBatch, *, viewer: Viewer, now: datetime, progress: Progress) -> Run:
    """Do all that `run` does, then take it back; return what it would have done."""
    acting = loading.importing(viewer, batch.kind)
    done = Run()
    trial = ImportBatch.objects.get(pk=batch.pk)
    with _alone(batch), transaction.atomic():
        folders.clear_rejects(batch.pk)
        for chunk in _ahead(trial, _chunks(trial, progress), behind=0):
            _load(trial, chunk, done, viewer=acting, now=now)
            progress("checking", _part(chunk.end, trial.rows_total))
        if batch.kind == ImportBatch.Kind.BALANCES:
            done.brought = balances.sums_of(batch.pk, source=batch.source)
        transaction.set_rollback(True)
    ImportBatch.objects.filter(pk=batch.pk).update(rows_total=trial.rows_total)
    return done


def task_of(batch: ImportBatch, *, action: str) -> dict[str, Any]:
    """Return what the child is asked for."""
    company = get_company()
    digits = money.minor_digits(company.currency)
    stores = Store.objects.exclude(currency=company.currency).values_list("code", "currency")
    return {
        "action": action,
        "path": str(folders.file_of(batch.pk)),
        "name": batch.file_name,
        "folder": str(folders.folder_of(batch.pk)),
        "kind": batch.kind,
        "columns": batch.columns,
        "options": batch.options,
        "currency": company.currency,
        "stores": {code: count for code, unit in stores if (count := money.minor_digits(unit)) != digits},
        "bytes_max": settings.IMPORT_FILE_BYTES_MAX,
        "chunk_rows": limits.ROWS_PER_CHUNK,
    }


def _chunks(batch: ImportBatch, progress: Progress) -> Iterator[dict[str, Any]]:
    """Give the chunks with the row at which each ends, as the child finishes them."""
    progress("reading", 0.0)
    end = 0
    for answer in process.ask(task_of(batch, action="convert")):
        if answer["event"] == "read":
            batch.rows_total = answer["rows"]
            ImportBatch.objects.filter(pk=batch.pk).update(rows_total=answer["rows"])
        if answer["event"] == "chunk":
            end += answer["rows"]
            yield {"number": answer["number"], "rows": answer["rows"], "rejected": answer["rejected"], "end": end}


def _ahead(batch: ImportBatch, told: Iterator[dict[str, Any]], *, behind: int) -> Iterator[_Chunk]:
    """Give the chunks that end after row `behind`, the next one being prepared while the caller is busy with this one."""

    def prepared(answer: dict[str, Any]) -> _Chunk:
        path = chunks.rows_file(folders.folder_of(batch.pk), answer["number"])
        table = chunks.read(path)
        return _Chunk(**answer, path=path, table=table, prepared=loading.prepare(batch.kind, table))

    with ThreadPoolExecutor(max_workers=1) as ahead:
        waiting: Future[_Chunk] | None = None
        for answer in told:
            if answer["end"] > behind:
                following = ahead.submit(prepared, answer)
                if waiting is not None:
                    yield waiting.result()
                waiting = following
        if waiting is not None:
            yield waiting.result()


def _load(batch: ImportBatch, chunk: _Chunk, done: Run, *, viewer: Viewer, now: datetime) -> None:
    outcome = loading.load(batch.kind, chunk.prepared, source=batch.source, now=now, viewer=viewer, batch_id=batch.pk)
    refused = _refused(batch, chunk.table, outcome.problems)
    if refused.num_rows:
        chunks.write(chunks.rejects_file(folders.folder_of(batch.pk), chunk.number, by="load"), refused)
    _remember(batch, outcome.changes)
    rejected = chunk.rejected + pc.count_distinct(refused["row"]).as_py()
    done.add(outcome, rows=chunk.rows, rejected=rejected)
    batch.rows_done = chunk.end
    batch.created += outcome.created
    batch.updated += outcome.updated
    batch.unchanged += outcome.unchanged
    batch.rejected += rejected
    batch.save(update_fields=["rows_done", "created", "updated", "unchanged", "rejected"])
    chunk.path.unlink()


def _refused(batch: ImportBatch, table: pa.Table, problems: list[Problem]) -> pa.Table:
    """Return the rows that the rooms refused, in the user's words for columns; a receipt goes with all its lines."""
    labels = dict(batch.columns)
    for key, label in batch.columns.items():
        if field_ := KINDS[batch.kind].find(key):
            labels[field_.column] = label
    rows = [problem.row for problem in problems]
    columns = [labels.get(problem.column or "", problem.column) for problem in problems]
    codes = [problem.code for problem in problems]
    values = _values(table, problems)
    messages = [problem.message for problem in problems]
    if rows and KINDS[batch.kind].are_receipts:
        bad = pc.is_in(table["row"], value_set=pa.array(rows, pa.int64()))
        same = pc.is_in(table["receipt_id"], value_set=table["receipt_id"].filter(bad))
        others = table["row"].filter(pc.and_(same, pc.invert(bad))).to_pylist()
        rows += others
        columns += [""] * len(others)
        codes += ["receipt.line_rejected"] * len(others)
        values += [None] * len(others)
        messages += [None] * len(others)  # type: ignore[list-item]
    return pa.table(
        {"row": rows, "column": columns, "code": codes, "value": values, "message": messages},
        schema=chunks.REJECTS,
    )


def _values(table: pa.Table, problems: list[Problem]) -> list[str | None]:
    """Return what stood in the refused cells, as far as they were texts."""
    if not problems:
        return []
    places = {row: index for index, row in enumerate(table["row"].to_pylist())}
    texts = {name for name in table.column_names if pa.types.is_string(table.schema.field(name).type)}
    return [
        table[problem.column][places[problem.row]].as_py()[:200]
        if problem.column in texts and problem.row in places and table[problem.column][places[problem.row]].is_valid
        else None
        for problem in problems
    ]


def _remember(batch: ImportBatch, changes: list[Change]) -> None:
    """Keep what each change replaced, so that the batch can be undone."""
    if not changes:
        return
    bulk.stage(
        "incoming_change",
        pa.table(
            {
                "object_id": pa.array([change.object_id for change in changes], pa.int64()),
                "before": pa.array(
                    [None if change.before is None else json.dumps(change.before) for change in changes], pa.string()
                ),
                "after": pa.array([json.dumps(change.after) for change in changes], pa.string()),
            }
        ),
    )
    bulk.execute(
        'INSERT INTO gateway_importchange (batch_id, "table", object_id, before, after) '
        "SELECT %(batch)s, %(table)s, object_id, before::jsonb, after::jsonb FROM incoming_change",
        {"batch": batch.pk, "table": loading.TABLES[ImportBatch.Kind(batch.kind)]},
    )


@contextmanager
def _alone(batch: ImportBatch) -> Iterator[None]:
    """Let one process at a time work on a batch; the lock goes with the connection of a process that dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, batch.pk])
        if not cursor.fetchone()[0]:
            raise ImportRunningError(_("This import is running already; wait for it to end."))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, batch.pk])


def _part(done: int, total: int | None) -> float:
    return done / total if total else 1.0

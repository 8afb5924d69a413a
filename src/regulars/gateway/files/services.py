"""Import files: the verbs of the import page and of `regulars import`.

`run_file` is the whole way in one call; the page goes it in steps: `upload`, `choose`, `dry_run`, `run_import`, `undo_import`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core.errors import DomainError
from regulars.gateway.files import folders, preparing, receiving, running, second, undoing
from regulars.gateway.files.kinds import KINDS
from regulars.gateway.files.options import Options
from regulars.gateway.files.receiving import KindUnknownError
from regulars.gateway.files.running import Progress
from regulars.gateway.models import ImportBatch
from regulars.organization import audit
from regulars.organization.access import Viewer
from regulars.organization.services.approvals import SecondPersonNeededError

State = ImportBatch.State
_OPEN = {State.UPLOADED, State.CHECKED}


class WrongStateError(DomainError):
    """The batch is past this step, or not there yet."""

    code = "import.state"


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What a call did; `repeated`: the same file had been imported before, and nothing was changed now."""

    batch: ImportBatch
    repeated: bool
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0

    @property
    def pk(self) -> int:
        return int(self.batch.pk)


def in_silence(_step: str, _part: float) -> None:
    """Tell nobody how far an import is."""


def run_file(
    path: Path | str,
    *,
    kind: str | None = None,
    mapping: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
    source: str,
    viewer: Viewer,
    now: datetime,
    progress: Progress = in_silence,
) -> ImportResult:
    """Import the file at `path`; what is not given is guessed from its header.

    A file that was imported before, with the same mapping, changes nothing; one that was left half-way goes on.
    """
    file = receiving.find_file(path)
    batch = receiving.receive(file, name=file.name, kind=kind or "", source=source, viewer=viewer, now=now)
    try:
        batch.options = Options.of(options or {}).told()
        seen = preparing.inspect(batch)
        batch.kind = kind or preparing.guess_kind(seen.header)
        preparing.settle(batch, seen.header, mapping=mapping, options=options)
    except DomainError as error:
        _refuse(batch, error, now=now)
        raise
    earlier = _same_before(batch)
    if earlier is not None:
        folders.remove(batch.pk)
        batch.delete()
        if earlier.state == State.DONE:
            return ImportResult(earlier, repeated=True, unchanged=earlier.rows_done - earlier.rejected)
        folders.keep(file, earlier.pk)
        batch = earlier
    batch.save()
    preparing.remember(batch, seen.header, now=now)
    return run_import(batch, viewer=viewer, now=now, progress=progress)


def upload(
    blocks: Iterable[bytes],
    *,
    name: str,
    kind: str,
    source: str,
    viewer: Viewer,
    now: datetime,
    store_id: int | None = None,
) -> ImportBatch:
    """Keep an uploaded file and look at its first rows; an empty `kind` is guessed, or stays empty for the page to ask."""
    viewer.require("import.run", store_id=store_id)
    file = receiving.write_upload(blocks)
    try:
        batch = receiving.receive(file, name=name, kind=kind, source=source, viewer=viewer, now=now, store_id=store_id)
    finally:
        file.unlink()
    try:
        header = preparing.inspect(batch).header
    except DomainError as error:
        _refuse(batch, error, now=now)
        raise
    with suppress(KindUnknownError):
        batch.kind = kind or preparing.guess_kind(header)
        preparing.settle(batch, header)
    batch.save()
    return batch


def choose(
    batch: ImportBatch,
    *,
    kind: str,
    columns: Mapping[str, str] | None = None,
    options: Mapping[str, Any],
    viewer: Viewer,
    now: datetime,
) -> None:
    """Settle kind, mapping (None: as remembered or suggested) and options of a batch that has not run, and remember them."""
    viewer.require("import.run")
    _require_state(batch, _OPEN)
    if kind not in KINDS:
        raise KindUnknownError(_("A file holds one of %(kinds)s.") % {"kinds": ", ".join(KINDS)})
    batch.kind = kind
    batch.options = Options.of({**batch.options, **options}).told()
    header = preparing.inspect(batch).header
    if columns is not None:
        columns = {key: label for key, label in columns.items() if KINDS[kind].find(key) and label in header}
    preparing.settle(batch, header, mapping=columns, options=batch.options)
    batch.state = State.UPLOADED
    batch.error_code = batch.error_message = ""
    batch.save()
    if columns is not None:
        preparing.remember(batch, header, now=now)


def dry_run(batch: ImportBatch, *, viewer: Viewer, now: datetime, progress: Progress = in_silence) -> dict[str, Any]:
    """Do everything and take it back; the report says what would be created, updated, unchanged and refused."""
    _require_state(batch, _OPEN)
    try:
        done = running.rehearse(batch, viewer=viewer, now=now, progress=progress)
    except DomainError as error:
        _refuse(batch, error, now=now, is_final=False)
        raise
    report = {
        "created": done.created,
        "updated": done.updated,
        "unchanged": done.unchanged,
        "rejected": done.rejected,
        "rows": done.rows,
        "samples": [{"id": one.object_id, "before": one.before, "after": one.after} for one in done.samples],
        "brought": [asdict(one) for one in done.brought],
    }
    folders.write_json(batch.pk, "report.json", report)
    ImportBatch.objects.filter(pk=batch.pk).update(state=State.CHECKED, error_code="", error_message="", step="")
    batch.refresh_from_db()
    return report


def run_import(batch: ImportBatch, *, viewer: Viewer, now: datetime, progress: Progress = in_silence) -> ImportResult:
    """Load a batch, from its beginning or from where it was left; money above the limit waits for a second person."""
    _require_state(batch, _OPEN | {State.RUNNING})
    ImportBatch.objects.filter(pk=batch.pk).update(state=State.RUNNING, error_code="", error_message="")
    try:
        done = running.run(batch, viewer=viewer, now=now, progress=progress)
    except running.ImportRunningError:
        raise
    except DomainError as error:
        _refuse(batch, error, now=now)
        raise
    if done.waits_for is not None:
        _wait(batch, done, viewer=viewer, now=now)
    with transaction.atomic():
        ImportBatch.objects.filter(pk=batch.pk).update(state=State.DONE, finished_at=now, step="")
        counts = {"kind": batch.kind, "created": done.created, "updated": done.updated, "rejected": done.rejected}
        note = f"{batch.source}: {done.note}" if done.note else batch.source
        audit.record(viewer, "import.run", "import", batch.pk, now=now, after=counts, store_id=batch.store_id, note=note)
    folders.tidy(batch.pk)
    batch.refresh_from_db()
    return ImportResult(batch, False, done.created, done.updated, done.unchanged, done.rejected)


@transaction.atomic
def undo_import(batch: ImportBatch, *, viewer: Viewer, now: datetime) -> undoing.Undone:
    """Take back what a batch brought; rows that something else rests on by now are kept, and counted."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    _require_state(batch, {State.DONE})
    undone = undoing.undo(batch, viewer=viewer, now=now)
    batch.state = State.UNDONE
    batch.undone_at = now
    batch.save(update_fields=["state", "undone_at"])
    counts = {
        "kind": batch.kind, "removed": undone.removed, "restored": undone.restored, "kept": undone.kept,
        "earnings": undone.earnings,
    }  # fmt: skip
    folders.write_json(batch.pk, "report.json", {"undone": counts})
    audit.record(viewer, "import.undone", "import", batch.pk, now=now, after=counts, store_id=batch.store_id)
    return undone


def discard(batch: ImportBatch, *, viewer: Viewer) -> None:
    """Throw away a file that was never imported."""
    viewer.require("import.run")
    _require_state(batch, _OPEN | {State.REFUSED})
    folders.remove(batch.pk)
    batch.delete()


def _wait(batch: ImportBatch, done: running.Run, *, viewer: Viewer, now: datetime) -> NoReturn:
    """Put a batch of which nothing is saved back to where it was checked, and ask a second person for it."""
    asked = done.waits_for
    assert asked is not None, "looked at before"
    ImportBatch.objects.filter(pk=batch.pk).update(state=State.CHECKED)
    batch.refresh_from_db()
    report = {"created": done.created, "updated": done.updated, "unchanged": done.unchanged, "rejected": done.rejected}
    brought = [asdict(one) for one in done.brought]
    folders.write_json(batch.pk, "report.json", report | {"rows": done.rows, "samples": [], "brought": brought})
    second.ask(asked, viewer=viewer, now=now)
    raise SecondPersonNeededError(_("The file brings more money than one person may. A second person was asked to approve it."))


def _require_state(batch: ImportBatch, states: Iterable[str]) -> None:
    if batch.state not in states:
        raise WrongStateError(_("This step is not open any more; look at the import's page, or start a new one."))


def _same_before(batch: ImportBatch) -> ImportBatch | None:
    """Return the batch that brought this very file under the same mapping, done or half-done."""
    return (
        ImportBatch.objects.filter(
            kind=batch.kind,
            file_sha256=batch.file_sha256,
            source=batch.source,
            columns=batch.columns,
            options=batch.options,
            state__in=[State.DONE, State.RUNNING],
        )
        .exclude(pk=batch.pk)
        .order_by("-pk")
        .first()
    )


def _refuse(batch: ImportBatch, error: DomainError, *, now: datetime, is_final: bool = True) -> None:
    """Keep with the batch why it was refused; after a dry run the mapping may still be mended."""
    ImportBatch.objects.filter(pk=batch.pk).update(
        kind=batch.kind,
        state=State.REFUSED if is_final else State.UPLOADED,
        error_code=error.code[:60],
        error_message=error.message[:500],
        step="",
        finished_at=now if is_final else None,
    )
    place = {key: value for key, value in error.place.items() if value is not None}
    folders.write_json(batch.pk, "report.json", {"fault": {"code": error.code, "message": error.message, **place}})
    if is_final:
        folders.tidy(batch.pk)
    batch.refresh_from_db()

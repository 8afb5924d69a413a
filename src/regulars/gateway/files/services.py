"""Import files: the verbs of the import page and of `regulars import`.

`run_file` is the whole way in one call; the page goes it in steps: `upload`, `preview`, `choose`, `dry_run`, `run_import`,
`undo`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from regulars.core.errors import DomainError, InvalidInputError
from regulars.gateway.files import folders, matching, process, running
from regulars.gateway.files.faults import FileRefusedError
from regulars.gateway.files.kinds import KINDS
from regulars.gateway.files.options import Options
from regulars.gateway.files.reading.sniffing import ENDINGS
from regulars.gateway.files.running import Progress
from regulars.gateway.models import ImportBatch
from regulars.gateway.models import Mapping as StoredMapping
from regulars.organization import audit
from regulars.organization.access import Viewer

State = ImportBatch.State
_BLOCK = 2**20
_HIDDEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


class KindUnknownError(InvalidInputError):
    """The header does not tell what the file holds."""

    code = "import.kind_unknown"


class WrongStateError(DomainError):
    """The batch is past this step, or not there yet."""

    code = "import.state"


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of a file and what its columns probably mean."""

    header: list[str]
    sample: list[list[str | None]]
    told: dict[str, str]  # encoding, separator, sheet
    columns: dict[str, str]
    options: dict[str, Any]
    remembered: bool


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What a call did: `repeated` says that the same file had been imported before, and nothing was changed now."""

    batch: ImportBatch
    repeated: bool
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0

    @property
    def pk(self) -> int:
        return int(self.batch.pk)


def run_file(
    path: Path | str,
    *,
    kind: str | None = None,
    mapping: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
    source: str,
    viewer: Viewer,
    now: datetime,
    progress: Progress = lambda _step, _part: None,
) -> ImportResult:
    """Import the file at `path`; what is not given is guessed from its header.

    A file that was imported before, with the same mapping, changes nothing; one that was left half-way goes on.
    """
    file = _dataset(path)
    batch = _new_batch(file, name=file.name, kind=kind or "", source=source, viewer=viewer, now=now)
    batch.options = Options.of(options or {}).told()
    try:
        seen = _inspect(batch)
        batch.kind = kind or _guessed(seen["header"])
        _settle(batch, seen["header"], mapping, options or {})
    except DomainError as error:
        _refuse(batch, error, now=now)
        raise
    earlier = _same_before(batch)
    if earlier is not None:
        folders.tidy(batch.pk)
        folders.folder_of(batch.pk).rmdir()
        batch.delete()
        if earlier.state == State.DONE:
            return ImportResult(earlier, repeated=True, unchanged=earlier.rows_done - earlier.rejected)
        folders.keep(file, earlier.pk)
        batch = earlier
    batch.save()
    _remember(batch, seen["header"], now=now)
    return run_import(batch, viewer=viewer, now=now, progress=progress)


def upload(
    chunks: Any, *, name: str, kind: str, source: str, viewer: Viewer, now: datetime, store_id: int | None = None
) -> ImportBatch:
    """Keep an uploaded file (its bytes come in `chunks`) and look at its first rows; `kind` may be empty to guess it."""
    viewer.require("import.run", store_id=store_id)
    if not ENDINGS.get(Path(name.lower()).suffix):
        raise FileRefusedError("dataset.name", "Send a file that ends in .csv, .xlsx, .parquet, .json, .zip or .gz.")
    scratch = settings.REGULARS_HOME.imports / f".upload-{hashlib.sha256(f'{name}{now}'.encode()).hexdigest()[:16]}"
    size = 0
    try:
        with scratch.open("wb") as file:
            for block in chunks:
                size += len(block)
                _refuse_size(size)
                file.write(block)
        batch = _new_batch(scratch, name=name, kind=kind, source=source, viewer=viewer, now=now, store_id=store_id)
    finally:
        scratch.unlink(missing_ok=True)
    try:
        header = _inspect(batch)["header"]
        batch.kind = kind or _guessed(header)
        _settle(batch, header, None, {})
    except KindUnknownError:
        pass  # the page asks
    except DomainError as error:
        _refuse(batch, error, now=now)
        raise
    batch.save()
    return batch


def preview(batch: ImportBatch) -> Preview:
    """Look at the first rows again, under the options chosen meanwhile."""
    seen = _inspect(batch)
    return Preview(
        header=seen["header"],
        sample=seen["sample"],
        told=seen["told"],
        columns=matching.applicable(batch.columns, seen["header"]),
        options=dict(batch.options),
        remembered=_find_mapping(batch.kind, seen["header"]) is not None,
    )


def choose(
    batch: ImportBatch, *, kind: str, columns: Mapping[str, str], options: Mapping[str, Any], viewer: Viewer, now: datetime
) -> None:
    """Settle kind, mapping and options of a batch that has not run, and remember them for the next file like it."""
    viewer.require("import.run")
    if batch.state not in {State.UPLOADED, State.CHECKED}:
        raise WrongStateError("This import has run already; start a new one.")
    batch.kind = kind
    batch.columns = {key: label for key, label in columns.items() if KINDS[kind].find(key)}
    batch.options = Options.of({**batch.options, **options}).told()
    batch.state = State.UPLOADED
    batch.error_code = batch.error_message = ""
    batch.save()
    _remember(batch, _inspect(batch)["header"], now=now)


def dry_run(
    batch: ImportBatch, *, viewer: Viewer, now: datetime, progress: Progress = lambda _step, _part: None
) -> dict[str, Any]:
    """Do everything and take it back; the report says what would be created, updated, unchanged and refused."""
    if batch.state not in {State.UPLOADED, State.CHECKED}:
        raise WrongStateError("This import has run already.")
    try:
        done = running.rehearse(batch, viewer=viewer, now=now, progress=progress)
    except DomainError as error:
        _refuse(batch, error, now=now, final=False)
        raise
    report = {
        "created": done.created,
        "updated": done.updated,
        "unchanged": done.unchanged,
        "rejected": done.rejected,
        "rows": done.rows,
        "samples": [{"id": change.object_id, "before": change.before, "after": change.after} for change in done.samples],
    }
    folders.write_json(batch.pk, "report.json", report)
    ImportBatch.objects.filter(pk=batch.pk).update(state=State.CHECKED, error_code="", error_message="", step="")
    batch.refresh_from_db()
    return report


def run_import(
    batch: ImportBatch, *, viewer: Viewer, now: datetime, progress: Progress = lambda _step, _part: None
) -> ImportResult:
    """Load a batch, from its beginning or from where it was left."""
    if batch.state not in {State.UPLOADED, State.CHECKED, State.RUNNING}:
        raise WrongStateError("This import has run already; start a new one.")
    ImportBatch.objects.filter(pk=batch.pk).update(state=State.RUNNING, error_code="", error_message="")
    try:
        done = running.run(batch, viewer=viewer, now=now, progress=progress)
    except running.ImportRunningError:
        raise
    except DomainError as error:
        _refuse(batch, error, now=now)
        raise
    with transaction.atomic():
        ImportBatch.objects.filter(pk=batch.pk).update(state=State.DONE, finished_at=now, step="")
        counts = {"kind": batch.kind, "created": done.created, "updated": done.updated, "rejected": done.rejected}
        audit.record(
            viewer, "import.run", "import", batch.pk, now=now, after=counts, store_id=batch.store_id, note=batch.source
        )
    folders.tidy(batch.pk)
    batch.refresh_from_db()
    return ImportResult(
        batch, repeated=False, created=done.created, updated=done.updated, unchanged=done.unchanged, rejected=done.rejected
    )


def _dataset(path: Path | str) -> Path:
    """Return the file that a name means; a name is never a pattern, an address or a statement."""
    text = str(path)
    file = Path(path)
    if "://" in text or "\0" in text or not ENDINGS.get(file.suffix.lower()):
        raise FileRefusedError(
            "dataset.name", "Name one file that ends in .csv, .tsv, .xlsx, .parquet, .json, .ndjson, .zip or .gz."
        )
    if not file.is_file():
        raise FileRefusedError("dataset.name", f"There is no file {file.name[:120]!r}.")
    return file


def _new_batch(
    file: Path, *, name: str, kind: str, source: str, viewer: Viewer, now: datetime, store_id: int | None = None
) -> ImportBatch:
    viewer.require("import.run")
    if kind and kind not in KINDS:
        raise KindUnknownError(f"A file holds one of {', '.join(KINDS)}.")
    size = file.stat().st_size
    _refuse_size(size)
    batch = ImportBatch.objects.create(
        kind=kind,
        file_name=shown_name(name),
        file_sha256=_sha256(file),
        file_bytes=size,
        source=source,
        options=Options().told(),
        by=viewer.label[:160],
        person_id=viewer.person_id,
        store_id=store_id,
        created_at=now,
    )
    folders.keep(file, batch.pk)
    return batch


def shown_name(name: str) -> str:
    """Return a file's name as it may be shown and put into a header: no path, no control or direction marks, not too long."""
    plain = _HIDDEN.sub("", unicodedata.normalize("NFC", name)).replace("\\", "/").rsplit("/", 1)[-1].replace('"', "")
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[:150]}{dot}{ending[:20]}" or "file"


def _refuse_size(size: int) -> None:
    if size > settings.IMPORT_FILE_BYTES_MAX:
        gigabytes = settings.IMPORT_FILE_BYTES_MAX / 2**30
        raise FileRefusedError("file.too_large", f"A file can have {gigabytes:g} GB; split it.")


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _inspect(batch: ImportBatch) -> dict[str, Any]:
    """Have a child look at the first rows."""
    found = [answer for answer in process.ask(running.task_of(batch, action="inspect")) if answer["event"] == "found"]
    return found[0]


def _guessed(header: list[str]) -> str:
    kind = matching.guess_kind(header)
    if not kind:
        raise KindUnknownError("The columns do not tell what the file holds; choose it.")
    return kind


def _settle(batch: ImportBatch, header: list[str], mapping: Mapping[str, str] | None, options: Mapping[str, Any]) -> None:
    """Fill in the mapping: as given, as remembered for this header, or as the words suggest."""
    kind = KINDS[batch.kind]
    stored = None if mapping is not None else _find_mapping(batch.kind, header)
    if mapping is not None:
        batch.columns = dict(mapping)
    elif stored is not None:
        batch.columns = matching.applicable(stored.columns, header)
    else:
        batch.columns = matching.suggest(kind, header)
    chosen = {**(stored.options if stored else {}), **options}
    if kind.are_receipts and "customer_kind" not in chosen and "customer" in batch.columns:
        chosen["customer_kind"] = matching.customer_kind(batch.columns["customer"])
    batch.options = Options.of(chosen).told()


def _find_mapping(kind: str, header: list[str]) -> StoredMapping | None:
    return StoredMapping.objects.filter(kind=kind, header_hash=matching.header_hash(header)).first()


def _remember(batch: ImportBatch, header: list[str], *, now: datetime) -> None:
    StoredMapping.objects.update_or_create(
        kind=batch.kind,
        header_hash=matching.header_hash(header),
        defaults={"columns": batch.columns, "options": batch.options, "used_at": now},
    )


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


def _refuse(batch: ImportBatch, error: DomainError, *, now: datetime, final: bool = True) -> None:
    """Keep with the batch why it was refused; after a dry run the mapping may still be mended."""
    where = {key: value for key, value in error.place.items() if value is not None}
    ImportBatch.objects.filter(pk=batch.pk).update(
        kind=batch.kind,
        state=State.REFUSED if final else State.UPLOADED,
        error_code=error.code[:60],
        error_message=error.message[:500],
        step="",
        finished_at=now if final else None,
    )
    folders.write_json(batch.pk, "report.json", {"fault": {"code": error.code, "message": error.message, **where}})
    if final:
        folders.tidy(batch.pk)
    batch.refresh_from_db()

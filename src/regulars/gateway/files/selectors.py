"""Read imports: only what the viewer brought, or what came in for the viewer's stores (T-8)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet

from regulars.core.errors import NotFoundError
from regulars.gateway.files import chunks, folders, wording
from regulars.gateway.models import ImportBatch
from regulars.organization.access import Viewer


def list_batches(viewer: Viewer) -> QuerySet[ImportBatch]:
    """Return the imports that the viewer may see, newest first."""
    scope = viewer.require("import.run")
    batches = ImportBatch.objects.order_by("-created_at", "-pk")
    if scope.stores is None:
        return batches
    own = Q(person_id=viewer.person_id) if viewer.person_id else Q(pk__in=[])
    return batches.filter(own | Q(store_id__in=scope.stores))


def get_batch(viewer: Viewer, batch_id: int) -> ImportBatch:
    """Return one import; a foreign one looks missing."""
    batch = list_batches(viewer).filter(pk=batch_id).first()
    if batch is None:
        raise NotFoundError
    return batch


def progress_of(batch: ImportBatch) -> dict[str, Any]:
    """Return what is being done to a batch and how far it is."""
    return folders.read_json(batch.pk, "progress.json")


def report_of(batch: ImportBatch) -> dict[str, Any]:
    """Return what the last dry run, refusal or undo said."""
    return folders.read_json(batch.pk, "report.json")


def rejects_of(batch: ImportBatch) -> Iterator[dict[str, Any]]:
    """Give the refused rows of a batch in the order of the file, chunk by chunk."""
    by_chunk: dict[str, list[Path]] = {}
    for path in sorted(folders.folder_of(batch.pk).glob("rejects-*.arrow")):
        by_chunk.setdefault(path.name.split("-")[1], []).append(path)
    for paths in by_chunk.values():
        rows = [row for path in paths for row in chunks.read(path).to_pylist()]
        for row in sorted(rows, key=lambda row: (row["row"], row["column"] or "")):
            yield {**row, "message": wording.sentence(row["code"], row["message"])}

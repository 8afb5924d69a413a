"""Take a file in: judge its name and size, give it a batch and a folder. Its content is for the child to look at."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext as _

from regulars.core.errors import InvalidInputError
from regulars.gateway.files import folders
from regulars.gateway.files.faults import FileRefusedError
from regulars.gateway.files.kinds import ENDINGS, KINDS
from regulars.gateway.files.options import Options
from regulars.gateway.models import ImportBatch
from regulars.organization.access import Viewer

_BLOCK = 2**20
_HIDDEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


class KindUnknownError(InvalidInputError):
    """The header does not tell what the file holds."""

    code = "import.kind_unknown"


def find_file(path: Path | str) -> Path:
    """Return the file that a name means; a name is never a pattern, an address or a statement."""
    file = Path(path)
    if "://" in str(path) or "\0" in str(path):
        raise FileRefusedError("dataset.name", "Name a file on this machine.")
    _refuse_ending(file.name)
    if not file.is_file():
        raise FileRefusedError("dataset.name", f"There is no file {shown_name(file.name)!r}.")
    return file


def receive(
    file: Path, *, name: str, kind: str, source: str, viewer: Viewer, now: datetime, store_id: int | None = None
) -> ImportBatch:
    """Make the batch of a file that lies on this machine."""
    viewer.require("import.run", store_id=store_id)
    if kind and kind not in KINDS:
        raise KindUnknownError(_("A file holds one of %(kinds)s.") % {"kinds": ", ".join(KINDS)})
    _refuse_ending(name)
    size = file.stat().st_size
    refuse_size(size)
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


def write_upload(blocks: Iterable[bytes]) -> Path:
    """Write the blocks of an upload to a file of our own name, and stop at the limit."""
    settings.REGULARS_HOME.imports.mkdir(parents=True, exist_ok=True)
    path: Path = settings.REGULARS_HOME.imports / f".upload-{uuid4().hex}"
    size = 0
    try:
        with path.open("wb") as file:
            for block in blocks:
                size += len(block)
                refuse_size(size)
                file.write(block)
    except FileRefusedError:
        path.unlink()
        raise
    return path


def shown_name(name: str) -> str:
    """Return a file's name as it may be shown and put into a header: no path, no hidden marks, not too long.

    >>> shown_name('../a"\\r\\nX: y.csv')
    'aX: y.csv'
    """
    plain = _HIDDEN.sub("", unicodedata.normalize("NFC", name)).replace("\\", "/").rsplit("/", 1)[-1].replace('"', "")
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[:150]}{dot}{ending[:20]}" or "file"


def refuse_size(size: int) -> None:
    """Refuse what is larger than the installation takes."""
    if size > settings.IMPORT_FILE_BYTES_MAX:
        raise FileRefusedError("file.too_large", f"A file can have {settings.IMPORT_FILE_BYTES_MAX / 2**30:g} GB; split it.")


def _refuse_ending(name: str) -> None:
    if not ENDINGS.get(Path(name.lower()).suffix):
        known = ".csv, .tsv, .xlsx, .parquet, .json, .ndjson, .zip or .gz"
        raise FileRefusedError("dataset.name", f"Send one file whose name ends in {known}.")


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()

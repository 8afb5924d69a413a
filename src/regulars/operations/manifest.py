"""The manifest of a backup: every file with its checksum, and what the database held, so that damage shows before use.

For `backups` (writes it last) and `restoring` (believes nothing that it does not confirm). The manifest's own checksum
stands in a file beside it.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from regulars.core.errors import DomainError

NAME = "manifest.json"
SEAL = "manifest.sha256"
FORMAT = 1
_CHUNK_BYTES = 2**20


class DamagedBackupError(DomainError):
    """The folder is no whole backup; nothing was touched."""

    code = "backup.damaged"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the backup, by its path below the backup's folder."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds."""

    folder: Path
    version: str  # the release that made it
    made_at: str
    counted_to: int  # no row of it was written by a later transaction
    migrations: list[str]
    totals: dict[str, int]
    key_check: str  # what the master key makes of a known text: another key would leave contact data unreadable
    entries: list[Entry]
    audit_seal: str = ""  # the end of the audit trail's chain: what a trail rewritten as a whole would no longer hold
    ledger_seals: str = ""  # the same of the ledger

    @property
    def total_bytes(self) -> int:
        return sum(entry.size for entry in self.entries)

    def below(self, top: str) -> list[Entry]:
        """Return the files of one part (`lake`, `keys`, `files` …)."""
        return [entry for entry in self.entries if entry.path.startswith(f"{top}/")]


def write(manifest: Manifest) -> None:
    """Write the manifest and its seal into its folder."""
    content = asdict(manifest) | {"format": FORMAT}
    del content["folder"]
    text = json.dumps(content, indent=1, ensure_ascii=False).encode()
    for name, data in ((NAME, text), (SEAL, hashlib.sha256(text).hexdigest().encode())):
        with (manifest.folder / name).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


def read(folder: Path) -> Manifest:
    """Return the manifest of `folder` after its own checksum has been confirmed."""
    try:
        text = (folder / NAME).read_bytes()
        seal = (folder / SEAL).read_bytes()
    except OSError as error:
        raise DamagedBackupError(f"{folder} is no whole backup: {error.filename} cannot be read.") from None
    if hashlib.sha256(text).hexdigest().encode() != seal:
        raise DamagedBackupError(f"{folder / NAME} was changed after the backup was made.")
    content: dict[str, Any] = json.loads(text)
    if content.pop("format") != FORMAT:
        raise DamagedBackupError(f"{folder} was made by a newer release; restore it with that one.")
    entries = [Entry(**entry) for entry in content.pop("entries")]
    return Manifest(folder=folder, entries=entries, **content)


def confirm(manifest: Manifest) -> None:
    """Refuse a backup of which any file is missing, cut or changed."""
    for entry in manifest.entries:
        path = manifest.folder / entry.path
        if not path.is_file() or path.stat().st_size != entry.size or hash_file(path) != entry.sha256:
            raise DamagedBackupError(f"The backup is damaged: {path} is missing or was changed. Nothing was touched.")


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_file(source: Path, target: Path, *, name: str) -> Entry:
    """Copy one file so that it survives a power cut, and return its entry under `name`."""
    found = hashlib.sha256()
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with source.open("rb") as reader, target.open("xb") as writer:
        target.chmod(0o600)
        while chunk := reader.read(_CHUNK_BYTES):
            found.update(chunk)
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
        return Entry(name, writer.tell(), found.hexdigest())

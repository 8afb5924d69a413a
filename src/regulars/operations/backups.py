"""Copy an installation into a folder: database, lake, keys and files, of one moment (F128, G25).

For `regulars backup`. The folder appears under its name only when it is whole: until then it is a hidden one beside it.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from django.conf import settings

from regulars.core import pii
from regulars.core.errors import DomainError
from regulars.core.home_folder import HomeFolder
from regulars.insight.lake import source as lake_source
from regulars.loyalty.wallet import seals
from regulars.operations import manifest as manifests
from regulars.operations import pg_programs, totals
from regulars.operations.manifest import Entry, Manifest
from regulars.operations.models import Backup
from regulars.organization import audit

DATABASE = "database.dump"


class BackupPlaceError(DomainError):
    """The folder cannot take the backup."""

    code = "backup.place"


@dataclass(frozen=True, slots=True)
class _Moment:
    """A snapshot that other connections can share, and what it holds."""

    snapshot: str
    counted_to: int
    migrations: list[str]
    totals: dict[str, int]
    audit_seal: str
    ledger_seals: str


def create(home: HomeFolder, folder: Path, *, now: datetime) -> Backup:
    """Make a backup in `folder`, which must be new or empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupPlaceError(f"{folder} exists; name a new folder for the backup.")
    if folder.is_relative_to(home.root):
        raise BackupPlaceError(f"{folder} lies inside the home folder it is to save; name a place elsewhere.")
    audit.seal(now=now)
    seals.seal(now=now)
    with _unfinished(folder) as scratch:
        made = _fill(scratch, home, now=now)
        manifests.write(made)
    return Backup.objects.create(
        folder=str(folder), made_at=now, files=len(made.entries), total_bytes=made.total_bytes, version=made.version
    )


def _fill(scratch: Path, home: HomeFolder, *, now: datetime) -> Manifest:
    # While the lake's writers wait, its files and the database's snapshot are of one moment.
    with psycopg.connect(settings.DATABASE_OWNER_URL) as reader:
        with lake_source.alone(lake_source.conninfo()):
            moment = _open_moment(reader)
            entries = _copy_tree(home.lake, scratch, "lake") if _has_local_lake(home) else []
        dump = scratch / DATABASE
        pg_programs.run(
            "pg_dump", "--format=custom", "--compress=gzip:1", "--no-owner", "--no-privileges",
            f"--snapshot={moment.snapshot}", f"--file={dump}",
        )  # fmt: skip
    dump.chmod(0o600)
    entries += [Entry(DATABASE, dump.stat().st_size, manifests.hash_file(dump))]
    for part in (home.keys, home.files, home.imports):
        entries += _copy_tree(part, scratch, part.name)
    return Manifest(
        folder=scratch,
        version=importlib.metadata.version("regulars"),
        made_at=now.isoformat(timespec="seconds"),
        counted_to=moment.counted_to,
        migrations=moment.migrations,
        totals=moment.totals,
        key_check=key_check(),
        entries=entries,
        audit_seal=moment.audit_seal,
        ledger_seals=moment.ledger_seals,
    )


def key_check() -> str:
    """Return what this installation's master key makes of a known text."""
    return pii.digest("backup", "key check").hex()


def _open_moment(reader: psycopg.Connection) -> _Moment:
    reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    def ask(query: str) -> list[tuple[object, ...]]:
        return reader.execute(query.encode()).fetchall()

    return _Moment(
        snapshot=str(ask("SELECT pg_export_snapshot()")[0][0]),
        counted_to=int(str(ask("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint + regulars_xid_offset()")[0][0])),
        migrations=[f"{app}.{name}" for app, name in ask("SELECT app, name FROM django_migrations ORDER BY 1, 2")],
        totals=totals.count(ask),
        audit_seal=next((str(told) for (told,) in ask(audit.NEWEST_SEAL)), ""),
        ledger_seals=str(ask(seals.NEWEST_SEALS)[0][0]),
    )


def _has_local_lake(home: HomeFolder) -> bool:
    """A lake in an object store is kept by the store; after a restore it is gone on with, or copied anew."""
    return str(settings.LAKE_URL) == str(home.lake)


def _copy_tree(source: Path, scratch: Path, name: str) -> list[Entry]:
    return [
        manifests.copy_file(path, scratch / name / path.relative_to(source), name=f"{name}/{path.relative_to(source)}")
        for path in sorted(source.rglob("*"))
        if path.is_file()
    ]


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """Give a hidden folder beside `folder` that takes its name at the end, or is removed."""
    scratch = folder.with_name(f".{folder.name}.unfinished-{os.getpid()}")
    scratch.mkdir(parents=True, mode=0o700)
    try:
        yield scratch
        if folder.exists():
            folder.rmdir()
        scratch.rename(folder)
        _sync_folder(folder.parent)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""Bring a backup back into an empty home folder, or refuse it before anything is touched (F128, G25, G27, G28).

For `regulars restore`, in this order: `checked` → `refuse_used` → `place_files` → (Django is set up, with the restored
keys) → `restore_database`. A restored copy sends nothing until it is released.
"""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from regulars.core.home_folder import HomeFolder
from regulars.operations import manifest as manifests
from regulars.operations.manifest import Manifest
from regulars.operations.refusals import RestoreRefusedError

UNFINISHED = ".restoring"  # in the home folder for as long as a restore is not through


def checked(folder: Path) -> Manifest:
    """Return the manifest of a backup of which every file is as it was made."""
    manifest = manifests.read(folder)
    manifests.confirm(manifest)
    return manifest


def refuse_used(home: HomeFolder, *, force: bool) -> None:
    """Refuse a home folder that holds anything, unless it is to be replaced."""
    if address := home.served_at():
        raise RestoreRefusedError(f"{home.root} is served at {address}; stop that first.")
    used = (home.root / UNFINISHED).exists() or any(
        folder.exists() and any(folder.iterdir()) for folder in (home.postgres, home.lake, home.keys, home.files)
    )
    if used and not force:
        raise RestoreRefusedError(
            f"{home.root} holds an installation already. Restore into another folder with --home, or replace this one"
            " with --force."
        )


def place_files(manifest: Manifest, home: HomeFolder) -> None:
    """Put lake, keys and files into the home folder, in the place of whatever is there."""
    (home.root / UNFINISHED).touch()
    for part in (home.lake, home.keys, home.files, home.imports):
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700)
        for entry in manifest.below(part.name):
            placed = manifests.copy_file(manifest.folder / entry.path, home.root / entry.path, name=entry.path)
            if placed != entry:
                raise manifests.DamagedBackupError(f"{entry.path} changed while it was being restored.")


def restore_database(manifest: Manifest, home: HomeFolder, *, force: bool, now: datetime) -> None:
    """Fill the database, let it count on from beyond the backup, and pause all sending."""
    from regulars.operations import restored_database

    restored_database.refuse_foreign_key(manifest)
    restored_database.refuse_newer(manifest)
    restored_database.fill(manifest, force=force)
    restored_database.settle(manifest, now=now)
    (home.root / UNFINISHED).unlink()

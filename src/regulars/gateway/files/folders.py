"""The folder of a batch: the file as it came, the chunks on their way, the rejects, the report and how far it is.

Below the home folder's `imports`. Once a batch is done, only what people may still ask for stays: rejects and report.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings

_KEPT = ("rejects-", "report.json")


def folder_of(batch_id: int) -> Path:
    """Return the folder of a batch, made when it is first asked for."""
    folder: Path = settings.REGULARS_HOME.imports / str(batch_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def file_of(batch_id: int) -> Path:
    """Return where the uploaded file stands: under a name of ours, whatever its owner called it."""
    return folder_of(batch_id) / "file"


def keep(path: Path, batch_id: int) -> None:
    """Keep the file at `path` with the batch; linked where the disk allows, else copied."""
    target = file_of(batch_id)
    target.unlink(missing_ok=True)
    try:
        os.link(path.resolve(), target)
    except OSError:
        shutil.copyfile(path, target)


def write_json(batch_id: int, name: str, value: Any) -> None:
    """Write a small file so that a reader sees the old one or the new one."""
    path = folder_of(batch_id) / name
    scratch = path.with_suffix(".part")
    scratch.write_text(json.dumps(value, ensure_ascii=False, default=str), encoding="utf-8")
    scratch.rename(path)


def read_json(batch_id: int, name: str) -> dict[str, Any]:
    """Read what `write_json` has written; empty where there is nothing."""
    try:
        found = json.loads((folder_of(batch_id) / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found if isinstance(found, dict) else {}


def tidy(batch_id: int) -> None:
    """Remove everything but rejects and report: the rows are in the database, and copies of personal data are not kept."""
    for path in folder_of(batch_id).iterdir():
        if path.name.startswith(_KEPT):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def clear_rejects(batch_id: int) -> None:
    """Remove the rejects of an earlier try."""
    for path in folder_of(batch_id).glob("rejects-*.arrow"):
        path.unlink()


def remove(batch_id: int) -> None:
    """Remove the folder with everything in it."""
    shutil.rmtree(folder_of(batch_id))


def progress_told_at(batch_id: int) -> float:
    """Return when the progress of a batch was last written, in seconds since 1970; 0 if never."""
    try:
        return (folder_of(batch_id) / "progress.json").stat().st_mtime
    except FileNotFoundError:
        return 0.0

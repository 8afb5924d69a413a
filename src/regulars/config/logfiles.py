"""Where the children's log lines go: below the home folder while a person watches, else to standard error."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from regulars.core.home_folder import HomeFolder

NAME = "regulars.jsonl"
_BYTES_MAX = 20 * 2**20
_KEPT = 5


def environment(home: HomeFolder) -> dict[str, str]:
    """Return what tells the children where to log: service managers read standard error, people do not."""
    return {"REGULARS_LOG_FILE": str(home.log / NAME)} if sys.stdout.isatty() else {}


def rotate(home: HomeFolder) -> None:
    """Move a full log aside; the children notice and open a new one."""
    current = home.log / NAME
    if not current.exists() or current.stat().st_size < _BYTES_MAX:
        return
    for number in range(_KEPT - 1, 0, -1):
        older = current.with_suffix(f".{number}.jsonl")
        if older.exists():
            older.replace(current.with_suffix(f".{number + 1}.jsonl"))
    current.replace(current.with_suffix(".1.jsonl"))


def empty_folder(folder: Path) -> Path:
    """Return `folder`, made new."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    return folder

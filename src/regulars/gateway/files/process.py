"""Start the child that reads a file and give on what it tells: the only place where the parent meets a stranger's bytes.

The child gets a bare environment: no address of the database, no key, nothing that a hostile file could carry away.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import regulars
from regulars.gateway.files import limits
from regulars.gateway.files.faults import FileRefusedError

_log = logging.getLogger("regulars.import")
_SOURCE = Path(regulars.__file__).resolve().parent.parent
_TOO_MUCH = "Reading the file took more memory or time than a file of its size may need."


def ask(task: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the child's answers to `task`, one after another; raise its fault, and kill it where the caller stops early."""
    path = Path(task["path"])
    size = path.stat().st_size
    is_workbook = str(task["name"]).lower().endswith((".xlsx", ".zip"))
    task = {**task, "seconds": limits.processor_seconds(size, is_workbook=is_workbook)}
    log = Path(task["folder"]) / "child.log"
    with log.open("w") as errors, _child(errors, cwd=Path(task["folder"])) as child:
        waiting = limits.waiting_seconds(size, is_workbook=is_workbook)
        timer = threading.Timer(waiting, child.kill)
        timer.daemon = True
        timer.start()
        try:
            yield from _answers(child, task)
        finally:
            timer.cancel()
    _refuse_failed(child.returncode, log)


@contextmanager
def _child(errors: IO[str], *, cwd: Path) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "regulars.gateway.files.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        cwd=cwd,
        env=_environment(),
        text=True,
        encoding="utf-8",
        start_new_session=True,  # an interrupt of the terminal reaches the parent, which ends the child in order
    )
    try:
        yield child
        child.wait()
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe and not pipe.closed:
                pipe.close()


def _environment() -> dict[str, str]:
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(_SOURCE),
        "MALLOC_ARENA_MAX": "2",  # each arena reserves address space, which is what is limited
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "OMP_NUM_THREADS": str(limits.CHILD_THREADS),
        "OPENBLAS_NUM_THREADS": "1",
    }


def _answers(child: subprocess.Popen[str], task: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    assert child.stdin
    assert child.stdout
    try:
        with child.stdin:
            child.stdin.write(json.dumps(task))
    except BrokenPipeError:
        return  # it died at once; its exit code tells why
    for line in child.stdout:
        answer = json.loads(line)
        if answer["event"] == "fault":
            raise FileRefusedError(answer["code"], answer["message"], row=answer.get("row"), column=answer.get("column"))
        yield answer


def _refuse_failed(code: int | None, log: Path) -> None:
    """Refuse the file of a child that did not end well: killed by its limits, or by what it read."""
    if code == 0:
        log.unlink(missing_ok=True)
        return
    words = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    error = words[-1].split(":")[0][:120] if words else ""  # the kind of error only: the rest may quote the file
    log.unlink(missing_ok=True)
    name = signal.Signals(-code).name if code is not None and code < 0 else ""
    _log.warning("import child failed", extra={"code": name or code, "error": error})
    if name or "Memory" in error or "bad_alloc" in error:
        raise FileRefusedError("file.resource_limit", _TOO_MUCH)
    raise FileRefusedError("file.unreadable", "The file cannot be read; it may be damaged.")

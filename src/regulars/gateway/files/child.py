"""The process that touches a stranger's file: `python -m regulars.gateway.files.child`, with its task as JSON on stdin.

It answers one JSON object a line: what it found, each chunk as soon as it is written, and either `done` or `fault`. It knows
neither Django nor the database, runs under `limits`, and may be killed at any moment: its parent says then what was too much.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from regulars.gateway.files import limits

_RESOURCE = {"event": "fault", "code": "file.resource_limit", "message": "The file needs more memory than it may use."}


def main() -> None:
    """Do the one task given on stdin."""
    task = json.load(sys.stdin)
    told = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # nothing that a library prints can look like an answer
    warnings.simplefilter("ignore")
    limits.limit_this_process(seconds=task["seconds"], written_bytes_max=task["bytes_max"])
    try:
        for event in _answers(task):
            told.write(json.dumps(event) + "\n")
            told.flush()
    except MemoryError:  # DuckDB's and Arrow's own are of this kind too
        with suppress(MemoryError):
            told.write(json.dumps(_RESOURCE) + "\n")
            told.flush()
    os._exit(0)  # a worker thread of a library must not keep the process after its work


def _answers(task: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    import pyarrow as pa  # under the limits already

    from regulars.gateway.files import parsing
    from regulars.gateway.files.faults import FileRefusedError

    work = parsing.inspect if task["action"] == "inspect" else parsing.convert
    try:
        yield from work(parsing.Task.of(task))
    except FileRefusedError as fault:
        place = {"row": fault.row, "column": fault.column}
        yield {"event": "fault", "code": fault.code, "message": fault.message, **place}
    except pa.ArrowMemoryError as error:
        raise MemoryError from error
    except OSError as error:
        yield {"event": "fault", "code": "file.resource_limit", "message": f"The disk gave out: {error.strerror}."}


if __name__ == "__main__":
    main()

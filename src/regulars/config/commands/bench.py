"""`bench`: measure, each time beside the limit of this very machine, in a home folder of its own."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from regulars.config import installation


def bench(options: argparse.Namespace) -> None:
    """Run one benchmark or all on a fresh database, and print what is ours, what the limit, and how close the two are."""
    from regulars.operations import benchmarks

    modules = benchmarks.find(options.name)  # before a database is made for nothing
    scratch = Path(tempfile.mkdtemp(prefix="regulars-bench-"))
    os.environ["REGULARS_HOME"] = str(scratch)
    os.environ.pop("DATABASE_URL", None)  # a benchmark fills and drops tables: never those of a real installation
    os.environ.pop("DATABASE_OWNER_URL", None)
    os.environ.setdefault("REGULARS_LOG_LEVEL", "WARNING")
    try:
        with installation.opened():
            rows = benchmarks.run(modules, scale=options.scale, say=_say)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if options.json:
        sys.stdout.write(json.dumps([row.as_json() for row in rows], indent=2) + "\n")
    else:
        benchmarks.show(rows)


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")

"""`lake`: copy what is new, merge small files, or copy everything anew."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime

from regulars.config import installation


def lake(options: argparse.Namespace) -> None:
    """Run one action on the lake and say what it did to each table."""
    with installation.opened():
        from regulars.insight.lake import compact, sync

        started = time.perf_counter()
        now = datetime.now(UTC)
        if options.action == "compact":
            for done in compact.compact(now=now):
                _say(done.table, f"{done.files_before} files became {done.files_after}")
        else:
            for copied in sync.sync(now=now, anew=options.action == "rebuild"):
                _say(copied.table, f"{copied.rows:,} rows copied{' anew' if copied.is_anew else ''}")
        sys.stdout.write(f"{time.perf_counter() - started:.1f} s\n")


def _say(table: str, what: str) -> None:
    sys.stdout.write(f"{table:<16} {what}\n")

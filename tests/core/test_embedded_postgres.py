"""The PostgreSQL of the wheel: made, shared, killed, recovered; and refused where it could lose money (G13)."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from regulars.core import embedded_lease, embedded_postgres
from regulars.core.embedded_postgres import DatabaseStartError, EmbeddedPostgres
from tests.operations import commands

UNSAFE = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "timezone": "Asia/Shanghai",
}
_EACH_SETTING = """
    import psycopg
    from django.db import connection
    from regulars.core import database, embedded_postgres

    admin = psycopg.connect(embedded_postgres.url(home.postgres, "postgres"), autocommit=True)
    admin.execute("ALTER DATABASE regulars RESET TimeZone")
    for name, value in {settings!r}.items():
        admin.execute(f"ALTER SYSTEM SET {{name}} = '{{value}}'")
        admin.execute("SELECT pg_reload_conf()")
        while admin.execute("SELECT reset_val FROM pg_settings WHERE name ILIKE %s", [name]).fetchone()[0] != value:
            pass
        connection.close()
        connection.close_pool()
        try:
            database.refuse_unsafe()
        except database.UnsafeDatabaseError as error:
            assert name in error.message or "must be UTC" in error.message, error.message
            print("refused")
        admin.execute(f"ALTER SYSTEM RESET {{name}}")
    admin.execute("SELECT pg_reload_conf()")
    admin.close()
    database.migrate()  # sets the time zone of the database again
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the database's own user can reach: pytest closes its own to everybody, at any time."""
    folder = Path(tempfile.mkdtemp(prefix="regulars-place-"))
    yield folder
    for data in (folder / "postgres", folder / "home" / "postgres"):
        EmbeddedPostgres(data).stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def server(place: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(place / "postgres")


def test_a_killed_server_recovers_what_was_committed(server: EmbeddedPostgres) -> None:
    assert server.start() is True
    assert server.start() is False
    with _connected(server) as link:
        link.execute("CREATE TABLE kept (n int)")
        link.execute("INSERT INTO kept VALUES (1)")
    os.kill(_pid(server), signal.SIGKILL)
    commands.wait_for(lambda: not server.is_running())
    assert server.start() is True
    with _connected(server) as link:
        assert link.execute("SELECT n FROM kept").fetchone() == (1,)


def test_a_number_reused_by_another_program_is_not_taken_for_the_server(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n")
    assert server.is_running() is False
    assert server.start() is True


def test_the_last_process_that_uses_it_stops_it(server: EmbeddedPostgres) -> None:
    user = (
        "import sys, pathlib; from regulars.core import embedded_lease, embedded_postgres\n"
        f"with embedded_lease.running(embedded_postgres.EmbeddedPostgres(pathlib.Path({str(server.data)!r}))):\n"
        "    print('in', flush=True); sys.stdin.readline()"
    )
    other = subprocess.Popen([sys.executable, "-c", user], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert other.stdout.readline() == "in\n"
    with embedded_lease.running(server):
        assert server.is_running()
    assert server.is_running()  # the other still uses it
    with embedded_lease.running(server):
        other.kill()  # says good-bye to nobody
        other.wait()
    for pipe in (other.stdin, other.stdout):
        assert pipe is not None
        pipe.close()
    assert not server.is_running()


def test_a_server_that_does_not_start_says_why(server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EmbeddedPostgres, "_RETRY_SECONDS", (0,))
    server.start()
    server.stop()
    with (server.data / "postgresql.conf").open("a") as conf:
        conf.write("shared_buffers = 'a lot'\n")
    with pytest.raises(DatabaseStartError, match="shared_buffers"):
        server.start()


def test_a_server_that_somebody_else_starts_is_used(server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = iter([False, True])
    monkeypatch.setattr(EmbeddedPostgres, "is_running", lambda _: next(seen, False))
    for step, answer in {"_initialize": None, "_launch": False, "_wait_until_ready": None}.items():
        monkeypatch.setattr(EmbeddedPostgres, step, lambda *_, answer=answer, **__: answer)
    assert server.start() is False


def test_an_unsafe_server_is_refused_with_the_way_to_mend_it(place: Path) -> None:
    home = place / "home"
    commands.install(home)
    told = commands.python(home, _EACH_SETTING.format(settings=UNSAFE))
    assert told.split() == ["refused"] * len(UNSAFE)

    data = home / "postgres"
    (data / "postgresql.auto.conf").write_text("fsync = off\n")
    refused = commands.regulars(home, "verify")
    assert refused.returncode == 2
    assert "fsync = off" in refused.stderr
    assert "Traceback" not in refused.stderr

    (data / "postgresql.auto.conf").write_text("")
    owner = (data / "PG_VERSION").stat()
    subprocess.run(
        [embedded_postgres.binary("pg_checksums"), "--disable", "-D", str(data)],
        check=True, capture_output=True, user=owner.st_uid, group=owner.st_gid, extra_groups=[],
    )  # fmt: skip
    refused = commands.regulars(home, "verify")
    assert refused.returncode == 2
    assert "pg_checksums --enable" in refused.stderr
    assert commands.regulars(home, "verify", REGULARS_ALLOW_NO_CHECKSUMS="yes").returncode == 0


def _connected(server: EmbeddedPostgres) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(embedded_postgres.url(server.data, "postgres", "postgres"), autocommit=True)


def _pid(server: EmbeddedPostgres) -> int:
    return int((server.data / "postmaster.pid").read_text().split("\n", 1)[0])

"""The command line answers at once, and refuses in plain sentences before it touches anything."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from regulars.config import cli
from regulars.config.commands import serve
from tests.operations import commands

COMMANDS = [
    "demo", "serve", "worker", "migrate", "import", "lake", "verify", "backup", "restore", "bench", "doctor", "keys", "link",
]  # fmt: skip


def test_the_command_line_loads_nothing_before_it_knows_what_is_wanted() -> None:
    code = "import sys, regulars.config.cli as cli; cli.parser(); print('django' in sys.modules, 'psycopg' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "False"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_tells_what_it_is_for(command: str, home: Path) -> None:
    told = commands.regulars(home, command, "--help")
    assert told.returncode == 0
    assert "usage: regulars" in told.stdout
    assert not home.exists()


def test_a_home_folder_that_cannot_be_written_is_refused_in_a_sentence(place: Path) -> None:
    (place / "file").write_text("in the way")
    told = commands.regulars(place / "file" / "home", "migrate")
    assert told.returncode == 2
    assert "cannot be written" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_port_in_use_is_refused_before_anything_is_started(home: Path) -> None:
    with socket.socket() as other:
        other.bind((commands.ADDRESS, 0))
        other.listen()
        port = other.getsockname()[1]
        told = commands.regulars(home, "serve", "--port", str(port))
    assert told.returncode == 2
    assert f"Port {port} is in use by" in told.stderr
    assert f"(process {os.getpid()})" in told.stderr
    assert "--port" in told.stderr
    assert not home.exists()


def test_a_server_that_is_not_there_is_told_of_in_a_sentence(home: Path) -> None:
    nowhere = f"postgresql://nobody@127.0.0.1:{commands.free_port()}/nothing"
    told = commands.regulars(home, "verify", DATABASE_URL=nowhere)
    assert told.returncode == 2
    assert "database cannot be" in told.stderr
    assert "Traceback" not in told.stderr


def test_another_database_than_postgresql_is_refused(home: Path) -> None:
    told = commands.regulars(home, "verify", DATABASE_URL="sqlite:///regulars.db")
    assert told.returncode == 2
    assert "PostgreSQL only" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_new_installation_has_no_way_in_but_the_printed_link(installed: Path) -> None:
    home = installed
    link = commands.regulars(home, "link", "owner@localhost")
    assert link.stdout.startswith("http://127.0.0.1:8000/sign-in/")
    known = commands.python(
        home,
        "from regulars.organization.models import ApiKey, Person; "
        "print([(p.email, p.has_usable_password()) for p in Person.objects.all()], ApiKey.objects.count())",
    )
    assert known.strip() == "[('owner@localhost', False)] 0"
    assert commands.regulars(home, "link", "stranger@example.com").returncode == 2
    key = commands.regulars(home, "keys", "create", "--role", "integration")
    assert key.stdout.startswith("rk_")
    assert key.stdout.strip() not in commands.regulars(home, "keys", "list").stdout
    refused = commands.regulars(home, "keys", "create", "--role", "emperor")
    assert refused.returncode == 2
    assert "There is no role emperor" in refused.stderr


def test_the_keys_and_folders_are_for_their_owner_alone(installed: Path) -> None:
    modes = {path.name: path.stat().st_mode & 0o077 for path in (installed / "keys").iterdir()}
    assert modes
    assert set(modes.values()) == {0}
    assert (installed / "files").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(28, "No space left on device", "/data/x"), "The disk is full (/data/x)"),
        (PermissionError(13, "Permission denied", "/data/x"), "Permission denied: /data/x"),
    ],
)
def test_trouble_with_files_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: OSError, told: str
) -> None:
    def fails(_: object) -> None:
        raise error

    monkeypatch.setattr(serve, "migrate", fails)
    assert cli._run(cli.parser().parse_args(["migrate"])) == 2
    assert told in capsys.readouterr().err


def test_a_bug_is_not_hidden_behind_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> None:
        raise KeyError("bug")

    monkeypatch.setattr(serve, "migrate", fails)
    with pytest.raises(KeyError):
        cli._run(cli.parser().parse_args(["migrate"]))

"""The doctor says what is wrong and how to mend it, also where nothing starts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.operations import commands


def test_the_doctor_finds_what_is_wrong(installed: Path) -> None:
    home = installed
    told = commands.regulars(home, "doctor", "--json", "--port", str(commands.free_port()))
    assert told.returncode == 0, told.stdout
    fine = _by_name(told.stdout)
    assert {name for name, found in fine.items() if found["state"] != "fine"} == {"worker", "backup"}
    assert fine["backup"]["mend"] == "regulars backup DIR"

    (home / "keys" / "master.key").chmod(0o644)
    told = commands.regulars(home, "doctor", "--json", REGULARS_ENGINE="spark://nowhere", PATH="/nonexistent", JAVA_HOME="")
    assert told.returncode == 1
    ill = _by_name(told.stdout)
    assert ill["keys"] == {
        "name": "keys", "state": "wrong", "found": "other users can read them",
        "mend": f"chmod -R go-rwx {home / 'keys'}",
    }  # fmt: skip
    assert ill["engine"]["found"] == "Spark without Java"


def test_the_doctor_speaks_where_nothing_starts(place: Path) -> None:
    (place / "file").write_text("in the way")
    told = commands.regulars(place / "file" / "home", "doctor", "--json")
    assert told.returncode == 1
    assert _by_name(told.stdout)["home folder"]["state"] == "wrong"


def _by_name(text: str) -> dict[str, dict[str, Any]]:
    return {finding["name"]: finding for finding in json.loads(text)}

"""backup → another home → restore: everything is there, nothing is sent, and nothing half-done is used."""

from __future__ import annotations

import json
from pathlib import Path

from tests.operations import commands

_HOLDS = '"holds": true'


def test_a_restored_installation_is_the_one_that_was_saved(home: Path, place: Path) -> None:
    assert commands.python(home, "shop.open_shop(); print(shop.sell(1, 200))").strip() == "200"
    assert commands.regulars(home, "lake", "sync").returncode == 0
    saved = place / "saved"
    made = commands.regulars(home, "backup", str(saved))
    assert made.returncode == 0, made.stderr
    assert commands.regulars(home, "backup", str(saved)).returncode == 2  # never over another one

    other = place / "other"
    restored = commands.regulars(other, "restore", str(saved))
    assert restored.returncode == 0, restored.stderr
    assert "sends nothing until you release it" in restored.stdout
    proved = commands.regulars(other, "verify", "--json")
    assert proved.returncode == 0, proved.stdout

    # The lake goes on where it was: new receipts come in once, and none of the old again.
    assert commands.python(other, "print(shop.sell(1, 210))").strip() == "10"
    synced = commands.regulars(other, "lake", "sync").stdout
    assert "receipt          10 rows copied\n" in synced
    assert commands.regulars(other, "verify").returncode == 0

    again = place / "again"
    assert commands.regulars(home, "backup", str(again)).returncode == 0
    assert _totals(again) == _totals(saved)

    refused = commands.regulars(other, "restore", str(saved))
    assert refused.returncode == 2
    assert "holds an installation already" in refused.stderr
    forced = commands.regulars(other, "restore", str(saved), "--force", "--release")
    assert forced.returncode == 0, forced.stderr
    assert "sends again" in forced.stdout
    assert commands.regulars(other, "verify").returncode == 0
    assert commands.python(other, "from regulars.sales.models import Receipt; print(Receipt.objects.count())").strip() == "200"


def test_a_damaged_backup_leaves_the_target_untouched(home: Path, place: Path) -> None:
    assert commands.regulars(home, "migrate").returncode == 0
    saved = place / "saved"
    assert commands.regulars(home, "backup", str(saved)).returncode == 0
    dump = bytearray((saved / "database.dump").read_bytes())
    dump[len(dump) // 2] ^= 1
    (saved / "database.dump").write_bytes(dump)
    other = place / "other"
    refused = commands.regulars(other, "restore", str(saved))
    assert refused.returncode == 2
    assert "damaged" in refused.stderr
    assert not other.exists()


def test_an_interrupted_restore_is_not_taken_for_an_installation(home: Path) -> None:
    home.mkdir()
    (home / ".restoring").touch()
    told = commands.regulars(home, "verify")
    assert told.returncode == 2
    assert "was interrupted" in told.stderr


def _totals(folder: Path) -> dict[str, int]:
    return {
        name: count
        for name, count in json.loads((folder / "manifest.json").read_text())["totals"].items()
        if not name.startswith(("organization_audit", "django_"))
    }

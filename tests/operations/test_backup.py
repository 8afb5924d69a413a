"""backup → another home → restore: everything is there, nothing is sent, and nothing half-done is used."""

from __future__ import annotations

import json
from pathlib import Path

from tests.operations import commands

_SAVE = """
    from regulars.insight.lake import sync
    from regulars.operations import backups

    shop.open_shop()
    assert shop.sell(1, 200) == 200
    sync.sync(now=shop.NOW)
    backups.create(home, Path({folder!r}), now=shop.NOW)
"""
# The lake goes on where it was: new receipts come in once, and none of the old again.
_GO_ON = """
    from regulars.core import sending
    from regulars.insight.lake import sync
    from regulars.operations import backups, verification

    assert sending.is_paused()
    assert all(finding.holds for finding in verification.verify())
    backups.create(home, Path({folder!r}), now=shop.NOW)
    assert shop.sell(1, 210) == 10
    copied = {{table.table: (table.rows, table.is_anew) for table in sync.sync(now=shop.NOW)}}
    assert copied["receipt"] == (10, False), copied
    assert [finding.invariant.name for finding in verification.verify() if not finding.holds] == []
"""

# Whoever owns the database can rewrite the trail and chain it anew: the chain alone looks whole then.
_FORGE = """
    from django.db import connection
    from regulars.core import database
    from regulars.operations import verification
    from regulars.organization import audit

    with database.as_owner(), connection.cursor() as cursor:
        cursor.execute("UPDATE organization_auditentry SET actor = 'nobody'")
        cursor.execute("DELETE FROM organization_auditseal")
        assert audit.seal(now=shop.NOW)
    assert all(finding.holds for finding in verification.verify())
"""


def test_a_restored_installation_is_the_one_that_was_saved(installed: Path, place: Path) -> None:
    home, saved, again, other = installed, place / "saved", place / "again", place / "other"
    commands.python(home, _SAVE.format(folder=str(saved)))
    assert commands.regulars(home, "backup", str(saved)).returncode == 2  # never over another one

    restored = commands.regulars(other, "restore", str(saved))
    assert restored.returncode == 0, restored.stderr
    assert "sends nothing until you release it" in restored.stdout
    commands.python(other, _GO_ON.format(folder=str(again)))
    assert _totals(again) == _totals(saved)
    assert _hashes(again) == _hashes(saved)
    assert commands.regulars(other, "verify", "--backup", str(saved)).returncode == 0
    commands.python(other, _FORGE)
    forged = commands.regulars(other, "verify", "--backup", str(saved))
    assert forged.returncode == 1
    assert "BROKEN" in forged.stdout

    refused = commands.regulars(other, "restore", str(saved))
    assert refused.returncode == 2
    assert "holds an installation already" in refused.stderr
    forced = commands.regulars(other, "restore", str(saved), "--force", "--release")
    assert forced.returncode == 0, forced.stderr
    assert "sends again" in forced.stdout
    count = "from regulars.sales.models import Receipt\nprint(Receipt.objects.count())"
    assert commands.python(other, count).strip() == "200"


def test_a_damaged_backup_leaves_the_target_untouched(installed: Path, place: Path) -> None:
    saved = place / "saved"
    assert commands.regulars(installed, "backup", str(saved)).returncode == 0
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
    totals: dict[str, int] = json.loads((folder / "manifest.json").read_text())["totals"]
    return totals


def _hashes(folder: Path) -> dict[str, str]:
    """Return the checksum of each file but the dump, whose bytes depend on the order of rows on disk."""
    entries = json.loads((folder / "manifest.json").read_text())["entries"]
    return {entry["path"]: entry["sha256"] for entry in entries if entry["path"] != "database.dump"}

"""A backup that is not exactly what was made is refused before anything is touched (G27)."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from regulars.operations import manifest as manifests
from regulars.operations import restoring
from regulars.operations.manifest import DamagedBackupError, Manifest

CASES = 200


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backup")
    sources = tmp_path_factory.mktemp("sources")
    seeded = random.Random(7)
    entries = []
    for name in (
        "database.dump",
        "keys/master.key",
        "lake/receipt/part-0.parquet",
        "lake/receipt/_delta_log/0.json",
        "files/a",
    ):
        (sources / "one").write_bytes(seeded.randbytes(seeded.randint(1, 5_000)))
        entries.append(manifests.copy_file(sources / "one", folder / name, name=name))
    manifests.write(
        Manifest(folder, "0.1.0", "2026-11-20T10:00:00+00:00", 900, ["core.0001_initial"], {"x.rows": 1}, "ab", entries)
    )
    return folder


def test_a_whole_backup_is_read_back_as_it_was_written(whole: Path) -> None:
    manifest = restoring.checked(whole)
    assert len(manifest.entries) == 5
    assert manifest.counted_to == 900
    assert [entry.path for entry in manifest.below("keys")] == ["keys/master.key"]
    assert (whole / "keys" / "master.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("case", range(CASES))
def test_any_damage_is_refused(whole: Path, tmp_path: Path, case: int) -> None:
    seeded = random.Random(case)
    damaged = tmp_path / "copy"
    shutil.copytree(whole, damaged)
    victim = seeded.choice(sorted(path for path in damaged.rglob("*") if path.is_file()))
    content = bytearray(victim.read_bytes())
    match case % 4:
        case 0:
            content[seeded.randrange(len(content))] ^= 1 << seeded.randrange(8)
            victim.write_bytes(content)
        case 1:
            victim.write_bytes(content[: seeded.randrange(len(content))])
        case 2:
            victim.write_bytes(content + b"\0")
        case _:
            victim.unlink()
    with pytest.raises(DamagedBackupError):
        restoring.checked(damaged)


def test_a_folder_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DamagedBackupError, match="no whole backup"):
        restoring.checked(tmp_path)

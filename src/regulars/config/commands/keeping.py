"""`verify`, `backup`, `restore` and `doctor`: keeping an installation."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from regulars.config import installation

BROKEN = 1


def verify(options: argparse.Namespace) -> int:
    """Prove every invariant; 1 if one is broken."""
    with installation.opened():
        from regulars.operations import restoring, verification

        findings = verification.verify()
        if options.backup:
            findings.append(verification.trail_since(restoring.checked(Path(options.backup).expanduser().resolve())))
        if options.json:
            sys.stdout.write(json.dumps([verification.as_json(finding) for finding in findings], indent=2) + "\n")
        else:
            table = Table("", "invariant", "found", "s")
            for finding in findings:
                found = finding.outcome
                told = [f"{found.broken} rows: {', '.join(found.examples)}"] if found.broken else []
                told += [f"{found.skipped} not judged"] if found.skipped else []
                told += [found.note] if found.note else []
                mark = "[green]holds[/]" if finding.holds else "[bold red]BROKEN[/]"
                table.add_row(mark, finding.invariant.sentence, "; ".join(told), f"{finding.seconds:.2f}")
            Console().print(table)
        return 0 if all(finding.holds for finding in findings) else BROKEN


def backup(options: argparse.Namespace) -> None:
    """Copy everything into a new folder."""
    with installation.opened() as home:
        from regulars.operations import backups

        made = backups.create(home, Path(options.folder).expanduser().resolve(), now=datetime.now(UTC))
        sys.stdout.write(f"{made.folder}: {made.files} files, {made.total_bytes / 2**20:,.1f} MiB\n")


def restore(options: argparse.Namespace) -> None:
    """Bring a backup back, or release a restored copy."""
    from regulars.core.errors import InvalidInputError

    if options.folder is None and not options.release:
        raise InvalidInputError("Name the folder of the backup: regulars restore DIR")
    if options.folder is not None:
        _bring_back(Path(options.folder).expanduser().resolve(), force=options.force)
    with installation.opened():
        from regulars.core import sending

        if options.release:
            sending.release()
            sys.stdout.write("Released: this installation sends again.\n")
        elif sending.is_paused():
            sys.stdout.write("It sends nothing until you release it: regulars restore --release\n")


def _bring_back(folder: Path, *, force: bool) -> None:
    from regulars.core.home_folder import chosen_home
    from regulars.operations import restoring

    manifest = restoring.checked(folder)
    restoring.refuse_used(chosen_home(), force=force)
    with installation.database_running() as home:
        restoring.place_files(manifest, home)
        installation.set_up_django()
        restoring.restore_database(manifest, home, force=force, now=datetime.now(UTC))
    sys.stdout.write(f"Restored the backup of {manifest.made_at}: every total is the same.\n")


def doctor(options: argparse.Namespace) -> int:
    """Say what is wrong; 1 if anything is."""
    from regulars.operations import doctor
    from regulars.operations.findings import State

    findings = doctor.examine(port=options.port, opened=installation.opened)
    if options.json:
        sys.stdout.write(json.dumps([finding.as_json() for finding in findings], indent=2) + "\n")
    else:
        table = Table("", "what", "found", "how to mend it")
        for finding in findings:
            table.add_row(doctor.MARKS[finding.state], finding.name, finding.found, finding.mend)
        Console().print(table)
    return BROKEN if any(finding.state == State.WRONG for finding in findings) else 0

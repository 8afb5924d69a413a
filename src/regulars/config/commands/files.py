"""`import`: bring files in, the same way as the import page."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from regulars.config import installation, progress
from regulars.core.errors import InvalidInputError

SOURCE = "file"
REJECTED = 1
_SHOWN_MAX = 10


def import_files(options: argparse.Namespace) -> int:
    """Import one file after the other; 1 if any row was refused."""
    mapping, choices = _pairs(options.map, "--map"), _pairs(options.option, "--option")
    with installation.opened():
        told = []
        for name in options.files:
            with progress.shown(silent=options.json) as show:
                load = _rehearse if options.dry_run else _load
                told.append(load(Path(name).expanduser(), options, mapping, choices, show))
            if not options.json:
                _say(told[-1], dry=options.dry_run)
    if options.json:
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
    return REJECTED if any(file["rejected"] for file in told) else 0


def _load(
    path: Path, options: argparse.Namespace, mapping: dict[str, str], choices: dict[str, str], show: progress.Progress
) -> dict[str, Any]:
    from regulars.gateway.files import services as files
    from regulars.organization.access import system

    result = files.run_file(
        path,
        kind=options.kind,
        mapping=mapping or None,
        options=choices or None,
        source=options.source or SOURCE,
        viewer=system("command line"),
        now=datetime.now(UTC),
        progress=show,
    )
    counts = {name: getattr(result, name) for name in ("created", "updated", "unchanged", "rejected")}
    return {"file": str(path), "import": result.pk, "kind": result.batch.kind, "repeated": result.repeated, **counts} | {
        "problems": _problems(result.batch)
    }


def _rehearse(
    path: Path, options: argparse.Namespace, mapping: dict[str, str], choices: dict[str, str], show: progress.Progress
) -> dict[str, Any]:
    """Do everything and take it back, file and all."""
    from regulars.gateway.files import receiving
    from regulars.gateway.files import services as files
    from regulars.organization.access import system

    viewer, now = system("command line"), datetime.now(UTC)
    file = receiving.find_file(path)
    with file.open("rb") as opened:
        batch = files.upload(
            iter(lambda: opened.read(2**20), b""), name=file.name, kind=options.kind or "",
            source=options.source or SOURCE, viewer=viewer, now=now,
        )  # fmt: skip
    try:
        if mapping or choices:
            files.choose(
                batch, kind=options.kind or batch.kind, columns=mapping or None, options=choices, viewer=viewer, now=now
            )
        report = files.dry_run(batch, viewer=viewer, now=now, progress=show)
        counts = {name: report[name] for name in ("created", "updated", "unchanged", "rejected")}
        return {"file": str(path), "kind": batch.kind, **counts, "problems": _problems(batch)}
    finally:
        files.discard(batch, viewer=viewer)


def _problems(batch: Any) -> list[dict[str, Any]]:
    from itertools import islice

    from regulars.gateway.files import selectors

    return list(islice(selectors.rejects_of(batch), _SHOWN_MAX))


def _say(told: dict[str, Any], *, dry: bool) -> None:
    would = "would be " if dry else ""
    counts = ", ".join(f"{told[name]:,} {would}{name}" for name in ("created", "updated", "unchanged", "rejected"))
    again = " (imported before: nothing was changed)" if told.get("repeated") else ""
    sys.stdout.write(f"{told['file']}: {told['kind']}: {counts}{again}\n")
    for problem in told["problems"]:
        sys.stdout.write(f"  row {problem['row']}, {problem['column'] or '–'}: {problem['message']} [{problem['code']}]\n")
    if told["rejected"] > len(told["problems"]):
        sys.stdout.write(f"  … all {told['rejected']:,} stand on the page of import {told.get('import', '')}\n")


def _pairs(written: list[str], option: str) -> dict[str, str]:
    pairs = [text.partition("=") for text in written]
    if any(not sign for _, sign, _ in pairs):
        raise InvalidInputError(f"Write {option} NAME=VALUE.")
    return {name: value for name, _, value in pairs}

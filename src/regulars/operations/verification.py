"""Prove every invariant that the rooms declare: `regulars verify`, and the check at the end of a restore."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection, transaction

from regulars.core import invariants
from regulars.core.invariants import Finding


def verify(progress: Callable[[Finding], None] | None = None) -> list[Finding]:
    """Return one finding per invariant, all seen in one snapshot of the database."""
    findings = []
    with transaction.atomic():
        with connection.cursor() as cursor:
            if not connection.savepoint_ids:  # the outermost transaction, whose snapshot is still to be taken
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SET LOCAL work_mem = '256MB'")
        for finding in invariants.prove(invariants.declared()):
            findings.append(finding)
            if progress:
                progress(finding)
    return findings


def as_json(finding: Finding) -> dict[str, object]:
    """Return a finding for `--json`."""
    return {
        "name": finding.invariant.name,
        "sentence": finding.invariant.sentence,
        "holds": finding.holds,
        "broken": finding.outcome.broken,
        "examples": list(finding.outcome.examples),
        "skipped": finding.outcome.skipped,
        "note": finding.outcome.note,
        "seconds": round(finding.seconds, 3),
    }

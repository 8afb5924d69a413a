"""Prove every invariant that the rooms declare: `regulars verify`, and the check at the end of a restore."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection, transaction

from regulars.core import invariants
from regulars.core.invariants import Finding, Invariant, Outcome
from regulars.operations.manifest import Manifest
from regulars.organization import audit


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


def trail_since(manifest: Manifest) -> Finding:
    """Prove that the audit trail goes on from where it stood when the backup was made; a chain forged anew would not."""

    def check() -> Outcome:
        missing = not audit.holds_seal(manifest.audit_seal)
        return Outcome(broken=int(missing), examples=(f"seal {manifest.audit_seal[:24]}…",) if missing else ())

    sentence = f"The audit trail holds the seal that the backup of {manifest.made_at} kept."
    return next(invariants.prove([Invariant("audit.backup_seal", sentence, check)]))


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

"""What must always be true of the company; proved by `regulars verify`."""

from __future__ import annotations

from regulars.core.invariants import EXAMPLES_MAX, Outcome, holds, offending
from regulars.organization import audit


@holds("audit.chain", "The audit trail is whole: no entry and no seal was changed, added or removed.")
def audit_chain_is_whole() -> Outcome:
    broken = audit.check_chain()
    told = tuple(f"seal {seal.seal_id}: {seal.reason}" for seal in broken[:EXAMPLES_MAX])
    return Outcome(broken=len(broken), examples=told)


@holds("organization.regions", "No region lies below itself.")
def regions_are_a_tree() -> Outcome:
    return offending("""
        WITH RECURSIVE below AS (
            SELECT id AS start, parent_id AS at FROM organization_region WHERE parent_id IS NOT NULL
            UNION
            SELECT b.start, r.parent_id FROM below b JOIN organization_region r ON r.id = b.at
            WHERE r.parent_id IS NOT NULL
        )
        SELECT 'region ' || start AS what FROM below WHERE start = at""")

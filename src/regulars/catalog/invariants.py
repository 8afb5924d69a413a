"""What must always be true of the catalog; proved by `regulars verify`."""

from __future__ import annotations

from regulars.core.invariants import Outcome, holds, offending


@holds("catalog.tree", "Every category stands one level below its parent, under its parent's path.")
def categories_are_a_tree() -> Outcome:
    return offending("""
        SELECT c.path AS what FROM catalog_category c LEFT JOIN catalog_category p ON p.id = c.parent_id
        WHERE c.level <> coalesce(p.level, 0) + 1 OR (p.id IS NOT NULL AND NOT starts_with(c.path, p.path || ' / '))""")

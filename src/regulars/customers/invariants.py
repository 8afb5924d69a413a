"""What must always be true of customers; proved by `regulars verify`."""

from __future__ import annotations

from django.db import connection

from regulars.core import pii
from regulars.core.invariants import EXAMPLES_MAX, Outcome, holds, offending
from regulars.customers.models import Identifier

_SEALED_SAMPLE = 2_000


@holds("customers.identifiers", "Every card and external id is found under its own keyed hash.")
def identifiers_are_findable() -> Outcome:
    broken: list[str] = []
    found = Identifier.objects.exclude(value="").values_list("id", "kind", "value", "digest")
    for pk, kind, value, digest in found.iterator(chunk_size=20_000):
        if pii.digest(kind, value) != bytes(digest):
            broken.append(f"identifier {pk}")
    return Outcome(len(broken), tuple(broken[:EXAMPLES_MAX]))


@holds("customers.contacts", "Contact data opens with the keys of this installation and is found under its keyed hash.")
def contacts_open() -> Outcome:
    """Opening costs a decryption each, so a random sample is opened; a lost or wrong key shows in any of them."""
    broken: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT i.id, i.kind, i.sealed, i.digest, k.wrapped
            FROM (SELECT * FROM customers_identifier WHERE sealed IS NOT NULL ORDER BY hashint8(id) LIMIT %s) i
            JOIN customers_customerkey k USING (customer_id)""",
            [_SEALED_SAMPLE],
        )
        rows = cursor.fetchall()
    for pk, kind, sealed, digest, wrapped in rows:
        try:
            value = pii.open_sealed(pii.unwrap(wrapped), sealed, purpose=kind)
        except pii.UnreadableError:
            broken.append(f"identifier {pk} does not open")
            continue
        if pii.digest(kind, value) != bytes(digest):
            broken.append(f"identifier {pk} has another hash")
    return Outcome(len(broken), tuple(broken[:EXAMPLES_MAX]), note=f"{len(rows)} opened")


@holds("customers.merges", "Every chain of merged customers ends at one who lives.")
def merges_end() -> Outcome:
    return offending("""
        WITH RECURSIVE chain AS (
            SELECT id AS start, merged_into_id AS at FROM customers_customer WHERE merged_into_id IS NOT NULL
            UNION
            SELECT c.start, m.merged_into_id FROM chain c JOIN customers_customer m ON m.id = c.at
            WHERE m.merged_into_id IS NOT NULL
        )
        SELECT 'customer ' || start AS what FROM chain WHERE start = at""")

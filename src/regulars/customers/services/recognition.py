"""Find the customer behind an identifier; where there is none, keep one without a name (F3).

For sales, at every receipt. A nameless customer keeps its purchases and is named when somebody claims it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import pyarrow as pa
from django.db import transaction

from regulars.core import bulk, pii
from regulars.customers import identifiers
from regulars.organization.company import get_company

Key = tuple[str, str, str]  # kind, namespace, value as the source writes it


def recognize(keys: Iterable[Key], *, source: str, now: datetime) -> dict[Key, int]:
    """Return the customer of each identifier, making nameless ones; a value that cannot be one is left out.

    The namespace of an external id or card is the source unless the key names another. Safe against a second process that
    meets the same new identifier: one of them makes the customer, both get it.
    """
    wanted = _wanted(keys, source)
    if not wanted:
        return {}
    with transaction.atomic():
        known = find(wanted.values())
        missing = {(kind, space, digest): value for kind, space, value, digest in wanted.values()}
        missing = {key: value for key, value in missing.items() if key not in known}
        if missing:
            _add_nameless(missing, source=source, now=now)
            known = find(wanted.values())
    return {key: known[kind, space, digest] for key, (kind, space, _, digest) in wanted.items()}


def look_up(keys: Iterable[Key], *, source: str) -> dict[Key, int]:
    """Return the customer of each identifier that is known; nobody is made."""
    wanted = _wanted(keys, source)
    known = find(wanted.values()) if wanted else {}
    return {key: known[one[0], one[1], one[3]] for key, one in wanted.items() if (one[0], one[1], one[3]) in known}


def _wanted(keys: Iterable[Key], source: str) -> dict[Key, tuple[str, str, str, bytes]]:
    """Return kind, namespace, normal form and digest of each value that can be an identifier."""
    country = get_company().country
    wanted: dict[Key, tuple[str, str, str, bytes]] = {}
    for key in keys:
        kind, namespace, value = key
        normal = identifiers.normalize(kind, value, country=country)
        if isinstance(normal, str):
            wanted[key] = (kind, scoped(kind, namespace, source), normal, pii.digest(kind, normal))
    return wanted


def scoped(kind: str, namespace: str, source: str) -> str:
    """Return the namespace of an identifier: phones and mail addresses are the same everywhere."""
    return "" if kind in identifiers.CONTACT_KINDS else (namespace or source)


def find(wanted: Iterable[tuple[str, str, str, bytes]]) -> dict[tuple[str, str, bytes], int]:
    """Return (kind, namespace, digest) → id of the living customer, for those that are known."""
    rows = [(kind, space, digest.hex()) for kind, space, _, digest in wanted]
    found = bulk.fetch(
        _FIND,
        {
            "kinds": [row[0] for row in rows],
            "spaces": [row[1] for row in rows],
            "digests": [row[2] for row in rows],
        },
    )
    return {(kind, space, bytes(digest)): customer for kind, space, digest, customer in found}


def _add_nameless(missing: dict[tuple[str, str, bytes], str], *, source: str, now: datetime) -> None:
    keys = list(missing)
    wrapped: list[str | None] = []
    sealed: list[str | None] = []
    for key in keys:
        data_key, wrapping = pii.new_data_key()
        contact = key[0] in identifiers.CONTACT_KINDS
        wrapped.append(wrapping.hex() if contact else None)
        sealed.append(pii.seal(data_key, missing[key], purpose=key[0]).hex() if contact else None)
    bulk.stage(
        "incoming_nameless",
        pa.table(
            {
                "kind": pa.array([key[0] for key in keys], pa.string()),
                "namespace": pa.array([key[1] for key in keys], pa.string()),
                "digest": pa.array([key[2].hex() for key in keys], pa.string()),
                "value": pa.array(["" if key[0] in identifiers.CONTACT_KINDS else missing[key] for key in keys], pa.string()),
                "hint": pa.array([identifiers.hint(key[0], missing[key]) for key in keys], pa.string()),
                "wrapped": pa.array(wrapped, pa.string()),
                "sealed": pa.array(sealed, pa.string()),
            }
        ),
    )
    bulk.execute(_ADD, {"source": source, "now": now})


_FIND = """
SELECT i.kind, i.namespace, i.digest, coalesce(c.merged_into_id, c.id)
FROM unnest(%(kinds)s::text[], %(spaces)s::text[], %(digests)s::text[]) AS w (kind, namespace, digest)
JOIN customers_identifier i
    ON i.kind = w.kind AND i.namespace = w.namespace AND i.digest = decode(w.digest, 'hex') AND i.valid_to IS NULL
JOIN customers_customer c ON c.id = i.customer_id
"""

# The identifier is claimed first, under the number that its customer will have: the foreign key is checked at commit, and
# whoever loses a race makes no customer at all.
_ADD = """
WITH numbered AS (
    SELECT *, nextval(pg_get_serial_sequence('customers_customer', 'id')) AS customer_id FROM incoming_nameless
), claimed AS (
    INSERT INTO customers_identifier
        (customer_id, kind, namespace, digest, value, sealed, hint, source, valid_from)
    SELECT customer_id, kind, namespace, decode(digest, 'hex'), value, decode(sealed, 'hex'), hint, %(source)s, %(now)s
    FROM numbered ORDER BY kind, namespace, digest
    ON CONFLICT (kind, namespace, digest) WHERE valid_to IS NULL DO NOTHING
    RETURNING customer_id
), keys AS (
    INSERT INTO customers_customerkey (customer_id, wrapped)
    SELECT customer_id, decode(wrapped, 'hex') FROM numbered JOIN claimed USING (customer_id) WHERE wrapped IS NOT NULL
)
INSERT INTO customers_customer (id, kind, name, gender, age_band, occupation, education, income_band, marital_status,
    household_size, household_structure, children, home_ownership, lifestyle, preferred_channel, language, city, custom,
    joined_through, source, completeness, created_at, updated_at)
OVERRIDING SYSTEM VALUE
SELECT customer_id, 'nameless', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '{}', '', %(source)s, 0,
    %(now)s, %(now)s
FROM claimed
"""

"""Write people whom `saving` has read and recognized: profile, sealed contact data, identifiers and tags, set by set."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

from regulars.core import bulk, pii
from regulars.core.outcomes import Change, SaveOutcome
from regulars.customers import identifiers, rules
from regulars.organization.access import Viewer

PROFILE = (
    "kind", "name", "gender", "age_band", "occupation", "education", "income_band", "marital_status", "household_size",
    "household_structure", "children", "home_ownership", "lifestyle", "preferred_channel", "language", "city",
    "joined_through",
)  # fmt: skip
SEALED = ("birth_date", "address")
_FIELDS = (*PROFILE, "birth_month", "home_store_id", "joined_on", "custom", "sealed")
# What the company wants to know of everybody: the base of the completeness score.
_COUNTED = ("name", "gender", "age_band", "city", "home_store_id", "joined_on")


class TakenMeanwhileError(Exception):
    """Another process gave one of these identifiers to somebody else since we looked; `saving` looks again."""


@dataclass(slots=True)
class Person:
    """All that the input says of one customer, its rows joined in order."""

    rows: list[int] = field(default_factory=list)
    said: dict[str, Any] = field(default_factory=dict)
    identifiers: dict[tuple[str, str, bytes], str] = field(default_factory=dict)
    customer_id: int | None = None

    def add(self, other: Person) -> None:
        """Take over what other rows say of the same customer; where both speak, the others count."""
        self.rows += other.rows
        self.said |= other.said
        self.identifiers |= other.identifiers


@dataclass(slots=True)
class _Draft:
    """One customer as it was (None: new) and as it shall be."""

    person: Person
    customer_id: int
    before: dict[str, Any] | None
    after: dict[str, Any]
    data_key: pii.DataKey
    wrapped: pii.WrappedKey | None  # of a key made just now

    @property
    def is_changed(self) -> bool:
        return self.after != self.before


def write_people(
    people: list[Person],
    *,
    stores: dict[str, int],
    outcome: SaveOutcome,
    source: str,
    now: datetime,
    viewer: Viewer,
) -> None:
    """Insert or update each person and count it in `outcome`; an unchanged one is not touched."""
    drafts = _drafts(people, stores, source, now)
    changed = [draft for draft in drafts if draft.is_changed]
    _write_profiles(changed, source, now)
    _write_keys(drafts)
    added = _write_identifiers(drafts, source, now) | _write_tags(drafts, viewer, now)
    for draft in drafts:
        if draft.before is None:
            outcome.created += 1
        elif draft.is_changed or draft.customer_id in added:
            outcome.updated += 1
        else:
            outcome.unchanged += 1
            continue
        outcome.changes.append(Change(draft.customer_id, _plain(draft.before), _plain(draft.after) or {}))


def _drafts(people: list[Person], stores: dict[str, int], source: str, now: datetime) -> list[_Draft]:
    known = [person.customer_id for person in people if person.customer_id is not None]
    before = _current(known)
    wrapped = dict(
        bulk.fetch("SELECT customer_id, wrapped FROM customers_customerkey WHERE customer_id = ANY (%(ids)s)", {"ids": known})
    )
    fresh = iter(_reserve(len(people) - len(known)))
    drafts = []
    for person in people:
        customer_id = person.customer_id if person.customer_id is not None else next(fresh)
        stored = wrapped.get(customer_id)
        data_key, wrapping = (pii.unwrap(stored), None) if stored is not None else pii.new_data_key()
        old = before.get(customer_id)
        after = _after(person, old, data_key, source=source, now=now)
        home_store = stores.get(person.said.get("home_store", ""))
        after["home_store_id"] = home_store if home_store is not None else after["home_store_id"]
        drafts.append(_Draft(person, customer_id, old, after, data_key, wrapping))
    return drafts


def _reserve(count: int) -> list[int]:
    return [
        row[0]
        for row in bulk.fetch(
            "SELECT nextval(pg_get_serial_sequence('customers_customer', 'id')) FROM generate_series(1, %(n)s)",
            {"n": count},
        )
    ]


def _current(ids: list[int]) -> dict[int, dict[str, Any]]:
    """Lock the known customers, in the order of their keys, and return what they hold."""
    rows = bulk.fetch(
        f"SELECT id, {', '.join(_FIELDS)} FROM customers_customer WHERE id = ANY (%(ids)s) ORDER BY id FOR UPDATE",
        {"ids": ids},
    )
    found = {row[0]: dict(zip(_FIELDS, row[1:], strict=True)) for row in rows}
    for held in found.values():
        held["custom"] = json.loads(held["custom"])  # as text an unchanged one would look changed
    return found


def _after(person: Person, old: dict[str, Any] | None, key: pii.DataKey, *, source: str, now: datetime) -> dict[str, Any]:
    said = person.said
    nothing: dict[str, Any] = dict.fromkeys(PROFILE, "")
    was = old or nothing | {"birth_month": None, "home_store_id": None, "joined_on": None, "custom": {}, "sealed": None}
    after = {name: said.get(name) or was[name] for name in PROFILE}
    if after["kind"] in ("", "nameless"):
        after["kind"] = said.get("kind") or ("person" if after["name"] else "nameless")
    after["home_store_id"] = was["home_store_id"]
    after["birth_month"] = rules.birth_month(said["birth_date"]) if "birth_date" in said else was["birth_month"]
    after["joined_on"] = said.get("joined_on") or was["joined_on"]
    after["custom"] = _custom(was["custom"], said.get("custom"), source, now)
    after["sealed"] = _sealed(was["sealed"], {name: said[name] for name in SEALED if name in said}, key)
    return after


def _custom(was: Any, said: str | None, source: str, now: datetime) -> dict[str, Any]:
    """Lay what is said over what is known; each value keeps where and when it came from."""
    known: dict[str, Any] = dict(was)
    for key, value in (json.loads(said) if said else {}).items():
        if known.get(key, {}).get("value") != value:
            known[key] = {"value": value, "source": source, "at": now.isoformat()}
    return known


def _sealed(was: bytes | None, said: dict[str, str], key: pii.DataKey) -> bytes | None:
    if not said:
        return was
    known = json.loads(pii.open_sealed(key, was, purpose="contact")) if was is not None else {}
    if all(known.get(name) == value for name, value in said.items()):
        return was  # sealing anew would look like a change
    return pii.seal(key, json.dumps(known | said, ensure_ascii=False), purpose="contact")


def _write_profiles(drafts: list[_Draft], source: str, now: datetime) -> None:
    columns: dict[str, Any] = {
        "id": pa.array([draft.customer_id for draft in drafts], pa.int64()),
        "is_new": pa.array([draft.before is None for draft in drafts], pa.bool_()),
        "completeness": pa.array([completeness(draft.after) for draft in drafts], pa.int32()),
        "home_store_id": pa.array([draft.after["home_store_id"] for draft in drafts], pa.int64()),
        "birth_month": pa.array([draft.after["birth_month"] for draft in drafts], pa.int32()),
        "joined_on": pa.array([draft.after["joined_on"] for draft in drafts], pa.date32()),
        "custom": pa.array([json.dumps(draft.after["custom"], ensure_ascii=False) for draft in drafts], pa.string()),
        "sealed": pa.array([_hex(draft.after["sealed"]) for draft in drafts], pa.string()),
    }
    columns |= {name: pa.array([draft.after[name] for draft in drafts], pa.string()) for name in PROFILE}
    bulk.stage("incoming_profile", pa.table(columns))
    bulk.execute(_UPDATE_PROFILES, {"now": now})
    bulk.execute(_INSERT_PROFILES, {"now": now, "source": source})
    bulk.execute(_KNOWN_IN_HOME_STORE, {"now": now})


def completeness(after: Mapping[str, Any]) -> int:
    """Return how many percent of what the company asks for is known."""
    return round(100 * sum(bool(after[name]) for name in _COUNTED) / len(_COUNTED))


def _write_keys(drafts: list[_Draft]) -> None:
    fresh = [draft for draft in drafts if draft.wrapped is not None]
    bulk.execute(
        "INSERT INTO customers_customerkey (customer_id, wrapped) "
        "SELECT id, decode(wrapped, 'hex') FROM unnest(%(ids)s::bigint[], %(wrapped)s::text[]) AS w (id, wrapped)",
        {
            "ids": [draft.customer_id for draft in fresh],
            "wrapped": [draft.wrapped.hex() for draft in fresh if draft.wrapped is not None],
        },
    )


def _write_identifiers(drafts: list[_Draft], source: str, now: datetime) -> set[int]:
    """Add the identifiers that are new; return the customers that got one."""
    rows: list[tuple[int, str, str, str, str, str | None, str]] = []
    for draft in drafts:
        for (kind, space, digest), value in draft.person.identifiers.items():
            contact = kind in identifiers.CONTACT_KINDS
            sealed = pii.seal(draft.data_key, value, purpose=kind).hex() if contact else None
            shown = "" if contact else value
            rows.append((draft.customer_id, kind, space, digest.hex(), shown, sealed, identifiers.hint(kind, value)))
    names = ("customer_id", "kind", "namespace", "digest", "value", "sealed", "hint")
    types = (pa.int64(), *[pa.string()] * 6)
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    bulk.stage(
        "incoming_identifier",
        pa.table({name: pa.array(column, kind) for name, column, kind in zip(names, columns, types, strict=True)}),
    )
    added = {row[0] for row in bulk.fetch(_INSERT_IDENTIFIERS, {"now": now, "source": source})}
    if bulk.fetch(_TAKEN_MEANWHILE):
        raise TakenMeanwhileError
    return added


def _write_tags(drafts: list[_Draft], viewer: Viewer, now: datetime) -> set[int]:
    pairs = [
        (draft.customer_id, word.strip()[:60])
        for draft in drafts
        for word in str(draft.person.said.get("tags", "")).replace("，", ",").replace(";", ",").split(",")
        if word.strip()
    ]
    if not pairs:
        return set()
    facts = {"ids": [pair[0] for pair in pairs], "tags": [pair[1] for pair in pairs], "by": viewer.label, "now": now}
    bulk.execute(_INSERT_TAGS, facts)
    return {row[0] for row in bulk.fetch(_INSERT_CUSTOMER_TAGS, facts)}


def _plain(values: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the fields as JSON can keep them for an undo; sealed data stay sealed."""
    if values is None:
        return None
    return values | {
        "joined_on": values["joined_on"].isoformat() if values["joined_on"] else None,
        "sealed": _hex(values["sealed"]),
    }


def _hex(value: bytes | None) -> str | None:
    return None if value is None else bytes(value).hex()


_SET = ", ".join(f"{name} = p.{name}" for name in (*PROFILE, "birth_month", "home_store_id", "joined_on", "completeness"))
_UPDATE_PROFILES = f"""
UPDATE customers_customer c SET {_SET}, custom = p.custom::jsonb, sealed = decode(p.sealed, 'hex'), updated_at = %(now)s
FROM incoming_profile p WHERE p.id = c.id AND NOT p.is_new
"""

_INSERT_PROFILES = f"""
INSERT INTO customers_customer
    (id, {", ".join(PROFILE)}, birth_month, home_store_id, joined_on, completeness, custom, sealed, source, created_at,
    updated_at)
OVERRIDING SYSTEM VALUE
SELECT id, {", ".join(PROFILE)}, birth_month, home_store_id, joined_on, completeness, custom::jsonb, decode(sealed, 'hex'),
    %(source)s, %(now)s, %(now)s
FROM incoming_profile WHERE is_new ORDER BY id
"""

_KNOWN_IN_HOME_STORE = """
INSERT INTO customers_customerstore (customer_id, store_id, since)
SELECT id, home_store_id, %(now)s FROM incoming_profile WHERE home_store_id IS NOT NULL
ON CONFLICT (store_id, customer_id) DO NOTHING
"""

_INSERT_IDENTIFIERS = """
INSERT INTO customers_identifier (customer_id, kind, namespace, digest, value, sealed, hint, source, valid_from)
SELECT customer_id, kind, namespace, decode(digest, 'hex'), value, decode(sealed, 'hex'), hint, %(source)s, %(now)s
FROM incoming_identifier ORDER BY kind, namespace, digest
ON CONFLICT (kind, namespace, digest) WHERE valid_to IS NULL DO NOTHING
RETURNING customer_id
"""

# Whoever lost the race for an identifier waited for the winner's commit, so the winner shows here.
_TAKEN_MEANWHILE = """
SELECT 1 FROM incoming_identifier n
JOIN customers_identifier i
    ON i.kind = n.kind AND i.namespace = n.namespace AND i.digest = decode(n.digest, 'hex') AND i.valid_to IS NULL
JOIN customers_customer c ON c.id = i.customer_id
WHERE coalesce(c.merged_into_id, c.id) <> n.customer_id LIMIT 1
"""

_INSERT_TAGS = """
INSERT INTO customers_tag (name, kind, description, rule_version)
SELECT DISTINCT tag, 'manual', '', 1 FROM unnest(%(tags)s::text[]) AS tag ON CONFLICT (name) DO NOTHING
"""

_INSERT_CUSTOMER_TAGS = """
INSERT INTO customers_customertag (customer_id, tag_id, reason, rule_version, added_by, added_at, removed_by)
SELECT DISTINCT p.customer_id, t.id, 'Imported', 1, %(by)s, %(now)s::timestamptz, ''
FROM unnest(%(ids)s::bigint[], %(tags)s::text[]) AS p (customer_id, tag) JOIN customers_tag t ON t.name = p.tag
ON CONFLICT (customer_id, tag_id) WHERE removed_at IS NULL DO NOTHING
RETURNING customer_id
"""

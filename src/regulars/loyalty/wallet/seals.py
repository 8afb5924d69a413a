"""Seal the ledger's rows in batches behind the writers, and find every row that was changed afterwards (G7, T-22).

For the worker (`seal`, each minute) and for `regulars verify` (`find_broken`). A batch holds the rows of one table whose
transactions lie in a span that no transaction can join any more. Its digest covers every row and the seal before; a print
of each row beside it says which row was changed. No till waits for a seal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from django.db import connection, transaction

from regulars.core import bulk
from regulars.loyalty.wallet.models import Seal

SEAL_LOCK = 7_203  # advisory lock: two workers must not forge two links after the same one
ROWS_MAX = 100_000  # of one batch, unless one transaction alone wrote more
_ID, _PRINT = 8, 8  # bytes

# Every column that never changes, as PostgreSQL writes a row: quoted, and so without two rows that read alike.
# A column that a later release adds must not be added here, but to a list of that release.
COLUMNS = {
    "wallet_transfer": "id, written_xid, source, key, digest, kind, at, recorded_at, business_date, store_id, receipt_id, "
    "rule_version, reason, why, actor",
    "wallet_entry": "id, written_xid, transfer_id, unit_id, account_id, lot_id, house, amount, undoes_id, balance_after, "
    "held_after, debt_after",
    "wallet_lot": "id, written_xid, account_id, transfer_id, root_transfer_id, origin, parent_id, amount, earned_at, "
    "available_from, expires_at",
}
# Lots change their place in the table as they are used; the new ones are found through their first entries.
_NEW = {
    "wallet_lot": "SELECT DISTINCT l.* FROM wallet_entry e "
    "JOIN wallet_lot l ON l.id = e.lot_id AND l.transfer_id = e.transfer_id "
    "WHERE e.written_xid >= %(from)s AND e.written_xid < %(to)s",
}
_PLAIN_NEW = "SELECT * FROM {table} WHERE written_xid >= %(from)s AND written_xid < %(to)s"
# One text for the manifest of a backup: what a ledger rewritten as a whole would no longer hold.
NEWEST_SEALS = """
SELECT coalesce(string_agg("table" || ':' || to_xid || ':' || encode(digest, 'hex'), ' ' ORDER BY "table"), '')
FROM (SELECT DISTINCT ON ("table") * FROM wallet_seal ORDER BY "table", to_xid DESC) s
"""
_DIGESTED = "SELECT id, written_xid, sha256(convert_to(ROW({columns})::text, 'UTF8')) AS digest FROM ({rows}) AS r"


@dataclass(frozen=True, slots=True)
class Broken:
    """Something that is not what it was when it was sealed: a row, or with id 0 a seal."""

    table: str
    row_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of a span, digested."""

    rows: int
    ids: bytes
    prints: bytes
    digest: bytes


def seal(*, now: datetime) -> int:
    """Seal every row whose transaction can no longer be joined by another; return how many seals were made."""
    with transaction.atomic():
        if not bulk.fetch("SELECT pg_try_advisory_xact_lock(%(lock)s)", {"lock": SEAL_LOCK})[0][0]:
            return 0  # another worker is at it
        _write_times_alike()
        horizon: int = bulk.fetch("SELECT regulars_xid_horizon()")[0][0]
        return sum(_seal_table(table, horizon, now) for table in COLUMNS)


def holds_seals(told: str) -> bool:
    """Return whether the ledger still holds the seals that `NEWEST_SEALS` once told."""
    found = [each.split(":") for each in told.split()]
    return all(
        Seal.objects.filter(table=table, to_xid=int(to_xid), digest=bytes.fromhex(digest)).exists()
        for table, to_xid, digest in found
    )


def find_broken() -> list[Broken]:
    """Return every row and seal that was changed, added or removed after sealing."""
    with transaction.atomic():
        _write_times_alike()
        return [broken for table in COLUMNS for broken in _check_table(table)]


def _seal_table(table: str, horizon: int, now: datetime) -> int:
    last = Seal.objects.filter(table=table).order_by("-to_xid").first()
    start, before = (last.to_xid, bytes(last.digest)) if last else (0, b"")
    made = 0
    while start < horizon:
        end = _end_of_batch(table, start, horizon)
        batch = _read(table, start, end)
        if batch.rows == 0:
            break
        digest = _link(table, start, end, at=now, before=before, digest=batch.digest)
        Seal.objects.create(
            table=table, from_xid=start, to_xid=end, rows=batch.rows, ids=batch.ids, prints=batch.prints, digest=digest,
            sealed_at=now,
        )  # fmt: skip
        start, before, made = end, digest, made + 1
    return made


def _end_of_batch(table: str, start: int, horizon: int) -> int:
    counted = "wallet_entry" if table in _NEW else table
    found = bulk.fetch(
        f"SELECT written_xid FROM {counted} WHERE written_xid >= %(from)s AND written_xid < %(to)s"
        " ORDER BY written_xid OFFSET %(rows)s LIMIT 1",
        {"from": start, "to": horizon, "rows": ROWS_MAX},
    )
    return max(found[0][0], start + 1) if found else horizon


def _read(table: str, start: int, end: int) -> Batch:
    digested = _DIGESTED.format(columns=COLUMNS[table], rows=_NEW.get(table, _PLAIN_NEW.format(table=table)))
    rows, ids, prints, digest = bulk.fetch(
        f"""SELECT count(*), string_agg(int8send(id), '' ORDER BY id), string_agg(substr(digest, 1, {_PRINT}), '' ORDER BY id),
            sha256(string_agg(digest, '' ORDER BY id)) FROM ({digested}) d""",
        {"from": start, "to": end},
    )[0]
    return Batch(rows, bytes(ids or b""), bytes(prints or b""), bytes(digest or b""))


def _check_table(table: str) -> Iterator[Broken]:
    """Digest the table in one pass, span by span; look at the rows of a span only where it does not fit."""
    links = list(Seal.objects.filter(table=table).order_by("from_xid").defer("ids", "prints"))
    for earlier, later in pairwise(links):
        if earlier.to_xid != later.from_xid:
            yield Broken(table, 0, f"a seal is missing between {earlier.to_xid} and {later.from_xid}")
    if links and links[0].from_xid != 0:
        yield Broken(table, 0, "the first seal is missing")
    found = _digests(table, [link.to_xid for link in links])
    before = b""
    for place, link in enumerate(links):
        rows, digest = found.get(place, (0, b""))
        expected = _link(table, link.from_xid, link.to_xid, at=link.sealed_at, before=before, digest=digest)
        if rows != link.rows or expected != bytes(link.digest):
            yield from _changed_rows(table, link)
        before = bytes(link.digest)


def _digests(table: str, ends: list[int]) -> dict[int, tuple[int, bytes]]:
    """Return of each span its number of rows and the digest over their digests."""
    if not ends:
        return {}
    bounds = "{" + ",".join(map(str, ends)) + "}"
    digested = _DIGESTED.format(columns=COLUMNS[table], rows=f"SELECT * FROM {table} WHERE written_xid < %(end)s")
    rows = bulk.fetch(
        f"""SELECT width_bucket(written_xid, %(bounds)s::bigint[]), count(*), sha256(string_agg(digest, '' ORDER BY id))
            FROM ({digested}) d GROUP BY 1""",
        {"bounds": bounds, "end": ends[-1]},
    )
    return {place: (count, bytes(digest)) for place, count, digest in rows}


def _changed_rows(table: str, link: Seal) -> Iterator[Broken]:
    """Name the rows of a span that do not fit their prints; if all do, it is the seal that was changed."""
    sealed = dict(zip(_cut(bytes(link.ids), _ID), _cut(bytes(link.prints), _PRINT), strict=False))
    digested = _DIGESTED.format(columns=COLUMNS[table], rows=_PLAIN_NEW.format(table=table))
    rows = bulk.fetch(
        f"SELECT int8send(id), substr(digest, 1, {_PRINT}) FROM ({digested}) d", {"from": link.from_xid, "to": link.to_xid}
    )
    found = {bytes(row_id): bytes(row_print) for row_id, row_print in rows}
    names = sorted({*sealed, *found})
    broken = [name for name in names if sealed.get(name) != found.get(name)]
    for name in broken:
        reason = "removed or moved" if name not in found else "added" if name not in sealed else "changed"
        yield Broken(table, int.from_bytes(name, "big", signed=True), reason)
    if not broken:
        yield Broken(table, 0, f"seal {link.pk} was changed")


def _link(table: str, start: int, end: int, *, at: datetime, before: bytes, digest: bytes) -> bytes:
    header = f"|{table}|{start}|{end}|{at.astimezone(UTC).isoformat()}|"
    return hashlib.sha256(before + header.encode() + digest).digest()


def _cut(text: bytes, size: int) -> list[bytes]:
    return [text[place : place + size] for place in range(0, len(text), size)]


def _write_times_alike() -> None:
    """Let times and numbers be written in one way, whatever this session or server prefers."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL bytea_output = 'hex'")

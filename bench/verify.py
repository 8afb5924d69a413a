"""How fast the ledger is written, and how fast it is proved whole: every invariant and every seal, in entries per second.

The ledger is made by the path that tills use, in one call; its limit is an INSERT … SELECT of the very rows into tables of the
same definition. The limit of proving is the least that a check for changed bytes must do: one pass over the entries that
digests each row. The goal of G6, 10 million entries a minute, is 167,000 entries/s.
"""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta

import psycopg
from django.conf import settings
from django.db import connection

from bench.rows import Row, median_pair
from regulars.core.invariants import declared
from regulars.loyalty.wallet import seals
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command, Give, House, Owner, OwnerKind, Take
from regulars.organization import access

_UNIT = "points.bench"
_COMMANDS = 60_000
_OWNERS = 3_000
_TABLES = ("wallet_transfer", "wallet_lot", "wallet_entry")
_VIEWER = access.system("bench")
_DIGEST = f"SELECT count(sha256(convert_to(ROW({seals.COLUMNS['wallet_entry']})::text, 'UTF8'))) FROM wallet_entry"


def run(*, scale: int = 1) -> list[Row]:
    """Fill a ledger and measure how long proving it takes."""
    now = datetime.now(UTC)
    posting = sum(_fill(now, turn) for turn in range(scale))
    copying, entries = _copy()
    seals.seal(now=now)
    ours, limit = median_pair(_prove, _read_once, runs=3)
    return [
        Row("ledger.entries_posted", entries / posting, entries / copying, "entries/s"),
        Row("verify.entries", entries / ours, entries / limit, "entries/s"),
    ]


def _copy() -> tuple[float, int]:
    """Return the seconds that the same rows take into empty tables with the same indexes, and how many entries there are."""
    with psycopg.connect(settings.DATABASE_OWNER_URL) as link:
        for table in _TABLES:
            link.execute(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL)")
        started = time.perf_counter()
        for table in _TABLES:
            link.execute(f"INSERT INTO bench_{table} SELECT * FROM {table}")
        seconds = time.perf_counter() - started
        found = link.execute("SELECT count(*) FROM wallet_entry").fetchone()
        link.rollback()
        link.autocommit = True
        for table in _TABLES:
            link.execute(f"VACUUM ANALYZE {table}")
    return seconds, found[0] if found else 0


def _fill(now: datetime, turn: int) -> float:
    """Post earning and spending in one call, as a replay does; return the seconds."""
    wallet.define_unit(_UNIT, kind="points")
    dice = random.Random(turn)  # noqa: S311 - the same ledger each time
    commands = [_command(number, now, turn=turn, dice=dice) for number in range(_COMMANDS)]
    started = time.perf_counter()
    wallet.post(commands, now=now, viewer=_VIEWER)
    return time.perf_counter() - started


def _command(number: int, now: datetime, *, turn: int, dice: random.Random) -> Command:
    owner = Owner(OwnerKind.CUSTOMER, 10**9 + number % _OWNERS)
    spends = number // _OWNERS % 5 == 4  # four times earned, then spent
    at = now - timedelta(days=400) + timedelta(minutes=number // 100)
    part: Give | Take = Give(
        owner=owner, unit=_UNIT, amount=dice.randint(20, 90), house=House.ISSUED, expires_at=now + timedelta(days=90)
    )
    if spends:
        part = Take(owner=owner, unit=_UNIT, amount=dice.randint(1, 20), house=House.REDEEMED)
    return Command(source=f"bench{turn}", key=str(number), kind="redeem" if spends else "earn", at=at, parts=(part,))


def _prove() -> None:
    for one in declared():
        if one.name.startswith("wallet.") and (found := one.check()).broken:
            raise AssertionError(f"{one.sentence} {found.examples}")


def _read_once() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_DIGEST)

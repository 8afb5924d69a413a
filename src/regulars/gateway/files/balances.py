"""Opening balances from a file: who, of what, how much, since when, until when. Each lot is posted once (F38, P49).

A lot is known by its number in the older system or, without one, by member, unit and dates: so a file that comes again, or
comes again mended, posts what is new and nothing twice; one that came with another amount is named and left to people.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from regulars.core import bulk, money
from regulars.core.errors import NotFoundError, Problem
from regulars.core.outcomes import SaveOutcome
from regulars.customers import services as customers
from regulars.loyalty.program import selectors as program
from regulars.loyalty.wallet import naming, wording
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Owner, OwnerKind
from regulars.loyalty.wallet.models import Unit
from regulars.organization.access import Viewer
from regulars.organization.company import get_company

# The best key of a row comes first.
_KEYS = {"external_id": "external", "card": "card", "phone": "phone", "email": "email"}
_WORDS = {
    "points": ("points", "point", "积分"),
    "growth": ("growth", "growth value", "成长值"),
    "stored": ("stored", "stored value", "principal", "储值", "储值本金", "本金", "余额"),
    "bonus": ("bonus", "bonus money", "赠金", "储值赠金", "赠送金"),
}
_MONEY = {Unit.Kind.STORED_PRINCIPAL, Unit.Kind.STORED_BONUS}
_POSTED = """
SELECT t.key, e.amount, t.why->>'provenance' FROM wallet_transfer t
JOIN wallet_entry e ON e.transfer_id = t.id JOIN wallet_account a ON a.id = e.account_id AND a.owner_kind = 'customer'
WHERE t.source = %(source)s AND t.key = ANY (%(keys)s)
"""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rows of a chunk are looked up in."""

    customers: dict[tuple[str, str, str], int]
    units: dict[str, Unit]
    words: dict[str, str]
    viewer: Viewer
    now: datetime


def open_balances(table: pa.Table, *, source: str, batch_id: int, now: datetime, viewer: Viewer) -> SaveOutcome:
    """Post the lots of one chunk, in the caller's transaction; rows with a fault are named and left out."""
    outcome, rows = SaveOutcome(), table.to_pylist()
    known = _known(rows, source, viewer, now)
    lots: dict[str, wallet.OpeningLot] = {}
    for row in rows:
        if not row["balance_milli"]:
            outcome.unchanged += 1  # nothing to bring
            continue
        lot, fault = _lot(row, known, provenance=f"import {batch_id}")
        if lot is not None and lot.external_id in lots:
            fault = ("balance", "balance.repeated")
        if fault is not None:
            outcome.problems.append(Problem(row["row"], *fault, message=""))
        elif lot is not None:
            lots[lot.external_id] = lot
    fresh = _without_posted(lots, _source(source), outcome, batch_id)
    report = wallet.open_balances(fresh, source=_source(source), now=now, viewer=viewer)
    outcome.created += report.posted
    outcome.unchanged += report.repeated
    names = {"earned_at": "earned_on", "expires_at": "valid_through"}
    outcome.problems += [replace(one, column=names.get(one.column or "", one.column)) for one in report.problems]
    return outcome


_BY_UNIT = """
SELECT u.code, u.currency, u.kind, sum(e.amount)::bigint, count(*) FROM wallet_transfer t
JOIN wallet_entry e ON e.transfer_id = t.id JOIN wallet_account a ON a.id = e.account_id AND a.owner_kind = 'customer'
JOIN wallet_unit u ON u.id = a.unit_id
WHERE t.source = %(source)s AND t.kind = 'open' AND t.why->>'provenance' = %(provenance)s
GROUP BY u.code, u.currency, u.kind ORDER BY u.code
"""


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file brings of one unit."""

    unit: str
    currency: str
    is_money: bool
    amount: int
    lots: int


def sums_of(batch_id: int, *, source: str) -> list[Brought]:
    """Return what a file has brought by unit; asked within a dry run, what it would bring."""
    rows = bulk.fetch(_BY_UNIT, {"source": _source(source), "provenance": f"import {batch_id}"})
    return [Brought(unit, currency, kind in _MONEY, amount, lots) for unit, currency, kind, amount, lots in rows]


def in_words(sums: Iterable[Brought]) -> list[tuple[str, str, int]]:
    """Return sums by unit as people read them: its name, the sum, and how many lots."""
    names = naming.names()
    return [(str(names.get(one.unit, one.unit)), wording.quantity(one.amount, one.currency), one.lots) for one in sums]


def _source(source: str) -> str:
    return f"opening/{source}"[:64]


def _known(rows: list[dict[str, Any]], source: str, viewer: Viewer, now: datetime) -> _Known:
    keys = [key for row in rows if (key := _key_of(row)) is not None]
    company = get_company()
    words = {"stored": f"stored.{company.currency}", "bonus": f"bonus.{company.currency}"}
    with suppress(NotFoundError):  # stored value needs no program
        club = program.get_program()
        words |= {"points": club.points_unit, "growth": club.growth_unit}
    by_word = {word: words[name] for name, all_words in _WORDS.items() if name in words for word in all_words}
    units = {unit.code: unit for unit in Unit.objects.all()}
    return _Known(customers.look_up(keys, source=source), units, by_word, viewer, now)


def _key_of(row: dict[str, Any]) -> tuple[str, str, str] | None:
    found = next((name for name in _KEYS if row.get(name)), None)
    return (_KEYS[found], row.get("namespace") or "", row[found]) if found else None


def _lot(row: dict[str, Any], known: _Known, *, provenance: str) -> tuple[wallet.OpeningLot | None, tuple[str, str] | None]:
    """Return the lot of a row, or the column and code of its first fault."""
    key = _key_of(row)
    if key is None:
        return None, ("external_id", "identifier.missing")
    column = next(name for name, kind in _KEYS.items() if kind == key[0])
    customer = known.customers.get(key)
    if customer is None:
        return None, (column, "balance.customer")
    unit = known.units.get(known.words.get(row["unit"].strip().lower(), row["unit"].strip()))
    amount = _amount(row["balance_milli"], unit) if unit else None
    if unit is None or amount is None:
        return None, ("balance", "balance.whole") if unit else ("unit", "balance.unit")
    if unit.kind in _MONEY and not known.viewer.may("wallet.adjust"):
        return None, ("unit", "balance.money")
    earned_on, through = row.get("earned_on"), row.get("valid_through")
    zone = program.program_zone()
    return wallet.OpeningLot(
        row=row["row"], external_id=_number(row, key, unit.code, earned_on, through),
        owner=Owner(OwnerKind.CUSTOMER, customer), unit=unit.code, amount=amount, provenance=provenance,
        earned_at=zone.start_of(earned_on) if earned_on else known.now, expires_at=zone.end_of(through) if through else None,
    ), None  # fmt: skip


def _amount(balance_milli: int, unit: Unit) -> int | None:
    """Return a balance in the unit's smallest piece; None where that is no whole number."""
    amount, rest = divmod(balance_milli * 10 ** (money.minor_digits(unit.currency) if unit.currency else 0), 1000)
    return None if rest else amount


def _number(row: dict[str, Any], key: tuple[str, str, str], unit: str, earned_on: date | None, through: date | None) -> str:
    """Return what a lot is known by; phones and other keys stand in the ledger as fingerprints only."""
    parts = ("lot", row["lot"]) if row.get("lot") else (*key, str(earned_on), str(through))
    return hashlib.sha256("\n".join((unit, *parts)).encode()).hexdigest()[:40]


def _without_posted(
    lots: dict[str, wallet.OpeningLot], source: str, outcome: SaveOutcome, batch_id: int
) -> list[wallet.OpeningLot]:
    asked = {"source": source, "keys": [f"opening:{number}" for number in lots]}
    posted = {key.removeprefix("opening:"): (amount, whence) for key, amount, whence in bulk.fetch(_POSTED, asked)}
    for number, (amount, whence) in posted.items():
        if whence == f"import {batch_id}":  # an earlier chunk of this very file
            outcome.problems.append(Problem(lots[number].row, "balance", "balance.repeated", ""))
        elif amount != lots[number].amount:
            outcome.problems.append(Problem(lots[number].row, "balance", "balance.changed", ""))
        else:
            outcome.unchanged += 1
    return [lot for number, lot in lots.items() if number not in posted]

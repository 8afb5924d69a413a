"""Bring balances from an older system: lot by lot, with their dates and where they come from (F38).

For the importer. It starts nothing else: no rule runs, nobody is written to (P49). The report compares what came in with
what the older system says it holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from regulars.core.errors import Problem
from regulars.loyalty.wallet.commands import Command, Give, House, Owner
from regulars.loyalty.wallet.models import Unit
from regulars.loyalty.wallet.services.posting import AMOUNT_MAX, post
from regulars.organization.access import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningLot:
    """One lot of the older system, under its own number there."""

    row: int | None
    external_id: str
    owner: Owner
    unit: str
    amount: int
    earned_at: datetime
    available_from: datetime | None = None
    expires_at: datetime | None = None
    provenance: str = ""  # such as the file and the older system's name for it


@dataclass(frozen=True, slots=True)
class UnitTotal:
    """One line of the reconciliation: what was to come, what is in the ledger, and the difference."""

    unit: str
    expected: int
    posted: int

    @property
    def difference(self) -> int:
        return self.posted - self.expected


@dataclass(slots=True)
class OpeningReport:
    """What became of an import of balances."""

    posted: int = 0
    repeated: int = 0
    problems: list[Problem] = field(default_factory=list)
    totals: list[UnitTotal] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        return not self.problems and all(total.difference == 0 for total in self.totals)


def open_balances(
    lots: Sequence[OpeningLot],
    *,
    source: str,
    now: datetime,
    viewer: Viewer,
    control: Mapping[str, int] | None = None,
) -> OpeningReport:
    """Post the lots, each once under `(source, external_id)`; rows with a fault are named and left out.

    `control` is what the older system says it holds, by unit; without it the sum of all rows is what is expected.
    """
    report = OpeningReport()
    good = _without_faults(lots, report, now)
    for answer in post([_command(lot, source) for lot in good], now=now, viewer=viewer):
        report.repeated += answer.repeated
        report.posted += not answer.repeated
    expected = dict(control) if control is not None else _sums(lots)
    posted = _sums(good)
    report.totals = [UnitTotal(unit, expected.get(unit, 0), posted.get(unit, 0)) for unit in sorted({*expected, *posted})]
    return report


def _without_faults(lots: Sequence[OpeningLot], report: OpeningReport, now: datetime) -> list[OpeningLot]:
    units = set(Unit.objects.values_list("code", flat=True))
    seen: set[str] = set()
    good = []
    for lot in lots:
        fault = _fault(lot, units, seen, now)
        if fault is None:
            good.append(lot)
            seen.add(lot.external_id)
        else:
            report.problems.append(Problem(lot.row, *fault))
    return good


def _fault(lot: OpeningLot, units: set[str], seen: set[str], now: datetime) -> tuple[str, str, str] | None:
    """Return the column, code and sentence of the first fault, if there is one."""
    if type(lot.amount) is not int or not 0 < lot.amount <= AMOUNT_MAX:
        return "amount", "amount.sign", _("An amount must be a whole number above zero.")
    if lot.unit not in units:
        return "unit", "unit.unknown", _("There is no unit %(unit)s.") % {"unit": lot.unit}
    if lot.external_id in seen:
        return "external_id", "opening.repeated", _("This number stands in the file twice.")
    if lot.earned_at > now:
        return "earned_at", "opening.future", _("This was earned in the future.")
    if lot.expires_at is not None and lot.expires_at <= now:
        return "expires_at", "opening.expired", _("This has expired already.")
    return None


def _command(lot: OpeningLot, source: str) -> Command:
    part = Give(
        owner=lot.owner, unit=lot.unit, amount=lot.amount, house=House.OPENING, available_from=lot.available_from,
        expires_at=lot.expires_at, origin="opening",
    )  # fmt: skip
    return Command(
        source=source, key=f"opening:{lot.external_id}", kind="open", at=lot.earned_at, parts=(part,),
        why={"provenance": lot.provenance or source},
    )  # fmt: skip


def _sums(lots: Sequence[OpeningLot]) -> dict[str, int]:
    total: dict[str, int] = defaultdict(int)
    for lot in lots:
        total[lot.unit] += lot.amount if type(lot.amount) is int else 0
    return dict(total)

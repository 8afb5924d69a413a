"""What returns take back, as commands for the ledger and records that say which lines gave it (F24, F25, P8, P15).

For checkout within its transaction and for `rating`, which brings the returns of files: both name the return receipts, and
everything else is read from what was kept with the sales.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from regulars.core import bulk
from regulars.loyalty.program import selectors
from regulars.loyalty.program.models import Earning, TakenBack
from regulars.loyalty.program.rules import dates, returning
from regulars.loyalty.program.rules.earning import BonusEarned
from regulars.loyalty.program.rules.redeeming import value_of
from regulars.loyalty.program.rules.returning import Back, SoldLine
from regulars.loyalty.wallet import selectors as wallets
from regulars.loyalty.wallet.commands import Command, House, Owner, OwnerKind, Posted, Take

SOURCE = "program"


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """A line of a return with the sold line that it takes back; quantity and amount are positive."""

    receipt_id: int  # the return
    original_id: int
    original_line_no: int
    quantity_milli: int
    amount: int
    at: datetime
    business_date: date
    store_id: int


@dataclass(slots=True)
class TakingBack:
    """What to post and, once that is done, to keep. `refund_less_amount`: spent already, to be taken off the refund."""

    commands: list[Command] = field(default_factory=list)
    records: list[TakenBack] = field(default_factory=list)

    @property
    def refund_less_amount(self) -> int:
        return sum(record.refund_less_amount for record in self.records)


def taking_back(returned: Sequence[ReturnedLine], *, now: datetime) -> TakingBack:
    """Return what these lines take back from what their sales earned, in every program.

    Sales that earned nothing and returns that are accounted for already take nothing. The sales are locked until the
    transaction ends: what two returns of one sale take must add up.
    """
    result = TakingBack()
    originals = sorted({line.original_id for line in returned})
    if not originals:
        return result
    bulk.fetch(
        "SELECT pg_advisory_xact_lock(hashtextextended('program.returns', id)) FROM unnest(%(ids)s::bigint[]) AS u(id)",
        {"ids": originals},
    )
    sold = _sold_lines(originals)
    by_sale: dict[int, list[ReturnedLine]] = defaultdict(list)
    for line in returned:
        by_sale[line.original_id].append(line)
    earnings = Earning.objects.filter(receipt_id__in=originals).prefetch_related("taken_back")
    for earning in earnings.order_by("receipt_id", "program_id"):
        _Sale(earning, sold[earning.receipt_id]).take_back(by_sale[earning.receipt_id], result, now)
    return result


def returned_lines(receipt_ids: Iterable[int]) -> list[ReturnedLine]:
    """Return the lines of recorded returns whose sale is known; one that names no line means the first of its article."""
    return [ReturnedLine(*row) for row in bulk.fetch(_RETURNED, {"receipts": list(receipt_ids)})]


def keep_taken_back(taking: TakingBack, posted: Sequence[Posted]) -> None:
    """Keep what was taken back, with the transfers that did it; `posted` answers `taking.commands` in order."""
    transfers = {command.key: done.transfer_id for command, done in zip(taking.commands, posted, strict=True)}
    for record in taking.records:
        record.transfer_id = transfers.get(key_of(record))
    TakenBack.objects.bulk_create(taking.records, ignore_conflicts=True)


def left_of(earning_ids: Sequence[int]) -> dict[int, tuple[int, int, int, int]]:
    """Return points, growth, spend and visits that the returns so far have left of these earnings."""
    earnings = Earning.objects.filter(pk__in=earning_ids).prefetch_related("taken_back")
    sold = _sold_lines([earning.receipt_id for earning in earnings])
    return {earning.pk: _Sale(earning, sold[earning.receipt_id]).left() for earning in earnings}


def key_of(record: TakenBack) -> str:
    """Return the key under which the ledger knows a record."""
    if record.undoes_id is not None:
        return f"give-again/{record.undoes_id}"
    return f"take-back/{record.program_id}/{record.receipt_id}/{record.earning_id}"


_RETURNED = """
SELECT k.receipt_id, k.original_id, coalesce(k.original_line_no, named.line_no), -l.quantity_milli, -l.paid_amount,
    r.sold_at, r.business_date, r.store_id
FROM sales_returnlink k
JOIN sales_receiptline l ON l.receipt_id = k.receipt_id AND l.line_no = k.line_no
JOIN sales_receipt r ON r.id = k.receipt_id
LEFT JOIN LATERAL (
    SELECT o.line_no FROM sales_receiptline o WHERE o.receipt_id = k.original_id AND o.product_id = l.product_id
    ORDER BY o.line_no LIMIT 1
) named ON k.original_line_no IS NULL
WHERE k.receipt_id = ANY (%(receipts)s) AND k.original_id IS NOT NULL
    AND coalesce(k.original_line_no, named.line_no) IS NOT NULL
ORDER BY r.business_date, k.receipt_id, k.line_no
"""


def _sold_lines(receipts: Sequence[int]) -> dict[int, dict[int, tuple[int, int]]]:
    """Return quantity and paid amount of every line of some sales."""
    rows = bulk.fetch(
        "SELECT receipt_id, line_no, quantity_milli, paid_amount FROM sales_receiptline WHERE receipt_id = ANY (%(ids)s)",
        {"ids": list(receipts)},
    )
    sold: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
    for receipt, line_no, quantity, amount in rows:
        sold[receipt][line_no] = (quantity, amount)
    return sold


class _Sale:
    """One sale's earning while its returns take from it, in the order in which they came."""

    def __init__(self, earning: Earning, sold: Mapping[int, tuple[int, int]]) -> None:
        self.earning, self.sold = earning, sold
        self.book = selectors.book_of_version(earning.version_id)
        earlier = list(earning.taken_back.all())
        self.known = {record.receipt_id for record in earlier}
        self.back = _back_so_far(earlier)
        # Once a return was undone, the shares of the others round differently: together they never take more than there was.
        self.points = earning.points - sum(record.points + record.forgiven_points for record in earlier)
        self.growth = earning.growth - sum(record.growth for record in earlier)
        self.visits = sum(record.visits for record in earlier)

    def take_back(self, lines: Sequence[ReturnedLine], result: TakingBack, now: datetime) -> None:
        """Add what these returned lines take, return by return."""
        by_return: dict[int, list[ReturnedLine]] = defaultdict(list)
        for line in lines:
            if line.receipt_id not in self.known:
                by_return[line.receipt_id].append(line)
        for rows in by_return.values():
            before = dict(self.back)
            for line in rows:
                so_far = self.back.get(line.original_line_no, Back())
                self.back[line.original_line_no] = Back(
                    so_far.quantity_milli + line.quantity_milli, so_far.amount + line.amount
                )
            record = self._record(before, rows[0], now)
            self._bear_missing(record, now)
            result.records.append(record)
            result.commands += self._commands(record, rows[0])

    def left(self) -> tuple[int, int, int, int]:
        """Return points, growth, spend and visits that are not taken back yet."""
        back, self.back = self.back, {number: Back(*whole) for number, whole in self.sold.items()}
        taken, spend = self._taken(back)
        return min(taken.points, self.points), min(taken.growth, self.growth), spend, max(1 - self.visits, 0)

    def _taken(self, before: Mapping[int, Back]) -> tuple[returning.TakenBack, int]:
        """Return what is taken beyond `before`, and the spend that goes with it."""
        earning, after = self.earning, self.back
        lines = self._lines(earning.line_points, earning.line_growth)
        amounts = self._lines(earning.line_amounts, [0] * len(earning.line_nos))
        bonuses = [bonus_of(kept) for kept in earning.bonuses]
        taken = returning.difference(returning.take_back(lines, bonuses, after), returning.take_back(lines, bonuses, before))
        return taken, returning.take_back(amounts, [], after).points - returning.take_back(amounts, [], before).points

    def _record(self, before: Mapping[int, Back], line: ReturnedLine, now: datetime) -> TakenBack:
        earning, after = self.earning, self.back
        taken, spend = self._taken(before)
        points, growth = min(taken.points, self.points), min(taken.growth, self.growth)
        self.points, self.growth = self.points - points, self.growth - growth
        return TakenBack(
            earning=earning, receipt_id=line.receipt_id, customer_id=earning.customer_id, program_id=earning.program_id,
            business_date=line.business_date, earned_on=earning.business_date, points=points, growth=growth,
            spend_amount=spend, visits=int(_is_whole(self.sold, after) and not _is_whole(self.sold, before)),
            by_bonus=dict(taken.by_bonus), by_line=_by_line(before, after), taken_at=now,
        )  # fmt: skip

    def _bear_missing(self, record: TakenBack, now: datetime) -> None:
        """Say who bears points that are spent already (P15). Points that have expired since cannot be taken again."""
        last = dates.last_use(self.earning.business_date, self.book)
        if last is not None and last < record.business_date:
            record.points = 0
        returns, redemption = self.book.body.returns, self.book.body.redemption
        if not record.points or returns.missing == "debt":
            return
        owned = wallets.balances_of(Owner(OwnerKind.CUSTOMER, record.customer_id), now=now)
        there = next((unit.spendable + unit.pending for unit in owned if unit.unit == self.book.points_unit), 0)
        missing = max(record.points - max(there, 0), 0)
        record.points -= missing
        if returns.missing == "refund" and redemption is not None:
            record.refund_less_amount = value_of(missing, redemption)
        else:
            record.forgiven_points = missing

    def _commands(self, record: TakenBack, line: ReturnedLine) -> list[Command]:
        owner = Owner(OwnerKind.CUSTOMER, record.customer_id)
        take = [
            Take(
                owner=owner, unit=unit, amount=amount, house=House.CLAWED_BACK, of_transfer=self.earning.transfer_id,
                may_indebt=True, also_pending=True,
            )
            for unit, amount in ((self.book.points_unit, record.points), (self.book.growth_unit, record.growth))
            if amount
        ]  # fmt: skip
        why = {
            "sale": self.earning.receipt_id,
            "earned_on": record.earned_on.isoformat(),
            "bonus": sum(record.by_bonus.values()),
        }
        command = Command(
            source=SOURCE, key=key_of(record), kind="claw_back", at=line.at, parts=tuple(take),
            business_date=line.business_date, store_id=line.store_id, receipt_id=record.receipt_id,
            rule_version=self.book.version_id, why=why,
        )  # fmt: skip
        return [command] if take else []

    def _lines(self, points: Sequence[int], growth: Sequence[int]) -> list[SoldLine]:
        return [
            SoldLine(number, *self.sold.get(number, (0, 0)), *given)
            for number, *given in zip(self.earning.line_nos, points, growth, strict=True)
        ]


def bonus_of(kept: Mapping[str, object]) -> BonusEarned:
    """Return a bonus as it was kept."""
    fields = dict(kept)
    amounts = {int(number): int(amount) for number, amount in dict(fields.pop("amounts")).items()}  # type: ignore[call-overload] # JSON
    return BonusEarned(**fields, amounts=amounts)  # type: ignore[arg-type] # JSON


def _back_so_far(earlier: Iterable[TakenBack]) -> dict[int, Back]:
    back: dict[int, Back] = {}
    for record in earlier:
        for number, (quantity, amount) in record.by_line.items():
            so_far = back.get(int(number), Back())
            back[int(number)] = Back(so_far.quantity_milli + quantity, so_far.amount + amount)
    return back


def _by_line(before: Mapping[int, Back], after: Mapping[int, Back]) -> dict[str, list[int]]:
    moved = {}
    for number, back in after.items():
        was = before.get(number, Back())
        if back != was:
            moved[str(number)] = [back.quantity_milli - was.quantity_milli, back.amount - was.amount]
    return moved


def _is_whole(sold: Mapping[int, tuple[int, int]], back: Mapping[int, Back]) -> bool:
    return all(back.get(number, Back()).quantity_milli >= quantity for number, (quantity, _) in sold.items())

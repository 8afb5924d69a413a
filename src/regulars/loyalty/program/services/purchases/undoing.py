"""Take back what the receipts of an import earned, before they leave with it; give again what its returns had taken.

For the undo of an import, in its transaction. Nothing of the ledger goes: the earnings stay, with a record that takes back all
that they had left. Tiers follow at the next close of a day, as they do after returns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from django.utils.translation import gettext as _

from regulars.core import bulk
from regulars.core.errors import DomainError
from regulars.loyalty.program import selectors
from regulars.loyalty.program.models import Program, TakenBack
from regulars.loyalty.program.rules import dates
from regulars.loyalty.program.rules.book import Book
from regulars.loyalty.program.services.purchases.rating import wait_for_rating
from regulars.loyalty.program.services.purchases.returning import SOURCE, TakingBack, keep_taken_back, key_of, left_of
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command, GiveBack, House, Owner, OwnerKind, Take
from regulars.organization.access import Viewer

KIND = "undo"
_CUSTOMERS = 2_000  # whose earnings are taken back together; a till, which locks the accounts of one, meets no half of them


class PointsSpentError(DomainError):
    """Points of these receipts are spent already, and the rules let nobody owe them."""

    code: ClassVar[str] = "undo.points_spent"


@dataclass(slots=True)
class _Undoing:
    """What is under way: rules by version, what members can still give, and who cannot give enough."""

    now: datetime
    books: dict[int, Book] = field(default_factory=dict)
    there: dict[tuple[int, str], int] = field(default_factory=dict)
    short: dict[int, int] = field(default_factory=dict)

    def book(self, version_id: int) -> Book:
        if version_id not in self.books:
            self.books[version_id] = selectors.book_of_version(version_id)
        return self.books[version_id]


def undo_receipts(batch_id: int, *, now: datetime, viewer: Viewer) -> int:
    """Take back what the receipts of this import earned, and give again what its returns took; return how many receipts.

    Points that are spent already are owed, or let go, as the rules say of returns. Where the rules would take them off a
    refund, there is none, and everything is refused.
    """
    for program in Program.objects.order_by("pk"):
        wait_for_rating(program)
    bulk.execute(_CHOOSE, {"batch": batch_id})
    undoing, undone = _Undoing(now), 0
    customers = [row[0] for row in bulk.fetch("SELECT DISTINCT customer_id FROM undone_earning ORDER BY 1")]
    for start in range(0, len(customers), _CUSTOMERS):
        taking = _taking_back(customers[start : start + _CUSTOMERS], undoing)
        if not undoing.short:
            keep_taken_back(taking, wallet.post(taking.commands, now=now, viewer=viewer))
        undone += len(taking.records)
    if undoing.short:
        raise PointsSpentError(
            _("%(points)s points of these receipts are spent already, by %(members)s members. Take them back by hand first.")
            % {"points": sum(undoing.short.values()), "members": len(undoing.short)},
            points=sum(undoing.short.values()), members=len(undoing.short),
        )  # fmt: skip
    giving = _giving_again(batch_id, undoing)
    keep_taken_back(giving, wallet.post(giving.commands, now=now, viewer=viewer))
    wallet.forget_months()
    return undone + len(giving.records)


@dataclass(frozen=True, slots=True)
class _Earned:
    """What an earning has left to take back."""

    id: int
    program_id: int
    version_id: int
    receipt_id: int
    customer_id: int
    transfer_id: int | None
    business_date: date
    store_id: int
    points: int
    growth: int
    spend_amount: int
    visits: int


def _taking_back(customers: Sequence[int], undoing: _Undoing) -> TakingBack:
    result = TakingBack()
    rows = [(_Earned(*row[:-1]), row[-1]) for row in bulk.fetch(_EARNED, {"customers": list(customers)})]
    returned = left_of([earned.id for earned, has_returns in rows if has_returns])
    _look_what_is_there(customers, undoing, {earned.version_id for earned, _returns in rows})
    for earned, has_returns in rows:
        book = undoing.book(earned.version_id)
        points, growth, spend, visits = (
            returned[earned.id] if has_returns
            else (earned.points, earned.growth, earned.spend_amount, earned.visits)
        )  # fmt: skip
        today = book.zone.date_of(undoing.now)
        last = dates.last_use(earned.business_date, book)
        record = TakenBack(
            earning_id=earned.id, receipt_id=earned.receipt_id, customer_id=earned.customer_id, program_id=earned.program_id,
            business_date=today, earned_on=earned.business_date, growth=growth, spend_amount=spend, visits=visits,
            points=0 if last is not None and last < today else points, taken_at=undoing.now,  # what has expired is gone
        )  # fmt: skip
        _bear_missing(record, book, undoing)
        result.records.append(record)
        result.commands += _take(record, earned, book, undoing.now)
    return result


def _bear_missing(record: TakenBack, book: Book, undoing: _Undoing) -> None:
    if not record.points or book.body.returns.missing == "debt":
        return
    account = (record.customer_id, book.points_unit)
    missing = max(record.points - undoing.there.get(account, 0), 0)
    undoing.there[account] = undoing.there.get(account, 0) - record.points + missing
    if missing and book.body.returns.missing == "refund":
        undoing.short[record.customer_id] = undoing.short.get(record.customer_id, 0) + missing
    else:
        record.points -= missing
        record.forgiven_points = missing


def _look_what_is_there(customers: Sequence[int], undoing: _Undoing, versions: set[int]) -> None:
    """Read what these members can still give, where the rules let nobody owe."""
    books = [undoing.book(version) for version in sorted(versions)]
    units = sorted({book.points_unit for book in books if book.body.returns.missing != "debt"})
    if units:
        rows = bulk.fetch(_THERE, {"customers": list(customers), "units": units, "now": undoing.now})
        undoing.there |= {(customer, unit): amount for customer, unit, amount in rows}


def _take(record: TakenBack, earned: _Earned, book: Book, now: datetime) -> list[Command]:
    owner = Owner(OwnerKind.CUSTOMER, record.customer_id)
    parts = tuple(
        Take(
            owner=owner, unit=unit, amount=amount, house=House.CLAWED_BACK, of_transfer=earned.transfer_id, may_indebt=True,
            also_pending=True,
        )
        for unit, amount in ((book.points_unit, record.points), (book.growth_unit, record.growth))
        if amount
    )  # fmt: skip
    return [_command(record, parts, book, now, store_id=earned.store_id)] if parts else []


def _giving_again(batch_id: int, undoing: _Undoing) -> TakingBack:
    """Return what the returns of the import had taken from sales that stay."""
    result = TakingBack()
    taken = TakenBack.objects.filter(receipt__batch_id=batch_id, undoes=None).exclude(earning__receipt__batch_id=batch_id)
    for one in taken.select_related("earning", "receipt").order_by("customer_id", "pk"):
        book = undoing.book(one.earning.version_id)
        record = TakenBack(
            earning_id=one.earning_id, receipt_id=one.receipt_id, undoes_id=one.pk, customer_id=one.customer_id,
            program_id=one.program_id, business_date=book.zone.date_of(undoing.now), earned_on=one.earned_on,
            points=-one.points, growth=-one.growth, spend_amount=-one.spend_amount, visits=-one.visits,
            forgiven_points=-one.forgiven_points, refund_less_amount=-one.refund_less_amount,
            by_line={line: [-part for part in back] for line, back in one.by_line.items()},
            by_bonus={rule: -points for rule, points in one.by_bonus.items()}, taken_at=undoing.now,
        )  # fmt: skip
        result.records.append(record)
        if one.transfer_id is not None:
            owner = Owner(OwnerKind.CUSTOMER, one.customer_id)
            parts = tuple(
                GiveBack(of_transfer=one.transfer_id, owner=owner, unit=unit, amount=amount)
                for unit, amount in ((book.points_unit, one.points), (book.growth_unit, one.growth))
                if amount
            )
            result.commands.append(_command(record, parts, book, undoing.now, store_id=one.receipt.store_id))
    return result


def _command(record: TakenBack, parts: tuple[Take | GiveBack, ...], book: Book, now: datetime, *, store_id: int) -> Command:
    return Command(
        source=SOURCE, key=key_of(record), kind=KIND, at=now, parts=parts, business_date=record.business_date,
        store_id=store_id, receipt_id=record.receipt_id, rule_version=book.version_id,
        why={"earned_on": record.earned_on.isoformat()},
    )  # fmt: skip


_CHOOSE = """
DROP TABLE IF EXISTS pg_temp.undone_earning;
CREATE TEMPORARY TABLE undone_earning ON COMMIT DROP AS
SELECT e.id, e.customer_id, r.store_id FROM program_earning e JOIN sales_receipt r ON r.id = e.receipt_id
WHERE r.batch_id = %(batch)s
"""
_EARNED = """
SELECT e.id, e.program_id, e.version_id, e.receipt_id, e.customer_id, e.transfer_id, e.business_date, u.store_id,
    e.points, e.growth, e.spend_amount, (e.spend_amount > 0)::int,
    EXISTS (SELECT FROM program_takenback t WHERE t.earning_id = e.id)
FROM undone_earning u JOIN program_earning e ON e.id = u.id
WHERE u.customer_id = ANY (%(customers)s) ORDER BY e.customer_id, e.id
"""
_THERE = """
SELECT a.owner_id, u.code, greatest(coalesce(sum(l.remaining - l.held), 0) - a.debt, 0)::bigint
FROM wallet_account a JOIN wallet_unit u ON u.id = a.unit_id
LEFT JOIN wallet_lot l ON l.account_id = a.id AND l.remaining > 0 AND (l.expires_at IS NULL OR l.expires_at > %(now)s)
WHERE a.owner_kind = 'customer' AND a.owner_id = ANY (%(customers)s) AND u.code = ANY (%(units)s)
GROUP BY a.id, u.code
"""

"""What a return gives back: each line in proportion, to the cent, whatever the order in which parts of it come back.

Pure. Everything is a cumulative function of how much has come back so far, so that two part returns give the same sums in
either order and the last one gives the rest (P8, P12, P38).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from regulars.core.errors import DomainError, InvalidInputError
from regulars.loyalty.checkout.messages import ReturnedLine

# Money last: what is no money comes back first, so that points never become cash (P12, P16).
MONEY_LAST = ("points", "stored_value", "gift_card", "invoice", "other", "card", "wallet", "cash")


class NotOnTheSaleError(InvalidInputError):
    """The sale has no such line."""

    code = "return.line_unknown"


class ReturnTooMuchError(DomainError):
    """More would come back than is still out."""

    code = "return.too_much"


@dataclass(frozen=True, slots=True)
class SoldDiscount:
    """A discount as it stands on the receipt of the sale."""

    discount_no: int
    kind: str
    amount: int
    funded_by: str
    reference: str


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line as it stands on the receipt of the sale, and how much of it came back before."""

    line_no: int
    product_id: int
    sku: str
    quantity_milli: int
    paid_amount: int
    discounts: tuple[SoldDiscount, ...] = ()
    returned_milli: int = 0
    refunded_amount: int = 0  # what was given for it

    @property
    def gross_amount(self) -> int:
        return self.paid_amount + sum(discount.amount for discount in self.discounts)


@dataclass(frozen=True, slots=True)
class SoldTender:
    """A part of the payment of the sale. Of a refund: a part given back, the first `before_amount` of it went back before."""

    tender_no: int
    kind: str
    amount: int
    reference: str
    before_amount: int = 0


@dataclass(frozen=True, slots=True)
class Use:
    """What one tender took from the ledger: `units` of `unit`, which paid `amount`."""

    tender_no: int
    owner_kind: str
    owner_id: int
    unit: str
    units: int
    amount: int


@dataclass(frozen=True, slots=True)
class RefundedLine:
    """What comes back of one line: amounts above zero."""

    sold: SoldLine
    quantity_milli: int
    paid_amount: int
    discounts: tuple[SoldDiscount, ...]

    @property
    def discount_amount(self) -> int:
        return sum(discount.amount for discount in self.discounts)


@dataclass(frozen=True, slots=True)
class Refund:
    """A return worked out: its lines, the payments given back, and whether all of the sale has now come back."""

    lines: tuple[RefundedLine, ...]
    tenders: tuple[SoldTender, ...]
    before_amount: int
    completes: bool
    returned_milli: Mapping[int, int] = field(default_factory=dict)  # by line, this return included
    lost_amount: int = 0  # held back, because what stays no longer earns its discount (`breaking`)

    @property
    def amount(self) -> int:
        return sum(line.paid_amount for line in self.lines)


def refund(sold: Sequence[SoldLine], tenders: Sequence[SoldTender], wanted: Sequence[ReturnedLine]) -> Refund:
    """Return what bringing `wanted` back gives (nothing named: all that is left)."""
    asked = _asked(sold, wanted)
    lines = tuple(_line(line, asked[line.line_no]) for line in sold if asked.get(line.line_no))
    before = sum(part(line.paid_amount, line.returned_milli, line.quantity_milli) for line in sold)
    after = before + sum(line.paid_amount for line in lines)
    back = {line.line_no: line.returned_milli + asked.get(line.line_no, 0) for line in sold}
    return Refund(
        lines=lines,
        tenders=tenders_back(tenders, before, after),
        before_amount=before,
        completes=all(back[line.line_no] == line.quantity_milli for line in sold),
        returned_milli=back,
    )


def less(worked_out: Refund, amount: int) -> Refund:
    """Return the refund with `amount` of its money given in the points that were earned with the goods and are spent (P15).

    It shows as a part of the refund that was given in points already, so that the drawer and the receipt agree.
    """
    left = min(amount, sum(tender.amount for tender in worked_out.tenders if tender.kind != "points"))
    if left <= 0:
        return worked_out
    kept: list[SoldTender] = [SoldTender(0, "points", left, "spent already")]
    for tender in reversed(worked_out.tenders):
        taken = min(left, tender.amount) if tender.kind != "points" else 0
        left -= taken
        if tender.amount > taken:
            kept.insert(0, replace(tender, amount=tender.amount - taken))
    return replace(worked_out, tenders=tuple(kept))


def part(amount: int, done: int, whole: int) -> int:
    """Return the share of `amount` that belongs to the first `done` of `whole`.

    >>> [part(100, done, 3) for done in range(4)]
    [0, 33, 66, 100]
    """
    return amount * done // whole


def units_back(uses: Sequence[Use], tenders: Sequence[SoldTender]) -> list[tuple[Use, int]]:
    """Return how many units of each use go back with the tenders of a refund.

    Within one tender the first use goes back first: `uses` name bonus before principal, money last.
    """
    back = []
    for tender in tenders:
        start = 0
        for use in (use for use in uses if use.tender_no == tender.tender_no):
            before = min(max(tender.before_amount - start, 0), use.amount)
            after = min(max(tender.before_amount + tender.amount - start, 0), use.amount)
            if units := part(use.units, after, use.amount) - part(use.units, before, use.amount):
                back.append((use, units))
            start += use.amount
    return back


def _asked(sold: Sequence[SoldLine], wanted: Sequence[ReturnedLine]) -> dict[int, int]:
    left = {line.line_no: line.quantity_milli - line.returned_milli for line in sold}
    if not wanted:
        if not any(left.values()):
            raise ReturnTooMuchError("All of this sale has come back already.")
        return left
    asked: dict[int, int] = {}
    for line in wanted:
        if line.line_no not in left:
            raise NotOnTheSaleError(f"The sale has no line {line.line_no}.", field="lines")
        asked[line.line_no] = asked.get(line.line_no, 0) + line.quantity_milli
        if asked[line.line_no] > left[line.line_no]:
            raise ReturnTooMuchError(f"Of line {line.line_no} less is left than comes back.", field="lines")
    return asked


def _line(sold: SoldLine, quantity: int) -> RefundedLine:
    before, after, whole = sold.returned_milli, sold.returned_milli + quantity, sold.quantity_milli
    return RefundedLine(
        sold=sold,
        quantity_milli=quantity,
        paid_amount=part(sold.paid_amount, after, whole) - part(sold.paid_amount, before, whole),
        discounts=tuple(
            SoldDiscount(it.discount_no, it.kind, amount, it.funded_by, it.reference)
            for it in sold.discounts
            if (amount := part(it.amount, after, whole) - part(it.amount, before, whole))
        ),
    )


def tenders_back(tenders: Sequence[SoldTender], before: int, after: int) -> tuple[SoldTender, ...]:
    """Return which payments the amounts from `before` to `after` of the sale go back to, money last."""
    given: list[SoldTender] = []
    start = 0
    for tender in sorted(tenders, key=lambda it: MONEY_LAST.index(it.kind) if it.kind in MONEY_LAST else len(MONEY_LAST)):
        end = start + tender.amount
        amount = min(end, after) - max(start, before)
        if amount > 0:
            given.append(
                SoldTender(tender.tender_no, tender.kind, amount, tender.reference, before_amount=max(before - start, 0))
            )
        start = end
    return tuple(given)

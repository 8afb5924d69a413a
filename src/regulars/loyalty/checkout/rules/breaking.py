"""What a part return breaks of the sale's discounts: the refund is less by it, and more again when the rest comes back (P39).

Pure. What is lost is a function of what stays, not of the way there: parts in any order end with the same sums (G11). On the
return's receipt it stands as discount that comes back with the returned lines, so that sale and returns add up to what the
customer has paid for what is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from regulars.core.money import split_by_largest_remainder
from regulars.loyalty.checkout.rules import refunds
from regulars.loyalty.checkout.rules.refunds import Refund, RefundedLine, SoldDiscount, SoldLine, SoldTender, part

Name = tuple[str, str, str]  # kind, who bears it, offer


@dataclass(frozen=True, slots=True)
class Broken:
    """What stays loses: by offer and line, before and after this return. `offers` are those whose discount can be lost."""

    before: Mapping[int, Mapping[int, int]]
    after: Mapping[int, Mapping[int, int]]
    codes: Mapping[int, str]

    @property
    def amount(self) -> int:
        return sum(sum(lines.values()) for lines in self.after.values())

    @property
    def changes(self) -> dict[int, dict[int, int]]:
        """Return what this return makes lines lose more than earlier ones did, by offer and line."""
        return {
            offer: {line: gone for line in {*before, *after} if (gone := after.get(line, 0) - before.get(line, 0))}
            for offer in self.codes
            for before, after in [(self.before.get(offer, {}), self.after.get(offer, {}))]
        }


def apply(refund: Refund, broken: Broken, sold: Sequence[SoldLine], tenders: Sequence[SoldTender]) -> Refund:
    """Return the refund less what the lines that stay lose, never below zero, and with what earlier returns held back."""
    natural = sum(part(line.paid_amount, line.returned_milli, line.quantity_milli) for line in sold)
    before = sum(line.refunded_amount for line in sold)
    losable = sum(row.amount for line in refund.lines for row in line.discounts if row.reference in broken.codes.values())
    wanted = refund.amount + natural - before - broken.amount
    amount = min(max(wanted, 0), refund.amount + losable)
    lines = refund.lines
    if amount < refund.amount:
        lines = _less(lines, refund.amount - amount, _names(broken, sold))
    elif amount > refund.amount:
        lines = _more(lines, amount - refund.amount, set(broken.codes.values()))
    return replace(
        refund, lines=lines, tenders=refunds.tenders_back(tenders, before, before + amount), before_amount=before,
        lost_amount=max(refund.amount - amount, 0),
    )  # fmt: skip


def _names(broken: Broken, sold: Sequence[SoldLine]) -> dict[Name, int]:
    """Return whose discounts are lost, with their weights."""
    names: dict[Name, int] = {}
    for offer, lines in broken.after.items():
        for line in (line for line in sold if lines.get(line.line_no)):
            for row in (row for row in line.discounts if row.reference == broken.codes[offer]):
                name = (row.kind, row.funded_by, row.reference)
                names[name] = names.get(name, 0) + row.amount
    return names


def _less(lines: Sequence[RefundedLine], amount: int, names: Mapping[Name, int]) -> tuple[RefundedLine, ...]:
    shares = split_by_largest_remainder(amount, [line.paid_amount for line in lines])
    made = []
    for line, share in zip(lines, shares, strict=True):
        parts = split_by_largest_remainder(share, list(names.values()))
        discounts = _added(line.discounts, zip(names, parts, strict=True))
        made.append(replace(line, paid_amount=line.paid_amount - share, discounts=discounts))
    return tuple(made)


def _added(rows: Sequence[SoldDiscount], extra: Iterable[tuple[Name, int]]) -> tuple[SoldDiscount, ...]:
    kept = {(row.kind, row.funded_by, row.reference): row for row in rows}
    for name, amount in extra:
        row = kept.get(name) or SoldDiscount(0, name[0], 0, name[1], name[2])
        kept[name] = replace(row, amount=row.amount + amount)
    return tuple(row for row in kept.values() if row.amount)


def _more(lines: Sequence[RefundedLine], amount: int, offers: set[str]) -> tuple[RefundedLine, ...]:
    rows = [(line, row) for line in lines for row in line.discounts if row.reference in offers]
    shares = iter(split_by_largest_remainder(amount, [row.amount for _, row in rows]))
    made = []
    for line in lines:
        less = [replace(row, amount=row.amount - next(shares)) if row.reference in offers else row for row in line.discounts]
        gained = line.discount_amount - sum(row.amount for row in less)
        made.append(replace(line, paid_amount=line.paid_amount + gained, discounts=tuple(row for row in less if row.amount)))
    return tuple(made)

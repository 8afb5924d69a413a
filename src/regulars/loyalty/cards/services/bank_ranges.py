"""Keep which bank cards are a partner's: its list comes whole or not at all, and no number belongs to two products (S240)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.core.errors import DomainError, NotFoundError, Problem
from regulars.loyalty.cards.models import BankRange, Partner
from regulars.loyalty.cards.rules import bank_ranges
from regulars.loyalty.cards.rules.bank_ranges import Span
from regulars.organization import audit
from regulars.organization.access import Viewer

CODES_SHOWN = 200


class BankRangesError(DomainError):
    """A bank's list has faults; `problems` says which, with row and column."""

    code: ClassVar[str] = "bank_range.refused"
    status_code: ClassVar[int] = 422

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        super().__init__(first.message, row=first.row, column=first.column)
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class Kept:
    """How many ranges of a list were new, and how many were known."""

    added: int
    known: int


@transaction.atomic
def add_bank_ranges(partner: Partner, text: str, *, viewer: Viewer, now: datetime) -> Kept:
    """Keep the ranges of a partner's list, or refuse all of it with every fault; ranges that are known stay as they are."""
    viewer.require("card.edit")
    spans, problems = bank_ranges.read(text)
    there = {(one.first, one.last): one for one in BankRange.objects.select_related("partner")}
    fresh = [one for one in spans if _is_new(one, partner, there)]
    names = {(first, last): one.partner.name for (first, last), one in there.items()}
    problems += _overlaps(fresh, names)
    if problems or not spans:
        raise BankRangesError(
            sorted(problems, key=lambda one: (one.row or 0, one.column or ""))[:CODES_SHOWN]
            or [Problem(1, None, "bank_range.empty", _("The list has no ranges."))]
        )
    made = [BankRange(partner=partner, product=one.product, first=one.first, last=one.last, added_at=now) for one in fresh]
    try:
        with transaction.atomic():
            BankRange.objects.bulk_create(made)
    except IntegrityError:
        message = _("Somebody else added overlapping ranges meanwhile. Try again.")
        raise BankRangesError([Problem(None, None, "bank_range.overlap", message)]) from None
    kept = Kept(len(made), len(spans) - len(made))
    if made:
        audit.record(viewer, "bank_range.added", "partner", partner.pk, now=now, after={"ranges": kept.added})
    return kept


@transaction.atomic
def remove_bank_range(partner: Partner, range_id: int, *, viewer: Viewer, now: datetime) -> None:
    """Let a range go; purchases of any day no longer count as paid with it."""
    viewer.require("card.edit")
    found = BankRange.objects.select_for_update().filter(pk=range_id, partner=partner).first()
    if found is None:
        raise NotFoundError
    found.delete()
    first, last = bank_ranges.written(found.first, found.last)
    before = {"first": first, "last": last, "product": found.product}
    audit.record(viewer, "bank_range.removed", "partner", partner.pk, now=now, before=before)


def _is_new(span: Span, partner: Partner, there: dict[tuple[int, int], BankRange]) -> bool:
    same = there.get((span.first, span.last))
    return same is None or same.partner_id != partner.pk


def _overlaps(fresh: Sequence[Span], names: dict[tuple[int, int], str]) -> list[Problem]:
    kept = [Span(0, first, last) for first, last in names]
    problems = []
    for span, other in bank_ranges.overlaps([*kept, *fresh]):
        if span.row == 0:
            continue
        message = (
            _("These numbers overlap with row %(row)s.") % {"row": other.row} if other.row
            else _("These numbers overlap with those of %(partner)s.") % {"partner": names[other.first, other.last]}
        )  # fmt: skip
        problems.append(Problem(span.row, "first", "bank_range.overlap", message))
    return problems

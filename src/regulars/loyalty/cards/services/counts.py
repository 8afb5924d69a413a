"""Count the cards at a place: scan what lies there, look at the differences, let a second person approve the correction."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, ClassVar

import pyarrow as pa
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.core import bulk
from regulars.core.errors import DomainError, InvalidInputError, NotFoundError
from regulars.loyalty.cards.models import CardType, Movement, StockCount
from regulars.loyalty.cards.rules import numbers
from regulars.loyalty.cards.selectors import counting
from regulars.loyalty.cards.services import moving
from regulars.loyalty.cards.services.shipments import CORRECT, refuse_place
from regulars.organization import audit
from regulars.organization import services as organization
from regulars.organization.access import Viewer
from regulars.organization.models import Approval

RANGE_MAX = 100_000
_FROM_TO = re.compile(r"([\d ]+)\s*(?:–|—|-|\.\.|:)\s*([\d ]+)")


class CountClosedError(DomainError):
    """The count is closed; what was seen later needs a new one."""

    code: ClassVar[str] = "stock_count.closed"


class CountRunningError(DomainError):
    """Somebody is counting this place already."""

    code: ClassVar[str] = "stock_count.running"


@transaction.atomic
def begin_count(
    *, store_id: int | None, viewer: Viewer, now: datetime, card_type: CardType | None = None, note: str = ""
) -> StockCount:
    """Begin to count the cards at a place, of one type or all."""
    refuse_place(viewer, "card.stock", store_id)
    count = StockCount(store_id=store_id, type=card_type, begun_at=now, begun_by=viewer.label[:160], note=note.strip()[:200])
    try:
        with transaction.atomic():
            count.save(force_insert=True)
    except IntegrityError:
        raise CountRunningError(_("Somebody is counting these cards already. Go on with that count.")) from None
    audit.record(viewer, "stock_count.begun", "stock_count", count.pk, now=now, store_id=store_id)
    return count


@transaction.atomic
def see(count_id: int, text: str, *, viewer: Viewer) -> int:
    """Add the numbers in `text` (one a line, or from–to) to what was seen; return how many were new."""
    count = _lock(count_id, viewer, "card.stock")
    if count.stage != StockCount.Stage.COUNTING:
        raise CountClosedError(_("This count is closed."))
    bulk.stage("incoming_seen", pa.table({"number": pa.array(_read(text), pa.string())}))
    return bulk.execute(_SEE, {"count": count.pk})


@transaction.atomic
def close_count(count_id: int, *, viewer: Viewer, now: datetime, approval: Approval | None = None) -> StockCount:
    """Make the differences true: what is missing is void, what was found lies here. A second person has approved it."""
    count = _lock(count_id, viewer, CORRECT)
    if count.stage != StockCount.Stage.COUNTING:
        raise CountClosedError(_("This count is closed."))
    differences = counting.differences(count)
    note = organization.refuse_alone(CORRECT, viewer=viewer, approval=approval, payload=asked(count))
    paper = {"stock_count": count.pk, "reason": count.note}
    gone = moving.step_of(Movement.Act.COUNT_MISSING, viewer=viewer, now=now, **paper)
    moving.take(gone, cards=differences.missing)
    here = moving.step_of(Movement.Act.COUNT_FOUND, viewer=viewer, now=now, moves=True, to_store=count.store_id, **paper)
    moving.take(here, cards=differences.movable)
    count.stage, count.closed_at, count.closed_by = StockCount.Stage.CLOSED, now, viewer.label[:160]
    count.expected, count.missing, count.found = differences.expected, len(differences.missing), len(differences.movable)
    count.save()
    after = {"expected": count.expected, "missing": count.missing, "found": count.found}
    audit.record(
        viewer, "stock_count.closed", "stock_count", count.pk, now=now, after=after, store_id=count.store_id, note=note
    )
    return count


def asked(count: StockCount) -> dict[str, Any]:
    """Return what the second person approves: this count with just these differences."""
    found = counting.differences(count)
    return {"count": count.pk, "missing": len(found.missing), "found": len(found.movable), "seen": found.seen}


@organization.carries_out("card.count")
def _carry_out(approval: Approval, viewer: Viewer, now: datetime) -> None:
    close_count(approval.payload["count"], viewer=viewer, now=now, approval=approval)


def _lock(count_id: int, viewer: Viewer, action: str) -> StockCount:
    count = StockCount.objects.select_for_update().filter(pk=count_id).first()
    if count is None:
        raise NotFoundError
    refuse_place(viewer, action, count.store_id)
    return count


def _read(text: str) -> list[str]:
    found: dict[str, None] = {}
    for row, line in enumerate(filter(None, map(str.strip, re.split(r"[\n,;]", text))), start=1):
        span = _FROM_TO.fullmatch(line)
        if span and len(numbers.tidy(span[1])) >= 8:
            found |= dict.fromkeys(_between(numbers.tidy(span[1]), numbers.tidy(span[2]), row))
        else:
            found[numbers.tidy(line)[:32]] = None
    return list(found)


def _between(first: str, last: str, row: int) -> list[str]:
    """Return all card numbers between two of them; their last sign is the check digit."""
    start, end = int(first[:-1]), int(last[:-1])
    if len(first) != len(last) or not start <= end < start + RANGE_MAX:
        raise InvalidInputError(_("Line %(row)s: the numbers do not make a range.") % {"row": row}, field="numbers", row=row)
    bodies = (f"{body:0{len(first) - 1}d}" for body in range(start, end + 1))
    return [body + numbers.check_digit(body) for body in bodies]


_SEE = """
INSERT INTO cards_countedcard (count_id, number) SELECT %(count)s, number FROM incoming_seen
ON CONFLICT (count_id, number) DO NOTHING
"""

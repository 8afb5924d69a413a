"""Hands receipts from the API to the sales room and tells what became of each.

For `resources/receipts.py`. One receipt and five thousand take the same way; the caller's own key names the source
under which the receipts' ids are unique (D2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from regulars.core.errors import InvalidInputError, NotFoundError
from regulars.gateway.api import problems
from regulars.gateway.api.receipt_tables import ReceiptTables, currency_of
from regulars.gateway.api.shapes.receipts import ReceiptIn
from regulars.organization.access import Viewer
from regulars.organization.models import Store
from regulars.sales import services as sales
from regulars.sales.models import Receipt


class ConflictError(InvalidInputError):
    """The receipt's id is recorded with other content."""

    code = "receipt.conflict"
    status_code = 409


class ReceiptRefusedError(InvalidInputError):
    """The receipt does not add up; `errors` names the fields."""

    code = "receipt.refused"


@dataclass(slots=True)
class Recorded:
    """What became of each message: the receipt's id, whether it is new, or its faults."""

    ids: dict[int, int] = field(default_factory=dict)
    new: set[int] = field(default_factory=set)
    faults: dict[int, list[problems.FieldProblem]] = field(default_factory=dict)


def record_one(receipt: ReceiptIn, *, viewer: Viewer, now: datetime) -> tuple[int, bool]:
    """Record one receipt; return its id and whether it is new. A repeat is no fault, other content is."""
    stores = store_currencies([receipt.store], viewer)
    tables = ReceiptTables()
    tables.add(receipt, message=1, currency=currency_of(receipt, stores))
    recorded = _record({1: receipt}, tables, viewer=viewer, now=now)
    if faults := recorded.faults.get(1):
        error = ConflictError if faults[0].code == ConflictError.code else ReceiptRefusedError
        raise error(faults[0].detail, errors=faults)
    return recorded.ids[1], 1 in recorded.new


def record_many(receipts: Mapping[int, ReceiptIn], *, viewer: Viewer, now: datetime, historical: bool = False) -> Recorded:
    """Record receipts by message number; a store outside the caller's scope refuses them all."""
    stores = store_currencies({receipt.store for receipt in receipts.values()}, viewer)
    _refuse_foreign(receipts.values(), stores, viewer)
    tables = ReceiptTables()
    first: dict[str, int] = {}
    faults: dict[int, list[problems.FieldProblem]] = {}
    for message, receipt in receipts.items():
        earlier = first.setdefault(receipt.receipt_id, message)
        if earlier != message:
            if receipts[earlier] != receipt:
                faults[message] = [_fault("receipt_id", ConflictError.code, "This id stands above with other content.")]
            continue
        if receipt.store not in stores:
            faults[message] = [_fault("store", "store.unknown", "There is no such store.")]
            continue
        try:
            tables.add(receipt, message=message, currency=currency_of(receipt, stores))
        except InvalidInputError as error:
            faults[message] = [problems.fault(error)]
    recorded = _record(receipts, tables, viewer=viewer, now=now, historical=historical)
    recorded.faults |= faults
    _copy_to_repeats(receipts, first, recorded)
    return recorded


def store_currencies(codes: Iterable[str], viewer: Viewer) -> dict[str, str]:
    """Return the currency of each of these stores that the caller may record in, by code."""
    stores = viewer.restrict(Store.objects.filter(code__in=list(codes)), "receipt.record", store="pk")
    return dict(stores.values_list("code", "currency"))


def _refuse_foreign(receipts: Iterable[ReceiptIn], stores: Mapping[str, str], viewer: Viewer) -> None:
    """Whether another store's code exists is not told to a machine of this one, and nothing is done."""
    if viewer.scope("receipt.record").is_everything:
        return
    if any(receipt.store not in stores for receipt in receipts):
        raise NotFoundError


def _record(
    receipts: Mapping[int, ReceiptIn], tables: ReceiptTables, *, viewer: Viewer, now: datetime, historical: bool = False
) -> Recorded:
    messages = dict.fromkeys(message for message, _ in tables.places)
    if not messages:
        return Recorded()
    ids = [receipts[message].receipt_id for message in messages]
    before = _ids(ids, viewer)
    lines, discounts, tenders = tables.arrow()
    record = partial(
        sales.record_receipts,
        lines,
        source=viewer.source,
        now=now,
        viewer=viewer,
        discounts=discounts,
        tenders=tenders,
        historical=historical,
    )
    outcome = record()
    if outcome.created + outcome.unchanged + len(tables.faults(outcome.problems)) < len(messages):
        # Somebody else recorded the same ids in this very moment: now they can be seen, and compared.
        outcome = record()
    after = _ids(ids, viewer)
    recorded = Recorded(faults=tables.faults(outcome.problems))
    for message in messages:
        receipt_id = receipts[message].receipt_id
        if message not in recorded.faults:
            recorded.ids[message] = after[receipt_id]
            if receipt_id not in before:
                recorded.new.add(message)
    return recorded


def _ids(receipt_ids: list[str], viewer: Viewer) -> dict[str, int]:
    found = Receipt.objects.filter(source=viewer.source, external_id__in=receipt_ids)
    return dict(found.values_list("external_id", "id"))


def _copy_to_repeats(receipts: Mapping[int, ReceiptIn], first: Mapping[str, int], recorded: Recorded) -> None:
    for message, receipt in receipts.items():
        earlier = first[receipt.receipt_id]
        if message == earlier or message in recorded.faults:
            continue
        if earlier in recorded.ids:
            recorded.ids[message] = recorded.ids[earlier]
        else:
            recorded.faults[message] = recorded.faults[earlier]


def _fault(name: str | None, code: str, detail: str) -> problems.FieldProblem:
    return problems.FieldProblem(field=name, code=code, detail=detail)

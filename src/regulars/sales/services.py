"""Record receipts and returns: the only code that writes the facts of selling.

One path for one receipt and for a million: the input is normalized, staged, judged and inserted by sets, in the caller's
transaction or one of its own. Any message may be repeated any number of times, in any order (D2, P43–P45).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from regulars.catalog import services as catalog
from regulars.core import bulk, outbox
from regulars.core.business_time import CLOCK_SKEW_MAX
from regulars.core.errors import NotFoundError, Problem
from regulars.core.outcomes import SaveOutcome
from regulars.customers import services as customers
from regulars.organization.access import Viewer
from regulars.sales import statements
from regulars.sales.events import ReceiptsRecorded
from regulars.sales.models import Receipt, UndoneBatch
from regulars.sales.normalize import Normalized, normalize


def record_receipts(
    lines: pa.Table,
    *,
    source: str,
    now: datetime,
    viewer: Viewer,
    discounts: pa.Table | None = None,
    tenders: pa.Table | None = None,
    batch_id: int | None = None,
    historical: bool = False,
    action: str = "receipt.record",
) -> SaveOutcome:
    """Record the receipts that `lines` make up (columns: `normalize.LINES`), each once under `(source, receipt_id)`.

    A receipt with a fault is refused whole, the others are recorded. `created` and `unchanged` count receipts; one that is
    known with other content is a problem `receipt.conflict`. Unknown products become placeholders, unknown customers
    nameless ones, and returns whose sale is not known yet are parked. `historical` data may be years old and start nothing;
    `action` is the right under which the viewer writes.
    """
    return record_normalized(
        normalize(lines, discounts=discounts, tenders=tenders),
        source=source,
        now=now,
        viewer=viewer,
        batch_id=batch_id,
        historical=historical,
        action=action,
    )


@transaction.atomic
def record_normalized(
    receipts: Normalized,
    *,
    source: str,
    now: datetime,
    viewer: Viewer,
    batch_id: int | None = None,
    historical: bool = False,
    action: str = "receipt.record",
) -> SaveOutcome:
    """Record receipts that `normalize` has made; see `record_receipts`."""
    outcome = SaveOutcome(problems=list(receipts.problems))
    facts = {
        "source": source,
        "now": now,
        "batch_id": batch_id,
        "historical": historical,
        "skew": CLOCK_SKEW_MAX,
        "stores": _stores(viewer, action),
    }
    _stage(receipts)
    bulk.execute(statements.GO_ALONE if _links(receipts) else statements.WAIT_FOR_RETURNS, facts)
    outcome.problems += _refuse(facts)
    outcome.unchanged = bulk.execute(statements.DROP_REPEATED, facts)
    outcome.problems += _recognize(source=source, now=now)
    recorded = bulk.fetch(statements.INSERT_RECEIPTS, facts)
    outcome.created = len(recorded)
    _judge_overtaken(facts, outcome)
    if recorded:
        _insert_parts(facts)
        xid, _, _ = recorded[0]
        outbox.publish(
            ReceiptsRecorded(
                written_xid=xid,
                receipts=len(recorded),
                first_business_date=min(day for _, day, _ in recorded).isoformat(),
                last_business_date=max(day for _, day, _ in recorded).isoformat(),
                historical=historical,
            ),
            now=now,
        )
    return outcome


@transaction.atomic
def undo_batch(batch_id: int, *, now: datetime, viewer: Viewer) -> int:
    """Take back every receipt that the import `batch_id` brought; return how many, also when asked again.

    Only the database function of the owner can delete facts, and it refuses receipts that something else rests on. A batch with
    receipts of a store that the viewer does not see looks missing.
    """
    scope = viewer.require("import.run")
    bulk.execute(statements.UNDO_ONE_BY_ONE, {"batch": batch_id})
    foreign = Receipt.objects.filter(batch_id=batch_id)
    if scope.stores is not None and foreign.exclude(store__in=scope.stores).exists():
        raise NotFoundError
    undone = UndoneBatch.objects.filter(batch_id=batch_id).first()
    if undone is not None:
        return undone.receipts
    return int(bulk.fetch("SELECT regulars_undo_receipts(%(batch)s, %(now)s)", {"batch": batch_id, "now": now})[0][0])


def _stores(viewer: Viewer, action: str) -> list[int] | None:
    scope = viewer.scope(action)
    return None if scope.stores is None else sorted(scope.stores)


def _links(receipts: Normalized) -> bool:
    """Return whether any line takes a sale back."""
    named = receipts.lines["original_receipt_id"]
    return bool(pc.any(pc.not_equal(pc.fill_null(named, ""), "")).as_py())


def _stage(receipts: Normalized) -> None:
    bulk.stage("incoming_receipt", receipts.receipts)
    bulk.stage("incoming_line", receipts.lines)
    bulk.stage("incoming_discount", receipts.discounts)
    bulk.stage("incoming_tender", receipts.tenders)
    bulk.execute(statements.SCRATCH)


def _refuse(facts: dict[str, Any]) -> list[Problem]:
    """Take out the receipts that the database contradicts, and say why."""
    bulk.execute(statements.FAULTS, facts)
    found = bulk.fetch('SELECT "row", "column", code, message FROM incoming_fault ORDER BY 1, 2')
    if found:
        bulk.execute("DELETE FROM incoming_receipt USING incoming_fault f WHERE incoming_receipt.receipt_id = f.receipt_id")
    return [Problem(*problem) for problem in found]


def _judge_overtaken(facts: dict[str, Any], outcome: SaveOutcome) -> None:
    """Count the receipts that another process recorded a moment earlier as repeats, or refuse them as conflicts."""
    overtaken = bulk.fetch(statements.OVERTAKEN, facts)
    outcome.unchanged += sum(same for _, _, same in overtaken)
    outcome.problems += [
        Problem(row, "receipt_id", "receipt.conflict", statements.CONFLICT.format(receipt))
        for row, receipt, same in overtaken
        if not same
    ]


def _recognize(*, source: str, now: datetime) -> list[Problem]:
    """Make placeholders of unknown products and fill `incoming_customer` (kind, namespace, value → id).

    Receipts whose customer cannot be one (a phone number with letters) are taken out and told of.
    """
    skus = [row[0] for row in bulk.fetch(statements.UNKNOWN_SKUS)]
    catalog.add_placeholders(skus, source=source, now=now)
    people = bulk.fetch(
        "SELECT DISTINCT customer_kind, customer_namespace, customer FROM incoming_receipt WHERE customer <> ''"
    )
    found = customers.recognize(people, source=source, now=now)
    bulk.stage(
        "incoming_customer",
        pa.table(
            {
                "customer_kind": pa.array([key[0] for key in found], pa.string()),
                "customer_namespace": pa.array([key[1] for key in found], pa.string()),
                "customer": pa.array([key[2] for key in found], pa.string()),
                "customer_id": pa.array(list(found.values()), pa.int64()),
            }
        ),
    )
    return [Problem(*problem) for problem in bulk.fetch(statements.DROP_UNRECOGNIZED)]


def _insert_parts(facts: dict[str, Any]) -> None:
    bulk.execute(statements.INSERT_LINES, facts)
    bulk.execute(statements.INSERT_DISCOUNTS, facts)
    bulk.execute(statements.INSERT_TENDERS, facts)
    bulk.execute(statements.KNOWN_IN_STORES, facts)
    bulk.execute(statements.LINK_RETURNS, facts)
    bulk.execute(statements.RESOLVE_PARKED, facts)

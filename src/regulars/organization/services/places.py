"""Regions and stores, saved by sets: from files, REST, the demo and the settings page alike.

The columns are `REGIONS` and `STORES`; a null leaves what is known as it is. Of rows with one code the last wins.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pyarrow as pa
from django.db import transaction

from regulars.core import bulk
from regulars.core.errors import Problem
from regulars.core.outcomes import Change, SaveOutcome
from regulars.organization import audit
from regulars.organization.access import Viewer
from regulars.organization.models import Company
from regulars.organization.services import place_statements as statements

_REGION_COLUMNS: list[tuple[str, pa.DataType]] = [
    ("row", pa.int64()),
    ("code", pa.string()),
    ("name", pa.string()),
    ("parent_code", pa.string()),
]
_STORE_COLUMNS: list[tuple[str, pa.DataType]] = [
    ("row", pa.int64()),
    ("code", pa.string()),
    ("name", pa.string()),
    ("region_code", pa.string()),
    ("region_name", pa.string()),
    ("timezone", pa.string()),
    ("day_cutoff_minutes", pa.int64()),
    ("format", pa.string()),
    ("address", pa.string()),
    ("city", pa.string()),
    ("latitude", pa.float64()),
    ("longitude", pa.float64()),
    ("size_sqm", pa.int64()),
    ("opened_on", pa.date32()),
    ("closed_on", pa.date32()),
    ("currency", pa.string()),
    ("open_hours", pa.string()),  # JSON: {"mon": [["08:00", "22:00"]], …}
]
REGIONS = pa.schema(_REGION_COLUMNS)
STORES = pa.schema(_STORE_COLUMNS)


@transaction.atomic
def save_regions(table: pa.Table, *, viewer: Viewer, now: datetime, source: str = "manual") -> SaveOutcome:
    """Create or update regions by code; a region may name its parent by code, in the same table too."""
    _refuse_partial(viewer)
    bulk.stage("incoming_region", _with_rows(table, REGIONS))
    outcome = SaveOutcome(problems=_refused("incoming_region", statements.REGION_FAULTS))
    bulk.execute(statements.last_row_wins("incoming_region"))
    added = [region for (region,) in bulk.fetch(statements.ADD_REGIONS)]
    _save("incoming_region", statements.SAVE_REGIONS, outcome, {"added": added})
    _tell("regions.saved", "region", outcome, viewer=viewer, now=now, source=source)
    return outcome


@transaction.atomic
def save_stores(table: pa.Table, *, viewer: Viewer, now: datetime, source: str = "manual") -> SaveOutcome:
    """Create or update stores by code; an unknown region is made, zone and currency default to the company's.

    Who may edit only some stores can change those and make none.
    """
    scope = viewer.require("store.edit", "import.run")
    company = Company.objects.get()
    facts = {
        "source": source,
        "timezone": company.timezone,
        "currency": company.currency,
        "stores": None if scope.stores is None else sorted(scope.stores),
    }
    bulk.stage("incoming_store", _with_rows(table, STORES))
    outcome = SaveOutcome(problems=_refused("incoming_store", statements.STORE_FAULTS, facts))
    bulk.execute(statements.last_row_wins("incoming_store"))
    if scope.is_everything:
        bulk.execute(statements.ADD_REGIONS_OF_STORES)
    _save("incoming_store", statements.SAVE_STORES, outcome, facts)
    _tell("stores.saved", "store", outcome, viewer=viewer, now=now, source=source)
    return outcome


def _refuse_partial(viewer: Viewer) -> None:
    """Regions decide what others see: only somebody who may edit everything shapes them."""
    if not viewer.require("store.edit", "import.run").is_everything:
        viewer.require("organization.edit")


def _with_rows(table: pa.Table, schema: pa.Schema) -> pa.Table:
    if "row" not in table.column_names:
        table = table.append_column("row", pa.array(range(1, len(table) + 1), pa.int64()))
    return bulk.complete(table, schema)


def _refused(staged: str, faults: str, facts: dict[str, Any] | None = None) -> list[Problem]:
    found = bulk.fetch(faults, facts)
    if found:
        bulk.execute(f'DELETE FROM {staged} WHERE "row" = ANY (%(rows)s)', {"rows": [row[0] for row in found]})
    return [Problem(*problem) for problem in found]


def _save(staged: str, statement: str, outcome: SaveOutcome, facts: dict[str, Any] | None = None) -> None:
    total = bulk.fetch(f"SELECT count(*) FROM {staged}")[0][0]
    outcome.changes = [
        Change(object_id, json.loads(before) if before else None, json.loads(after))  # Django leaves jsonb as text
        for object_id, before, after in bulk.fetch(statement, facts)
    ]
    outcome.created = sum(change.before is None for change in outcome.changes)
    outcome.updated = len(outcome.changes) - outcome.created
    outcome.unchanged = total - len(outcome.changes)


def _tell(action: str, object_type: str, outcome: SaveOutcome, *, viewer: Viewer, now: datetime, source: str) -> None:
    """Write one entry for one change, and one for the whole of many: the import keeps those row by row."""
    match outcome.changes:
        case []:
            return
        case [change]:
            before, after = audit.changed(change.before or {}, change.after)
            audit.record(viewer, action, object_type, change.object_id, now=now, before=before, after=after, note=source)
        case _:
            counts = {"created": outcome.created, "updated": outcome.updated}
            audit.record(viewer, action, object_type, "", now=now, after=counts, note=source)

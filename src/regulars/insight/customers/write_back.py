"""Put every customer's figures into PostgreSQL, for pages, lists and the API: set-wise, and only the rows that changed.

For the jobs, and the demo after its import. The date of the figures is the last business date on record, not today: where sales
arrive late, nobody is called lost for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pyarrow as pa
from django.db import transaction

from regulars.core import bulk
from regulars.insight.customers import cut_points, figures
from regulars.insight.customers.purchases import EVERYTHING, Purchases
from regulars.insight.engines import engine as engines
from regulars.insight.engines.engine import Engine
from regulars.insight.metrics.comparison import covered

_TABLE = "insight_customerfigures"
# One refresh at a time: two would wait for each other's rows in different orders.
_LOCK = 4_823_018


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did."""

    as_of: date | None  # None: there are no sales yet
    customers: int
    changed: int
    removed: int


def refresh_figures(*, as_of: date | None = None, engine: Engine | None = None) -> Refreshed:
    """Compute the figures of all customers as of the last business date on record (or `as_of`) and store what changed."""
    engine = engine or engines.chosen()
    span = covered(scope=EVERYTHING, engine=engine)
    if span is None:
        return Refreshed(None, 0, 0, 0)
    day = as_of or span.last
    cuts = cut_points.find_cut_points()
    table = engine.run(figures.expression(Purchases(engine, day), cuts))
    with transaction.atomic():
        bulk.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")
        cut_points.note_scored_by(cuts)
        return _store(day, table)


def _store(day: date, table: pa.Table) -> Refreshed:
    bulk.stage("figures_now", table)
    columns = [name for name in figures.COLUMNS if name != "customer_id"]
    changed = bulk.execute(
        f"INSERT INTO {_TABLE} AS old ({', '.join(figures.COLUMNS)}) SELECT {', '.join(figures.COLUMNS)} FROM figures_now"
        f" ON CONFLICT (customer_id) DO UPDATE SET {', '.join(f'{name} = EXCLUDED.{name}' for name in columns)}"
        f" WHERE ({_listed('old', columns)}) IS DISTINCT FROM ({_listed('EXCLUDED', columns)})"
    )
    removed = bulk.execute(
        f"DELETE FROM {_TABLE} f WHERE NOT EXISTS (SELECT FROM figures_now n WHERE n.customer_id = f.customer_id)"
    )
    return Refreshed(day, len(table), changed, removed)


def _listed(table: str, columns: list[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in columns)

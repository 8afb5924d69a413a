"""A cut of the published panel: a few households with all they bought, so that the whole demo is made in seconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from regulars.demo import panel

HOUSEHOLDS = 12
_open = panel.opened


@contextmanager
def opened(shift_days: int) -> Iterator[panel.Panel]:
    """Open the panel as the demo does, and leave in it the first households that used a coupon."""
    with _open(shift_days) as tables:
        duck = tables.duck
        duck.execute(
            "CREATE TABLE kept AS SELECT household_id FROM coupon_redemptions GROUP BY 1"
            f" ORDER BY count(*) DESC, household_id LIMIT {HOUSEHOLDS}"
        )
        for name, condition in {
            "transactions": "household_id IN (FROM kept)",
            "demographics": "household_id IN (FROM kept)",
            "coupon_redemptions": "household_id IN (FROM kept)",
            "products": "product_id IN (SELECT product_id FROM transactions)",
            "promotions": "false",
        }.items():
            duck.execute(f"CREATE TABLE cut AS FROM {name} WHERE {condition}")
            duck.execute(f"DROP VIEW {name}")
            duck.execute(f"ALTER TABLE cut RENAME TO {name}")
        yield tables

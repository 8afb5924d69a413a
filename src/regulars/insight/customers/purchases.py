"""The purchases that say something of a customer, as Ibis tables: receipts and purchase days up to a date, merges resolved.

For the other expressions of this folder. A purchase day is a business date with a positive net after returns.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from regulars.insight.engines.engine import Engine
from regulars.insight.metrics import rows as selling
from regulars.insight.metrics.slices import visible
from regulars.organization.access import Scope

EVERYTHING = Scope(stores=None)
YEAR_DAYS = 365


@dataclass(frozen=True, slots=True)
class Purchases:
    """What known customers bought up to and including `as_of`, in the stores of `scope`."""

    engine: Engine
    as_of: date
    scope: Scope = EVERYTHING

    @property
    def year_start(self) -> date:
        """The first of the 365 days that end with `as_of`."""
        return self.as_of - timedelta(days=YEAR_DAYS - 1)

    def receipts(self) -> Any:
        """Return the receipts, each under the customer that its merges ended at."""
        return self._until("receipt")

    def lines(self) -> Any:
        """Return the receipt lines, likewise."""
        return self._until("receipt_line")

    def days(self) -> Any:
        """Return one row per customer and purchase day with its `net_amount`."""
        rows = self.receipts()
        daily = rows.group_by(["customer_id", "business_date"]).aggregate(net_amount=rows.net_amount.sum())
        return daily.filter(daily.net_amount > 0)

    def _until(self, table: str) -> Any:
        rows = visible(self.engine.table(table), self.scope)
        return selling.resolved(self.engine, rows.filter(rows.business_date <= self.as_of))

"""What sells in a place: its best categories with their change. For the store page."""

from __future__ import annotations

from dataclasses import dataclass

from regulars.home.business import asking, figures, names
from regulars.home.business.choices import Choice
from regulars.home.business.figures import Change
from regulars.insight.metrics.registry import get_metric
from regulars.ui import formatting

SHOWN = 8
METRIC = "net_sales"


@dataclass(frozen=True, slots=True)
class Good:
    """One category with its sum, its change, and its bar against the largest."""

    name: str
    href: str
    net_sales: str
    change: Change | None
    level: int


def best(choice: Choice) -> list[Good]:
    """Return the categories that sold most."""
    found = asking.with_change([METRIC], choice=choice, by="category")
    rows = sorted((row for row in found if row[METRIC]), key=lambda row: -row[METRIC])[:SHOWN]
    keys = [row["category"] for row in rows]
    name, link = names.of_keys("category", keys), names.links("category", keys, choice=choice)
    metric = get_metric(METRIC)
    return [
        Good(
            name=name(row["category"]),
            href=link(row["category"]),
            net_sales=formatting.money(row[METRIC], choice.currency),
            change=figures.change(metric, row[METRIC], row[f"{METRIC}_before"]),
            level=max(1, round(10 * row[METRIC] / rows[0][METRIC])),
        )
        for row in rows
    ]

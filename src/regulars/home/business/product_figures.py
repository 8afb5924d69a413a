"""What one product sold: figures, weeks, and the stores that sell most of it. For the product page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from regulars.core.errors import NotFoundError
from regulars.home.business import asking, figures, names, weeks
from regulars.home.business.choices import Choice
from regulars.home.business.figures import Tile
from regulars.insight.metrics.registry import get_metric
from regulars.insight.metrics.slices import Slice
from regulars.ui import formatting

TILES = ("net_sales", "units", "customers", "return_share")
STORES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Shelf:
    """One store that sells the product."""

    name: str
    href: str
    net_sales: str
    units: str
    customers: str


def context(request: HttpRequest, choice: Choice) -> dict[str, Any]:
    """Return what the part of the product page shows."""
    text = request.GET.get("product", "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotFoundError
    chosen = choice.slice.about(product_id=int(text))
    tiles, stores = _tiles(choice, chosen), _stores(choice, chosen)
    chart = weeks.chart(choice, chosen=chosen)
    return {"tiles": tiles, "stores": stores, "chart": chart if chart.rows else None}


def _tiles(choice: Choice, chosen: Slice) -> list[Tile]:
    compared = asking.compared(TILES, choice=choice, chosen=chosen)
    return [
        figures.tile(
            get_metric(key), now=compared.now.get(key), then=asking.then(compared, choice, key),
            currency=choice.currency, words=choice.against_words,
        )
        for key in TILES
    ]  # fmt: skip


def _stores(choice: Choice, chosen: Slice) -> list[Shelf]:
    found = asking.rows(["net_sales", "units", "customers"], choice=choice, chosen=chosen, by=["store"])
    best = sorted((row for row in found if row["net_sales"]), key=lambda row: -row["net_sales"])[:STORES_SHOWN]
    name = names.of_keys("store", [row["store"] for row in best])
    return [
        Shelf(
            name=name(row["store"]),
            href=choice.link(f"/stores/{row['store']}/", place=""),
            net_sales=formatting.money(row["net_sales"], choice.currency),
            units=formatting.number(row["units"] or 0),
            customers=formatting.number(row["customers"] or 0),
        )
        for row in best
    ]

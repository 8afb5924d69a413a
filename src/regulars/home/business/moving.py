"""What moved most: categories, products or stores whose net sales rose or fell against the period compared with.

For Today. Each line opens the page of what moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.home.business import kept, names
from regulars.home.business.choices import Choice
from regulars.insight.metrics.movers import Dimension, movers
from regulars.ui import formatting

SHOWN = 4
DIMENSIONS: Mapping[Dimension, str | Promise] = {
    "category": _("Categories"),
    "product": _("Products"),
    "store": _("Stores"),
}


@dataclass(frozen=True, slots=True)
class Mover:
    """One thing that moved, with the bar that compares it with the largest move."""

    name: str
    href: str
    change: str
    share: str
    level: int
    rose: bool


def context(request: HttpRequest, choice: Choice) -> dict[str, Any]:
    """Return what `_movers.html` shows for the dimension of the address."""
    asked = request.GET.get("of", "category")
    dimension: Dimension = next((key for key in DIMENSIONS if key == asked), "category")
    found = kept.once(
        ("movers", dimension, choice.slice, choice.compared, choice.scope),
        lambda: movers(dimension, chosen=choice.slice, scope=choice.scope, before=choice.compared, limit=SHOWN),
    )
    up, down = found.up.to_pylist(), found.down.to_pylist()
    keys = [row["key"] for row in (*up, *down)]
    name, link = names.of_keys(dimension, keys), names.links(dimension, keys, choice=choice)
    largest = max((abs(row["change_amount"]) for row in (*up, *down)), default=1)

    def lines(rows: list[dict[str, Any]]) -> list[Mover]:
        return [
            Mover(
                name=name(row["key"]),
                href=link(row["key"]),
                change=_signed(row["change_amount"], choice.currency),
                share=formatting.change(row["change_amount"] / row["before_amount"]) if row["before_amount"] > 0 else "",
                level=max(1, round(10 * abs(row["change_amount"]) / largest)),
                rose=row["change_amount"] > 0,
            )
            for row in rows
        ]

    return {"up": lines(up), "down": lines(down), "dimensions": DIMENSIONS.items(), "dimension": dimension}


def _signed(amount: int, currency: str) -> str:
    text = formatting.money_whole(amount, currency)
    return f"+{text}" if amount > 0 else text

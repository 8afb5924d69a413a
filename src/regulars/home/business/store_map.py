"""The stores as dots by their coordinates: a map without tiles, so that nothing is fetched from outside.

For the stores pages. East–west is drawn to the scale of the middle latitude (an equirectangular map), which keeps the
shape of a country.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from regulars.organization.models import Store
from regulars.ui.lists import Rows

WIDTH, HEIGHT, EDGE = 320.0, 200.0, 12.0
DOTS_MAX = 2_000
CROWD = 120


@dataclass(frozen=True, slots=True)
class Dot:
    """One store on the map."""

    id: int
    name: str
    x: float
    y: float
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Map:
    """What `_map.html` draws."""

    dots: list[Dot]
    radius: float
    width: float = WIDTH
    height: float = HEIGHT


def drawn(rows: Rows, *, chosen: Store | None = None) -> Map | None:
    """Return the map of the stores with coordinates; none if there are fewer than two, or not the chosen one."""
    placed = list(
        rows.exclude(latitude=None).exclude(longitude=None).values_list("pk", "name", "latitude", "longitude")[:DOTS_MAX]
    )
    if len(placed) < 2 or (chosen and chosen.latitude is None):
        return None
    south, north = min(row[2] for row in placed), max(row[2] for row in placed)
    west, east = min(row[3] for row in placed), max(row[3] for row in placed)
    narrowing = math.cos(math.radians((south + north) / 2))
    wide, tall = max((east - west) * narrowing, 1e-6), max(north - south, 1e-6)
    scale = min((WIDTH - 2 * EDGE) / wide, (HEIGHT - 2 * EDGE) / tall)
    left, top = (WIDTH - wide * scale) / 2, (HEIGHT - tall * scale) / 2
    dots = [
        Dot(
            key, name, round(left + (longitude - west) * narrowing * scale, 1), round(top + (north - latitude) * scale, 1),
            chosen is not None and key == chosen.pk,
        )
        for key, name, latitude, longitude in placed
    ]  # fmt: skip
    return Map(sorted(dots, key=lambda dot: dot.is_chosen), radius=4 if len(dots) <= CROWD else 2.5)

"""Where the demo's stores stand: made up, and labelled so. The panel knows only store numbers.

All lie in the panel's time zone, so that its business dates hold. Coordinates are those of the cities (public facts), with
the stores of one city set around it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from regulars.demo.panel import TIMEZONE


@dataclass(frozen=True, slots=True)
class City:
    """A city, its region, and how many of a hundred stores it gets."""

    name: str
    region: str
    latitude: float
    longitude: float
    share: int


CITIES = (
    City("Boston", "Northeast", 42.36, -71.06, 9),
    City("Providence", "Northeast", 41.82, -71.41, 4),
    City("Hartford", "Northeast", 41.76, -72.68, 4),
    City("New York", "Northeast", 40.71, -74.01, 12),
    City("Buffalo", "Northeast", 42.89, -78.88, 4),
    City("Philadelphia", "Mid-Atlantic", 39.95, -75.17, 9),
    City("Pittsburgh", "Mid-Atlantic", 40.44, -80.00, 5),
    City("Baltimore", "Mid-Atlantic", 39.29, -76.61, 5),
    City("Washington", "Mid-Atlantic", 38.91, -77.04, 6),
    City("Richmond", "Mid-Atlantic", 37.54, -77.44, 4),
    City("Columbus", "Great Lakes", 39.96, -83.00, 7),
    City("Cincinnati", "Great Lakes", 39.10, -84.51, 7),
    City("Cleveland", "Great Lakes", 41.50, -81.69, 5),
    City("Charlotte", "South", 35.23, -80.84, 5),
    City("Raleigh", "South", 35.78, -78.64, 4),
    City("Atlanta", "South", 33.75, -84.39, 6),
    City("Jacksonville", "South", 30.33, -81.66, 4),
)
_DEALT = tuple(city for city in CITIES for _ in range(city.share))
_STEP = 37  # coprime to the number of places dealt, so that neighbors in rank fall into different cities


def place_stores(ranked: Iterable[tuple[int, int]]) -> list[dict[str, Any]]:
    """Return one row of a stores file per store (number, receipts), busiest first."""
    numbers: dict[str, int] = {}
    rows = []
    for rank, (store_id, receipts) in enumerate(ranked):
        city = _DEALT[rank * _STEP % len(_DEALT)]
        number = numbers[city.name] = numbers.get(city.name, 0) + 1
        angle, distance = number * 2.4, 0.03 * math.sqrt(number)  # a sunflower around the city
        rows.append(
            {
                "code": str(store_id),
                "name": f"{city.name} {number:02d}",
                "region": city.region,
                "timezone": TIMEZONE,
                "format": "supermarket" if receipts >= 10 else "convenience",
                "address": "Simulated place",
                "city": city.name,
                "latitude": round(city.latitude + distance * math.sin(angle), 4),
                "longitude": round(city.longitude + distance * math.cos(angle), 4),
                "currency": "USD",
                "open_hours": "mon-sun 06:00-23:00",
            }
        )
    return rows

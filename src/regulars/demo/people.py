"""Made-up names and contacts for the panel's households, the same at every run and labelled so.

The mail addresses end in the reserved `example.test` (RFC 6761) and the American numbers lie in the range kept for fiction
(555-0100 to 555-0199), so that no message could ever reach a stranger.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from faker import Faker

LABEL = "Published panel, simulated identity"
_AREA_CODES = (
    202, 203, 207, 212, 215, 216, 240, 301, 302, 305, 401, 404, 410, 412, 508, 513, 516, 609, 614, 617, 704, 716, 804, 860,
    904, 919,
)  # fmt: skip


def name_households(
    households: Iterable[tuple[int, int, date]], demographics: dict[int, dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return one row of a customers file per household (number, home store, first purchase)."""
    english, chinese = Faker("en_US"), Faker("zh_CN")
    rows = []
    for household, store, first_day in households:
        is_chinese = household % 4 == 0
        faker = chinese if is_chinese else english
        faker.seed_instance(10_000 + household)
        female = household % 9 < 5
        known = demographics.get(household, {})
        rows.append(
            {
                "external_id": str(household),
                "kind": "household",
                "name": _name(faker, female=female, is_chinese=is_chinese),
                "gender": "F" if female else "M",
                "phone": _phone(household),
                "email": f"household{household}@example.test",
                "age_band": known.get("age"),
                "income_band": known.get("income"),
                "home_ownership": known.get("home_ownership"),
                "marital_status": known.get("marital_status"),
                "household_size": known.get("household_size"),
                "household_structure": known.get("household_comp"),
                "children": known.get("kids_count"),
                "language": "zh-hans" if is_chinese else "en",
                "home_store": str(store),
                "joined_on": first_day.isoformat(),
                "joined_through": LABEL,
            }
        )
    return rows


def _name(faker: Faker, *, female: bool, is_chinese: bool) -> str:
    first = faker.first_name_female() if female else faker.first_name_male()
    return f"{faker.last_name()}{first}" if is_chinese else f"{first} {faker.last_name()}"


def _phone(household: int) -> str:
    area, line = divmod(household, 100)
    return f"+1{_AREA_CODES[area]}55501{line:02d}"

"""What a stock count found against the books."""

from __future__ import annotations

from dataclasses import dataclass

from regulars.core import bulk
from regulars.loyalty.cards.models import StockCount


@dataclass(frozen=True, slots=True)
class Odd:
    """A number that was seen where it should not lie: from another place, of a sold card, or unknown."""

    number: str
    card_id: int | None
    state: str
    store: str


@dataclass(frozen=True, slots=True)
class Differences:
    """Books against shelf. `movable` are cards of other places or in transit, that now lie here."""

    expected: int
    seen: int
    missing: list[int]
    missing_numbers: list[str]
    movable: list[int]
    odd: list[Odd]

    @property
    def is_even(self) -> bool:
        return not self.missing and not self.odd


def differences(count: StockCount) -> Differences:
    """Return the differences of a count, as the books stand now."""
    facts = {"count": count.pk, "store": count.store_id, "type": count.type_id}
    expected, seen = bulk.fetch(_TOTALS, facts)[0]
    missing = bulk.fetch(_MISSING, facts)
    odd = bulk.fetch(_ODD, facts)
    return Differences(
        expected=expected,
        seen=seen,
        missing=[card for card, _ in missing],
        missing_numbers=[number for _, number in missing],
        movable=[row[1] for row in odd if row[4]],
        odd=[Odd(*row[:4]) for row in odd],
    )


_PLACE = "card.store_id IS NOT DISTINCT FROM %(store)s::bigint AND card.state IN ('received', 'in_stock')"
_HERE = f"{_PLACE} AND (%(type)s::bigint IS NULL OR card.type_id = %(type)s)"

_TOTALS = f"""
SELECT (SELECT count(*) FROM cards_card card WHERE {_HERE}),
    (SELECT count(*) FROM cards_countedcard WHERE count_id = %(count)s)
"""

_MISSING = f"""
SELECT card.id, card.number FROM cards_card card
WHERE {_HERE} AND NOT EXISTS (SELECT FROM cards_countedcard s WHERE s.count_id = %(count)s AND s.number = card.number)
ORDER BY card.number
"""

_ODD = f"""
SELECT s.number, card.id, coalesce(card.state, ''), coalesce(store.name, ''),
    coalesce(card.state IN ('received', 'in_stock', 'in_transit'), FALSE)
FROM cards_countedcard s
LEFT JOIN cards_card card ON card.number = s.number
LEFT JOIN organization_store store ON store.id = card.store_id
WHERE s.count_id = %(count)s AND ({_PLACE}) IS NOT TRUE
ORDER BY s.number
"""

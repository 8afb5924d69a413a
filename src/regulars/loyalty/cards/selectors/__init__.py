"""Reads of cards: whose accounts a card opens, who may see it, where stock lies, what a card went through.

`finding` for tills, `listing` for the pages, `counting` and `settling` for stock and finance. Import this package as a module.
"""

from __future__ import annotations

from regulars.loyalty.cards.selectors.counting import Differences, Odd, differences
from regulars.loyalty.cards.selectors.finding import (
    blocked_numbers,
    cards_of,
    find_by_code,
    find_by_number,
    is_expired,
    owner_of,
    spend_order,
)
from regulars.loyalty.cards.selectors.listing import (
    get_card,
    get_count,
    get_shipment,
    history,
    list_cards,
    list_counts,
    list_movements,
    list_shipments,
    list_wanted,
    places,
    stock,
)
from regulars.loyalty.cards.selectors.settling import Pair, PartnerCost, Position, pairs, partner_costs, positions

__all__ = [
    "Differences",
    "Odd",
    "Pair",
    "PartnerCost",
    "Position",
    "blocked_numbers",
    "cards_of",
    "differences",
    "find_by_code",
    "find_by_number",
    "get_card",
    "get_count",
    "get_shipment",
    "history",
    "is_expired",
    "list_cards",
    "list_counts",
    "list_movements",
    "list_shipments",
    "list_wanted",
    "owner_of",
    "pairs",
    "partner_costs",
    "places",
    "positions",
    "spend_order",
    "stock",
]

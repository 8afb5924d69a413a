"""Reads of offers: what is live, what a basket may use, and what pages and exports show."""

from __future__ import annotations

from regulars.loyalty.offers.selectors.candidates import Presented, candidates
from regulars.loyalty.offers.selectors.live import LiveOffers, live_offers
from regulars.loyalty.offers.selectors.uses import ConditionalUse, conditional_uses

__all__ = ["ConditionalUse", "LiveOffers", "Presented", "candidates", "conditional_uses", "live_offers"]

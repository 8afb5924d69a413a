"""Reads of offers: what is live, what a basket may use, and what pages and exports show."""

from __future__ import annotations

from regulars.loyalty.offers.selectors.candidates import Presented, candidates
from regulars.loyalty.offers.selectors.live import LiveOffers, live_offers

__all__ = ["LiveOffers", "Presented", "candidates", "live_offers"]

"""Pure decisions about offers: what an offer says (`terms`), what a basket gets at best (`solve`), what a return takes back.

For selectors, services, checkout and replay. No database and no clock: a basket and candidates in, a deal out.
"""

from __future__ import annotations

from regulars.loyalty.offers.rules.deals import Candidate, Deal, Live, Refusal, Refused, Used
from regulars.loyalty.offers.rules.returning import broken_by_return
from regulars.loyalty.offers.rules.solving import solve

__all__ = ["Candidate", "Deal", "Live", "Refusal", "Refused", "Used", "broken_by_return", "solve"]

"""Claim from suppliers and partners what they bear of discounts: each use, and what came back of it, in one claim only (F75).

For finance. A claim takes everything up to a closed business day that no earlier claim of the party holds, late receipts of
older days too, so that nothing is claimed twice and nothing is forgotten.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import bulk
from regulars.core.business_time import TradingDay
from regulars.loyalty.offers.errors import ClaimEmptyError, ClaimTooEarlyError
from regulars.loyalty.offers.models import Claim
from regulars.loyalty.offers.selectors import claims
from regulars.organization import audit
from regulars.organization.access import Viewer
from regulars.organization.company import get_company

CLAIM = "settlement.make"
_FOUND = f"""
SELECT id, amount, uses, business_date FROM ({claims.UNCLAIMED}) u
WHERE party = %(party)s AND name = %(name)s AND currency = %(currency)s
"""
_KEEP = """
INSERT INTO offers_claimeduse (claim_id, redemption_id, party, name, amount)
SELECT %(claim)s, id, %(party)s, %(name)s, amount FROM unnest(%(ids)s::bigint[], %(amounts)s::bigint[]) AS u (id, amount)
"""


@transaction.atomic
def make_claim(party: str, name: str, currency: str, *, until: date, viewer: Viewer, now: datetime) -> Claim:
    """Claim what a party bears up to the end of a business day."""
    viewer.require(CLAIM)
    if until >= TradingDay(get_company().timezone).date_of(now):
        raise ClaimTooEarlyError(_("Choose a day that is over."), field="until")
    about = {"party": party, "name": name, "currency": currency, "until": until}
    # Of two who claim from one party at once, the second finds what the first has left.
    bulk.fetch("SELECT pg_advisory_xact_lock(hashtextextended('offers.claim/' || %(party)s || '/' || %(name)s, 0))", about)
    found = bulk.fetch(_FOUND, about)
    if not found:
        raise ClaimEmptyError(_("There is nothing to claim up to this day."), field="until")
    claim = Claim.objects.create(
        party=party, name=name, currency=currency, since=min(row[3] for row in found), until=until,
        uses=max(sum(row[2] for row in found), 0), amount=sum(row[1] for row in found), made_at=now,
        made_by=viewer.label[:160],
    )  # fmt: skip
    kept = {"claim": claim.pk, "ids": [row[0] for row in found], "amounts": [row[1] for row in found]}
    bulk.execute(_KEEP, about | kept)
    after = {"party": party, "name": name, "amount": claim.amount, "until": until.isoformat()}
    audit.record(viewer, "claim.made", "claim", claim.pk, now=now, after=after)
    return claim

"""What suppliers and partners bear and have not been asked for yet, and what a claim asks for, article by article.

For `services.funding` and the page of claims. A share is what was kept with each use, to the cent; what returns gave back
comes off in the period in which it came back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from regulars.core import bulk, money
from regulars.core.spreadsheets import Cell
from regulars.loyalty.offers.models import Claim


@dataclass(frozen=True, slots=True)
class Open:
    """What one party owes in one currency."""

    party: str
    name: str
    currency: str
    since: date
    uses: int
    amount: int


# Every use with the share of each party, whatever was claimed; with %(until)s. A use counts once, a part given back not at all.
SHARES = """
SELECT r.id, share ->> 0 AS party, share ->> 1 AS name, v.terms ->> 'currency' AS currency, r.business_date, r.uses,
    sum((share ->> 2)::bigint)::bigint AS amount
FROM offers_redemption r
JOIN offers_offerversion v ON v.id = r.version_id
    AND EXISTS (SELECT FROM jsonb_array_elements(v.terms -> 'funding') f WHERE f ->> 'party' <> 'retailer')
CROSS JOIN jsonb_array_elements(r.lines) line
CROSS JOIN jsonb_array_elements(line -> 'funded') share
WHERE share ->> 0 <> 'retailer' AND NOT r.is_historical AND r.business_date <= %(until)s
GROUP BY r.id, 2, 3, 4
"""
UNCLAIMED = f"""
SELECT s.* FROM ({SHARES}) s
WHERE NOT EXISTS (
    SELECT FROM offers_claimeduse k WHERE k.redemption_id = s.id AND k.party = s.party AND k.name = s.name)
"""
_OPEN = f"""
SELECT party, name, currency, min(business_date), sum(uses)::int, sum(amount)::bigint FROM ({UNCLAIMED}) u
GROUP BY party, name, currency ORDER BY party, name, currency
"""
_LINES = """
SELECT o.code, v.title, coalesce(p.sku, ''), coalesce(p.name, ''), sum(r.uses)::int, sum((line ->> 'amount')::bigint)::bigint,
    sum((share ->> 2)::bigint)::bigint
FROM offers_claimeduse k
JOIN offers_redemption r ON r.id = k.redemption_id
JOIN offers_redemption used ON used.id = coalesce(r.use_of_id, r.id)
JOIN offers_offer o ON o.id = r.offer_id
JOIN LATERAL (SELECT title FROM offers_offerversion WHERE offer_id = o.id ORDER BY number DESC LIMIT 1) v ON true
CROSS JOIN jsonb_array_elements(r.lines) line
CROSS JOIN jsonb_array_elements(line -> 'funded') share
LEFT JOIN sales_receipt sale ON sale.source = used.source AND sale.external_id = used.key
LEFT JOIN sales_receiptline l ON l.receipt_id = sale.id AND l.line_no = (line ->> 'line')::int
LEFT JOIN catalog_product p ON p.id = l.product_id
WHERE k.claim_id = %(claim)s AND share ->> 0 = k.party AND share ->> 1 = k.name
GROUP BY 1, 2, 3, 4 ORDER BY 1, 3, 4
"""


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One article of one offer: how often it was used, what was taken off in all, and the party's share of that."""

    offer: str
    title: str
    sku: str
    article: str
    uses: int
    discount: int
    amount: int


def open_claims(*, until: date) -> list[Open]:
    """Return what every party bears of uses up to a business day that no claim holds yet."""
    return [Open(*row) for row in bulk.fetch(_OPEN, {"until": until})]


def list_claims() -> QuerySet[Claim]:
    """Return the claims, newest first."""
    return Claim.objects.order_by("-pk")


def claim_lines(claim: Claim) -> list[ClaimLine]:
    """Return what a claim asks for, by offer and article; the shares add up to its amount."""
    return [ClaimLine(*row) for row in bulk.fetch(_LINES, {"claim": claim.pk})]


def file_rows(claim: Claim) -> list[Sequence[Cell]]:
    """Return the rows of the claim's file: each offer's articles and their sum, at the end the sum of all."""
    rows: list[Sequence[Cell]] = []
    lines = claim_lines(claim)

    def decimal(amount: int) -> Decimal:
        return money.to_decimal(amount, claim.currency)

    for offer in dict.fromkeys(line.offer for line in lines):
        own = [line for line in lines if line.offer == offer]
        rows += [
            (line.offer, line.title, line.sku, line.article, line.uses, decimal(line.discount), decimal(line.amount))
            for line in own
        ]
        sums = (decimal(sum(line.discount for line in own)), decimal(sum(line.amount for line in own)))
        rows.append((offer, own[0].title, "", "*", "", *sums))
    total = decimal(sum(line.discount for line in lines))
    return [*rows, ("*", "", "", "*", claim.uses, total, decimal(claim.amount))]

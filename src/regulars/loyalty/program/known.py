"""What is known of a customer beyond the basket, term by term, as SQL: for the till's one statement and for whole years.

For checkout, `services.loading` and `selectors`: one wording for all of them, so that a condition gets the same answer at the
till and from a file. `c` is the customer, `m` the membership if there is one, `{at}` the moment of the sale.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

KNOWN: Mapping[str, str] = {
    "customer.gender": "nullif(c.gender, '')",
    "customer.age_band": "nullif(c.age_band, '')",
    "customer.city": "nullif(c.city, '')",
    "customer.language": "nullif(c.language, '')",
    "customer.preferred_channel": "nullif(c.preferred_channel, '')",
    "customer.home_store": "(SELECT home.code FROM organization_store home WHERE home.id = c.home_store_id)",
    "customer.birth_month": "c.birth_month",
    "customer.joined_on": "CASE WHEN m.joined_at < {at} THEN m.joined_on END",
    "customer.tags": "ARRAY(SELECT t.name FROM customers_customertag k JOIN customers_tag t ON t.id = k.tag_id"
    " WHERE k.customer_id = c.id AND k.removed_at IS NULL)",
    "customer.is_first_purchase": "NOT EXISTS (SELECT FROM sales_receipt b WHERE b.kind = 'sale' AND b.sold_at < {at}"
    " AND b.customer_id = ANY (ARRAY(SELECT o.id FROM customers_customer o WHERE o.merged_into_id = c.id) || c.id))",
}
# With {day}, the business date: of several plans the dearest counts.
PLAN = (
    "coalesce((SELECT l.code FROM program_paidperiod d JOIN program_paidplan l ON l.id = d.plan_id"
    " WHERE l.program_id = m.program_id AND d.customer_id = c.id AND d.starts_on <= {day}"
    " AND coalesce(d.ended_on, d.ends_on) > {day} ORDER BY l.price_amount DESC LIMIT 1), '')"
)


def columns(*, at: str) -> str:
    """Return all terms as columns of a statement, in the order of `KNOWN`."""
    return ", ".join(expression.format(at=at) for expression in KNOWN.values())


def facts(values: list[Any] | tuple[Any, ...]) -> dict[str, object]:
    """Return what the columns of `columns` say; what is not known is left out."""
    said = dict(zip(KNOWN, values, strict=True)) | {"customer.tags": frozenset(values[list(KNOWN).index("customer.tags")])}
    return {name: value for name, value in said.items() if value is not None}


def from_json(name: str, value: Any) -> object:
    """Return a term's value as conditions see it, of the JSON in which many are read at once."""
    if value is None:
        return None
    if name == "customer.tags":
        return frozenset(value)
    return date.fromisoformat(value) if name == "customer.joined_on" else value

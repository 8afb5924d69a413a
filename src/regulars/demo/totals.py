"""What the demo company holds, counted from the database through the rooms' own selectors."""

from __future__ import annotations

from dataclasses import dataclass

from regulars.catalog import totals as catalog
from regulars.core import money
from regulars.customers import selectors as customers
from regulars.customers.models import Customer
from regulars.organization import selectors as organization
from regulars.organization.access import Viewer
from regulars.organization.company import get_company
from regulars.sales import totals as sales
from regulars.sales.models import LineDiscount


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures that `regulars demo --json` prints; money as decimal text in the company's currency."""

    households: int
    receipts: int
    lines: int
    products: int
    placeholder_products: int
    stores: int
    business_days: int
    sales_value: str
    retail_discount: str
    coupon_discount: str
    coupon_match_discount: str
    first_business_date: str | None
    last_business_date: str | None
    changed: int  # rows that this run made or changed


def count_totals(*, changed: int, viewer: Viewer) -> Totals:
    """Count everything that `viewer` sees."""
    sold = sales.count_totals(viewer=viewer)
    products, placeholders = catalog.count_products(viewer=viewer)
    currency = get_company().currency

    def text(amount: int) -> str:
        return str(money.to_decimal(amount, currency))

    kinds = LineDiscount.Kind
    return Totals(
        households=customers.list_customers(viewer).exclude(kind=Customer.Kind.NAMELESS).count(),
        receipts=sold.receipts,
        lines=sold.lines,
        products=products,
        placeholder_products=placeholders,
        stores=organization.list_stores(viewer).count(),
        business_days=sold.business_days,
        sales_value=text(sold.net_amount),
        retail_discount=text(sold.discounts.get(kinds.LOYALTY_PRICE, 0)),
        coupon_discount=text(sold.discounts.get(kinds.COUPON, 0)),
        coupon_match_discount=text(sold.discounts.get(kinds.COUPON_MATCH, 0)),
        first_business_date=sold.first_business_date,
        last_business_date=sold.last_business_date,
        changed=changed,
    )

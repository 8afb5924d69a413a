"""Receipts: the list with its filters, one receipt with everything on it, and the returns that wait for their sale.

For whoever answers a question at the desk. What the viewer may see is decided by `sales.selectors`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from regulars.core import money
from regulars.home import exports
from regulars.home.business import places
from regulars.home.business.names import CHANNELS
from regulars.organization.access import Viewer
from regulars.organization.company import get_company
from regulars.organization.requests import requires, viewer_of
from regulars.sales import selectors as sales
from regulars.sales.models import Funding, LineDiscount, Receipt, Tender
from regulars.ui import formatting, lists
from regulars.ui.lists import Column, Filter, Listing

KINDS: Mapping[str, Promise] = {Receipt.Kind.SALE: _("Sale"), Receipt.Kind.RETURN: _("Return")}
DISCOUNTS: Mapping[str, Promise] = {
    LineDiscount.Kind.LOYALTY_PRICE: _("Member price"),
    LineDiscount.Kind.PROMOTION: _("Promotion"),
    LineDiscount.Kind.COUPON: _("Coupon"),
    LineDiscount.Kind.COUPON_MATCH: _("Coupon match"),
    LineDiscount.Kind.POINTS: _("Points"),
    LineDiscount.Kind.EMPLOYEE: _("Employee discount"),
    LineDiscount.Kind.MANUAL: _("Manual discount"),
}
FUNDERS: Mapping[str, Promise] = {
    Funding.RETAILER: _("borne by the retailer"),
    Funding.SUPPLIER: _("refunded by the supplier"),
    Funding.PARTNER: _("refunded by a partner"),
}
TENDERS: Mapping[str, Promise] = {
    Tender.Kind.CASH: _("Cash"),
    Tender.Kind.CARD: _("Card payment"),
    Tender.Kind.WALLET: _("Mobile payment"),
    Tender.Kind.STORED_VALUE: _("Stored value"),
    Tender.Kind.GIFT_CARD: _("Gift card"),
    Tender.Kind.POINTS: _("Points"),
    Tender.Kind.INVOICE: _("Invoice"),
    Tender.Kind.OTHER: _("Other means"),
    Tender.Kind.UNSPECIFIED: _("Not told by the source"),
}
_NEVER = date(1, 1, 1)


@require_GET
@requires("receipt.list")
def listing(request: HttpRequest) -> HttpResponseBase:
    """Show the receipts of the viewer's stores, newest business day first, or hand them out as a file."""
    viewer = viewer_of(request)
    rows = sales.list_receipts(viewer)
    shown = _listing(viewer)
    if exports.asked(request):
        return exports.hand_out(request, rows, listing=shown, action="receipt.export", name="receipts", viewer=viewer)
    context = {"exports": viewer.may("receipt.export"), "parked": sales.list_parked(viewer)[:100].count()}
    return shown.render(request, rows, template="home/business/receipts.html", context=context)


@require_GET
@requires("receipt.list")
def parked(request: HttpRequest) -> HttpResponseBase:
    """Show the returns whose sale has not arrived."""
    viewer = viewer_of(request)
    return _parked_listing().render(request, sales.list_parked(viewer), template="home/business/parked.html")


@require_GET
@requires("receipt.read")
def detail(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """Show one receipt with lines, discounts, tenders, customer and what is linked to it."""
    viewer = viewer_of(request)
    receipt = sales.get_receipt(viewer, receipt_id)
    parts = sales.parts_of(receipt)
    context = {
        "receipt": receipt,
        "parts": parts,
        "lines": [_line(line, receipt) for line in parts.lines],
        "tenders": [(TENDERS.get(tender.kind, tender.kind), tender) for tender in parts.tenders],
        "kind": KINDS[receipt.kind],
        "channel": CHANNELS.get(receipt.channel, receipt.channel),
        "sold_at": local_time(receipt),
        "customer_href": customer_href(receipt, viewer),
    }
    return render(request, "home/business/receipt.html", context)


def local_time(receipt: Receipt) -> str:
    """Return when it was sold by the clock of its store."""
    return formatting.moment(receipt.sold_at, zone=ZoneInfo(receipt.store.timezone))


def customer_href(receipt: Receipt, viewer: Viewer) -> str:
    """Return the page of the receipt's customer, for whoever may open it."""
    return f"/customers/{receipt.customer_id}/" if receipt.customer_id and viewer.may("customer.read") else ""


def _line(line: sales.Line, receipt: Receipt) -> dict[str, Any]:
    return {
        "line": line.line,
        "takes_back": line.takes_back,
        "discounts": [
            (DISCOUNTS.get(each.kind, each.kind), FUNDERS.get(each.funded_by, each.funded_by), -each.amount, each.reference)
            for each in line.discounts
        ],
        "currency": receipt.currency,
    }


def _listing(viewer: Viewer) -> Listing:
    stores = places.stores_within(viewer.scope("receipt.list")).order_by("name")
    return Listing(
        id="receipts",
        sort="-business_date",
        search=lambda rows, words: rows.filter(external_id=words),
        search_label=_("Find a receipt by its number"),
        columns=[*_COLUMNS, *_AMOUNTS],
        filters=[
            *_FILTERS,
            Filter(
                key="store",
                label=_("Store"),
                options=lambda: [(str(pk), name) for pk, name in stores.values_list("pk", "name")],
                apply=lambda rows, value: rows.filter(store=_number(value)),
            ),
        ],
    )


def _parked_listing() -> Listing:
    return Listing(
        id="parked",
        sort="-business_date",
        columns=[
            *_COLUMNS[:3],
            Column(key="waits_for", label=_("Waits for sale"), value=lambda row: row.waits_for),
            *_AMOUNTS[-1:],
        ],
    )


def _amount(key: str, label: Promise, *, shown: bool = True) -> Column:
    return Column(
        key=key,
        label=label,
        value=lambda row: money.to_decimal(getattr(row, key), row.currency),
        show=lambda row: formatting.money(getattr(row, key), row.currency),
        numeric=True,
        shown=shown,
        sort=key,
    )


def _kind(row: Receipt) -> SafeString:
    return lists.status(KINDS[row.kind], tone="warn" if row.kind == Receipt.Kind.RETURN else "neutral")


def _number(text: str) -> int:
    """Return the number in an address; a text that is none matches nothing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1


def _day(text: str) -> date:
    try:
        return parse_date(text) or _NEVER
    except ValueError:
        return _NEVER


def _minor(text: str) -> int:
    """Return an amount that somebody typed, in minor units of the company's currency."""
    return money.to_minor(text.strip().replace(",", ""), get_company().currency)


_COLUMNS = [
    Column(
        key="number", label=_("Receipt"), value=lambda row: row.external_id, lead=True,
        href=lambda row: f"/sales/{row.pk}/",
    ),
    Column(
        key="day", label=_("Business day"), value=lambda row: row.business_date, sort="business_date",
        show=lambda row: formatting.date(row.business_date),
    ),
    Column(key="store", label=_("Store"), value=lambda row: row.store.name, href=lambda row: f"/stores/{row.store_id}/"),
    Column(key="sold_at", label=_("Till’s clock"), value=lambda row: row.sold_at, show=local_time, shown=False),
    Column(key="kind", label=_("Kind"), value=lambda row: str(KINDS[row.kind]), show=_kind),
    Column(key="channel", label=_("Channel"), value=lambda row: str(CHANNELS.get(row.channel, row.channel)), shown=False),
    Column(
        key="customer", label=_("Customer"),
        value=lambda row: (row.customer.name or _("No name yet")) if row.customer else "",
        href=lambda row: f"/customers/{row.customer_id}/" if row.customer_id else "",
    ),
    Column(key="till", label=_("Till"), value=lambda row: row.till, shown=False),
    Column(key="cashier", label=_("Cashier"), value=lambda row: row.cashier, shown=False),
    Column(key="lines", label=_("Lines"), value=lambda row: row.line_count, numeric=True, sort="line_count"),
]  # fmt: skip
_AMOUNTS = [
    _amount("gross_amount", _("Gross"), shown=False),
    _amount("discount_amount", _("Discounts")),
    _amount("paid_amount", _("Paid"), shown=False),
    _amount("net_amount", _("Net")),
]
_FILTERS = [
    Filter(
        key="from", label=_("From business day"), kind="date",
        apply=lambda rows, value: rows.filter(business_date__gte=_day(value)),
    ),
    Filter(
        key="to", label=_("To business day"), kind="date",
        apply=lambda rows, value: rows.filter(business_date__lte=_day(value)),
    ),
    Filter(
        key="kind", label=_("Kind"), options=list(KINDS.items()), apply=lambda rows, value: rows.filter(kind=value)
    ),
    Filter(
        key="channel", label=_("Channel"), options=list(CHANNELS.items()),
        apply=lambda rows, value: rows.filter(channel=value),
    ),
    Filter(
        key="who", label=_("Customer"), options=[("known", _("Known customers")), ("none", _("Without a customer"))],
        apply=lambda rows, value: rows.filter(customer__isnull=value == "none"),
    ),
    Filter(
        key="customer", label=_("Customer’s number"), kind="number",
        apply=lambda rows, value: rows.filter(customer=_number(value)),
    ),
    Filter(
        key="least", label=_("Net at least"), kind="number",
        apply=lambda rows, value: rows.filter(net_amount__gte=_minor(value)),
    ),
    Filter(
        key="most", label=_("Net at most"), kind="number",
        apply=lambda rows, value: rows.filter(net_amount__lte=_minor(value)),
    ),
]  # fmt: skip

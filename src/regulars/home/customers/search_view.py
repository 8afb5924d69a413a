"""Search everything: customers, products, stores and receipts by what somebody has in hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.catalog.models import Product
from regulars.customers import selectors as customers
from regulars.customers.models import Customer
from regulars.home.business import names
from regulars.home.customers import words as customer_words
from regulars.organization import selectors as organization
from regulars.organization.access import Viewer
from regulars.organization.requests import requires, viewer_of
from regulars.sales import selectors as sales
from regulars.sales.models import Receipt
from regulars.ui import formatting

SHOWN = 8
WORDS_MAX = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found."""

    title: str
    note: str
    href: str


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind; `all_href` leads to the list with the same question."""

    title: str
    icon: str
    hits: Sequence[Hit]
    all_href: str = ""


@require_GET
@requires("customer.list", "customer.lookup", "product.read", "store.read", "receipt.list")
def search(request: HttpRequest) -> HttpResponse:
    """Show what matches, by kind; a single hit of Enter opens at once."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:WORDS_MAX]
    viewer = viewer_of(request)
    groups = [group for group in _groups(viewer, words) if group.hits] if words else []
    hits = [hit for group in groups for hit in group.hits]
    if len(hits) == 1 and not getattr(request, "htmx", False):
        return redirect(hits[0].href)
    part = "home/customers/_found.html" if getattr(request, "htmx", False) else "home/customers/search.html"
    return render(request, part, {"words": words, "groups": groups})


def _groups(viewer: Viewer, words: str) -> list[Group]:
    return [
        *([_customers(viewer, words)] if viewer.may("customer.list") or viewer.may("customer.lookup") else []),
        *([_products(words)] if viewer.may("product.read") else []),
        *([_stores(viewer, words)] if viewer.may("store.read") else []),
        *([_receipts(viewer, words)] if viewer.may("receipt.list") else []),
    ]


def _customers(viewer: Viewer, words: str) -> Group:
    if viewer.may("customer.list"):
        masked = viewer.scope("customer.list").masked
        rows = customers.search(customers.list_customers(viewer), words, masked=masked)
    else:  # whoever may only look up needs the whole number
        rows = customers.list_customers(viewer, "customer.lookup").filter(pk__in=customers.exact_holders(words))
    found = list(rows.select_related("home_store").order_by("name", "pk")[:SHOWN])
    held = customers.list_identifiers([each.pk for each in found])
    hints = {each.customer_id: each.hint for each in reversed(held)}  # a phone first, where there is one
    hits = [
        Hit(
            each.name or f"{customer_words.KINDS[Customer.Kind.NAMELESS]} {hints.get(each.pk, each.pk)}",
            _joined(hints.get(each.pk, ""), each.home_store.name if each.home_store else ""),
            f"/customers/{each.pk}/",
        )
        for each in found
    ]
    return Group(_("Customers"), "users", hits, "/customers/" if viewer.may("customer.list") else "")


def _products(words: str) -> Group:
    by_code = Q(sku=words) | (Q(barcode=words) & ~Q(barcode=""))
    rows = Product.objects.filter(by_code | Q(name__icontains=words)).select_related("category")
    found = rows.order_by("name", "pk")[:SHOWN]
    return Group(_("Products"), "package", [_product(each) for each in found], "/products/")


def _product(product: Product) -> Hit:
    category = names.of_category(product.category.path) if product.category else ""
    return Hit(product.name or product.sku, _joined(product.sku, category), f"/products/{product.pk}/")


def _stores(viewer: Viewer, words: str) -> Group:
    rows = organization.list_stores(viewer).filter(Q(code__iexact=words) | Q(name__icontains=words) | Q(city__iexact=words))
    hits = [
        Hit(each.name, _joined(each.code, each.city), f"/stores/{each.pk}/") for each in rows.order_by("name", "pk")[:SHOWN]
    ]
    return Group(_("Stores"), "store", hits, "/stores/")


def _receipts(viewer: Viewer, words: str) -> Group:
    rows = sales.list_receipts(viewer).filter(external_id=words).order_by("-sold_at")
    return Group(_("Receipts"), "receipt-text", [_receipt(each) for each in rows[:SHOWN]], "/sales/")


def _receipt(receipt: Receipt) -> Hit:
    amount = formatting.money(receipt.net_amount, receipt.currency)
    note = _joined(formatting.date(receipt.business_date), receipt.store.name, amount)
    return Hit(receipt.external_id, note, f"/sales/{receipt.pk}/")


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)

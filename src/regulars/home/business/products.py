"""Products: the list with what each sold in the period, one product's page, and the category tree.

For buyers and whoever looks something up. What a product costs is shown only with the right for it; figures only with the right
to see figures.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.catalog import selectors as catalog
from regulars.catalog.models import Product
from regulars.home import exports
from regulars.home.business import choices, picker, product_list
from regulars.home.business.choices import Choice
from regulars.organization.access import Viewer
from regulars.organization.company import get_company
from regulars.organization.requests import requires, viewer_of

FIGURES = "dashboard.view"


@require_GET
@requires("product.read")
def listing(request: HttpRequest) -> HttpResponseBase:
    """Show the products, those that sold most first, or hand them out as a file."""
    viewer = viewer_of(request)
    choice = _choice(request, viewer)
    shown = product_list.listing(viewer, choice)
    rows = catalog.list_products(viewer)
    if exports.asked(request):
        return exports.hand_out(request, rows, listing=shown, action="product.export", name="products", viewer=viewer)
    context = {"exports": viewer.may("product.export"), **(picker.context(request, choice, compares=False) if choice else {})}
    return shown.render(request, rows, template="home/business/products.html", context=context)


@require_GET
@requires("product.read")
def detail(request: HttpRequest, product_id: int) -> HttpResponse:
    """Show one product: what it is, what it sold week by week, where, to how many, and what came back."""
    viewer = viewer_of(request)
    product = catalog.get_product(viewer, product_id)
    choice = _choice(request, viewer)
    context: dict[str, Any] = {
        "product": product,
        "path": _path(product),
        "currency": get_company().currency,
        "shows_cost": viewer.may("product.read_cost"),
    }
    if choice:
        context |= picker.context(request, choice)
    return render(request, "home/business/product.html", context)


@require_GET
@requires("product.read")
def categories(request: HttpRequest) -> HttpResponse:
    """Show the departments with the number of products of each; what lies below comes when one is opened."""
    return render(request, "home/business/categories.html", {"tree": catalog.category_tree()})


@require_GET
@requires("product.read")
def branch(request: HttpRequest, category_id: int) -> HttpResponse:
    """Answer with the categories right below one."""
    category = catalog.get_category(category_id)
    return render(request, "home/business/_branches.html", {"branches": catalog.category_tree(category), "above": category})


def _choice(request: HttpRequest, viewer: Viewer) -> Choice | None:
    """Return what the figures are about, for whoever may see figures."""
    return choices.read(request, scope=viewer.scope(FIGURES)) if viewer.may(FIGURES) else None


def _path(product: Product) -> list[tuple[str, str]]:
    """Return the pieces of the product's category, each with the path that leads there."""
    if product.category is None:
        return [(_("(no category)"), "")]
    pieces = product.category.path.split(catalog.SEPARATOR)
    return [(piece, catalog.SEPARATOR.join(pieces[: place + 1])) for place, piece in enumerate(pieces)]

"""Reads of the catalog: products with what groups them, and the category tree.

For the pages. Products belong to the company, so whoever may see products sees all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from regulars.catalog.models import Category, Product
from regulars.core.errors import NotFoundError
from regulars.organization.access import Viewer

SEPARATOR = " / "


@dataclass(frozen=True, slots=True)
class Branch:
    """A category with what lies below it; `products` counts those of the whole branch."""

    category: Category
    products: int
    children: Sequence[Branch]


def list_products(viewer: Viewer) -> QuerySet[Product]:
    """Return the products with category, brand and supplier."""
    viewer.require("product.read")
    return Product.objects.select_related("category", "brand", "supplier")


def get_product(viewer: Viewer, product_id: int) -> Product:
    """Return one product, or refuse."""
    found = list_products(viewer).filter(pk=product_id).first()
    if found is None:
        raise NotFoundError
    return found


def search_products(rows: QuerySet[Product], words: str) -> QuerySet[Product]:
    """Return the products whose name has the words, or whose number or barcode is the text."""
    return rows.filter(Q(name__icontains=words) | Q(sku=words) | Q(barcode=words))


def below(category: Category) -> Q:
    """Return the condition for products of a category and of everything below it."""
    return Q(category=category) | Q(category__path__startswith=category.path + SEPARATOR)


def get_category(category_id: int) -> Category:
    """Return one category, or refuse."""
    found = Category.objects.filter(pk=category_id).first()
    if found is None:
        raise NotFoundError
    return found


def category_tree() -> list[Branch]:
    """Return the whole tree with the number of products of each branch."""
    counted = Category.objects.annotate(own=Count("products")).order_by("name")
    children: dict[int | None, list[Category]] = {}
    for category in counted:
        children.setdefault(category.parent_id, []).append(category)
    return _branches(children, None)


def _branches(children: dict[int | None, list[Category]], parent: int | None) -> list[Branch]:
    made = []
    for category in children.get(parent, ()):
        below_it = _branches(children, category.pk)
        own: int = category.own  # type: ignore[attr-defined]  # annotated above
        made.append(Branch(category, own + sum(branch.products for branch in below_it), below_it))
    return made


def count_products(*, viewer: Viewer) -> tuple[int, int]:
    """Return how many products the catalog has, and how many placeholders wait for their data."""
    viewer.require("product.read")
    counted = Product.objects.aggregate(
        known=Count("id", filter=Q(is_placeholder=False)), placeholders=Count("id", filter=Q(is_placeholder=True))
    )
    return counted["known"], counted["placeholders"]

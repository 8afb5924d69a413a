"""Reads of the catalog: products with what groups them, and the category tree.

For the pages. Products belong to the company, so whoever may see products sees all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from regulars.catalog.models import Category, Product
from regulars.core.errors import NotFoundError
from regulars.organization.access import Viewer

SEPARATOR = " / "


@dataclass(frozen=True, slots=True)
class Branch:
    """A category; `products` counts those of the whole branch below it, itself included."""

    category: Category
    products: int
    has_children: bool


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


def category_tree(parent: Category | None = None) -> list[Branch]:
    """Return the categories right below `parent` (or the top ones), each with the number of products of its branch."""
    counted: dict[int | None, int] = dict(
        Product.objects.exclude(category=None).values_list("category").annotate(count=Count("pk"))
    )
    children: dict[int | None, list[int]] = {}
    for key, above in Category.objects.values_list("pk", "parent_id"):
        children.setdefault(above, []).append(key)

    def products(key: int) -> int:
        return counted.get(key, 0) + sum(products(child) for child in children.get(key, ()))

    shown = Category.objects.filter(parent=parent).order_by("name")
    return [Branch(category, products(category.pk), category.pk in children) for category in shown]

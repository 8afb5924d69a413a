"""The whole of the catalog, counted: for the demo and whoever compares books."""

from __future__ import annotations

from django.db.models import Count, Q

from regulars.catalog.models import Product
from regulars.organization.access import Viewer


def count_products(*, viewer: Viewer) -> tuple[int, int]:
    """Return how many products the catalog has, and how many placeholders wait for their data."""
    viewer.require("product.read")
    counted = Product.objects.aggregate(
        known=Count("id", filter=Q(is_placeholder=False)), placeholders=Count("id", filter=Q(is_placeholder=True))
    )
    return counted["known"], counted["placeholders"]

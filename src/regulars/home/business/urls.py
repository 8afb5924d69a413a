"""Addresses of the pages about the business; `home.urls` joins them with those about customers."""

from __future__ import annotations

from django.urls import URLPattern, path

from regulars.home.business import explorer, insight, parts, picker, products, receipts, stores, today

urlpatterns: list[URLPattern] = [
    path("", today.page, name="today"),
    path("parts/<slug:part>/", parts.part, name="part"),
    path("pick/places/", picker.found, name="pick_places"),
    path("sales/", receipts.listing, name="receipts"),
    path("sales/parked/", receipts.parked, name="parked"),
    path("sales/<int:receipt_id>/", receipts.detail, name="receipt"),
    path("products/", products.listing, name="products"),
    path("products/categories/", products.categories, name="categories"),
    path("products/categories/<int:category_id>/", products.branch, name="category_branch"),
    path("products/<int:product_id>/", products.detail, name="product"),
    path("stores/", stores.listing, name="stores"),
    path("stores/<int:store_id>/", stores.detail, name="store"),
    path("insight/", explorer.page, name="explorer"),
    path("insight/metrics/", insight.metrics, name="metrics"),
    path("insight/retention/", insight.retention, name="retention"),
    path("insight/lifecycle/", insight.lifecycle, name="lifecycle"),
    path("insight/rfm/", insight.rfm, name="rfm"),
    path("insight/rfm/cut-points/", insight.rfm_cut_points, name="rfm_cut_points"),
]

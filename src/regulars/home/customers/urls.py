"""Addresses of the customer side; joined to the room's by `regulars.home.urls`."""

from __future__ import annotations

from django.urls import URLPattern, path

from regulars.home.customers import list_view, page_view, search_view

_ONE = "customers/<int:customer_id>/"
urlpatterns: list[URLPattern] = [
    path("search/", search_view.search, name="search"),
    path("customers/", list_view.customers, name="customers"),
    path(_ONE, page_view.page, name="customer"),
    path(f"{_ONE}timeline/", page_view.events, name="timeline"),
    path(f"{_ONE}receipts/<int:receipt_id>/", page_view.receipt, name="customer_receipt"),
]

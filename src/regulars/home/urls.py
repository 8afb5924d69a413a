"""Addresses: Dashboard, customer list and 360 page, products, stores and receipts."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

app_name = "home"
urlpatterns: list[URLPattern | URLResolver] = []

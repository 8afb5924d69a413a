"""Addresses: Actions on customers."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

app_name = "customers"
urlpatterns: list[URLPattern | URLResolver] = []

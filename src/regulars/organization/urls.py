"""Addresses: Sign-in, staff, roles, keys and audit."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

app_name = "organization"
urlpatterns: list[URLPattern | URLResolver] = []

"""Addresses: Import pages and the REST API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from regulars.gateway.api import reference_page
from regulars.gateway.api.application import api

app_name = "gateway"
urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/openapi.json", reference_page.document, name="api_document"),
    path("api/v1/docs", reference_page.page, name="api_reference"),
    path("api/v1/", api.urls),
]

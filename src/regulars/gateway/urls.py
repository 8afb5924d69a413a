"""Addresses: Import pages and the REST API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from regulars.gateway import views
from regulars.gateway.api import reference_page
from regulars.gateway.api.application import api

app_name = "gateway"
urlpatterns: list[URLPattern | URLResolver] = [
    path("imports/", views.imports, name="imports"),
    path("imports/new/", views.new, name="new_import"),
    path("imports/samples/<slug:kind>.csv", views.sample, name="import_sample"),
    path("imports/<int:batch_id>/", views.detail, name="import"),
    path("imports/<int:batch_id>/kind/", views.choose_kind, name="import_kind"),
    path("imports/<int:batch_id>/columns/", views.choose_columns, name="import_columns"),
    path("imports/<int:batch_id>/runs/", views.run, name="import_runs"),
    path("imports/<int:batch_id>/progress/", views.progress, name="import_progress"),
    path("imports/<int:batch_id>/rejects.csv", views.rejects, name="import_rejects"),
    path("imports/<int:batch_id>/undo/", views.undo, name="import_undo"),
    path("imports/<int:batch_id>/removal/", views.discard, name="import_removal"),
    path("api/v1/openapi.json", reference_page.document, name="api_document"),
    path("api/v1/docs", reference_page.page, name="api_reference"),
    path("api/v1/till/", include("regulars.gateway.till.urls")),
    path("api/v1/", api.urls),
]

"""Addresses: health, metrics and the system page."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from regulars.operations import views

app_name = "operations"
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.healthz, name="healthz"),
    path("metrics", views.prometheus, name="metrics"),
    path("system/", views.system, name="system"),
    path("system/jobs/<int:job_id>/retries/", views.retry_job, name="retry_job"),
    path("system/events/<int:delivery_id>/retries/", views.retry_event, name="retry_event"),
    path("system/release/", views.release, name="release"),
]

"""Addresses of the till protocol, below `/api/v1/till/`."""

from __future__ import annotations

from django.urls import path

from regulars.gateway.till import door

urlpatterns = [
    path("sales", door.sales, name="till_sales"),
]

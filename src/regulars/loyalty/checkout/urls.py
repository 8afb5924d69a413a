"""Addresses of the till screen."""

from __future__ import annotations

from django.urls import URLPattern, path

from regulars.loyalty.checkout import views

app_name = "checkout"
urlpatterns: list[URLPattern] = [
    path("till/", views.till, name="till"),
    path("till/basket/", views.basket, name="basket"),
    path("till/sales/", views.sell, name="sales"),
    path("till/parked/", views.parked, name="parked"),
]

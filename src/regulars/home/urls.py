"""Addresses: Dashboard, customer list and 360 page, products, stores and receipts."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from regulars.home.business.urls import urlpatterns as business
from regulars.home.customers.urls import urlpatterns as customers
from regulars.home.member.urls import urlpatterns as member

app_name = "home"
urlpatterns: list[URLPattern | URLResolver] = [*customers, *member, *business]

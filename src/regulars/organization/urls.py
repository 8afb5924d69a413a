"""Addresses: Sign-in, account, staff, roles, keys and audit. What django-allauth answers stands in `account_urls.py`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from regulars.organization.views import sign_in

app_name = "organization"
urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/<str:token>/", sign_in.sign_in_link, name="sign_in_link"),
]

"""Addresses of the member's own page; joined to the room's by `regulars.home.urls`."""

from __future__ import annotations

from django.urls import URLPattern, path

from regulars.home.member import pages

urlpatterns: list[URLPattern] = [
    path("m/<str:token>/", pages.page, name="member_page"),
    path("m/<str:token>/code/", pages.code, name="member_code"),
    path("customers/<int:customer_id>/member-page/", pages.link, name="member_link"),
    path("customers/<int:customer_id>/member-page/end/", pages.end, name="end_member_link"),
]

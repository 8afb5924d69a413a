"""Addresses of the member's own page; joined to the room's by `regulars.home.urls`."""

from __future__ import annotations

from django.urls import URLPattern, path

from regulars.home.member import pages, playing

urlpatterns: list[URLPattern] = [
    path("m/<str:token>/", pages.page, name="member_page"),
    path("m/<str:token>/code/", pages.code, name="member_code"),
    path("m/<str:token>/turns/", playing.take_turn, name="member_turn"),
    path("m/<str:token>/sign-in/", playing.sign_in, name="member_sign_in"),
    path("i/<str:token>/", playing.invitation, name="invitation"),
    path("customers/<int:customer_id>/member-page/", pages.link, name="member_link"),
    path("customers/<int:customer_id>/member-page/end/", pages.end, name="end_member_link"),
]

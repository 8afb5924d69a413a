"""Addresses of the design system: its page, the switches of the frame and the exports of charts."""

from __future__ import annotations

from django.urls import path
from django.views.i18n import set_language

from regulars.ui import views

app_name = "ui"
urlpatterns = [
    path("design/", views.design, name="design"),
    path("design/<slug:part>/", views.design, name="design_part"),
    path("ui/language/", set_language, name="language"),
    path("ui/theme/", views.choose_theme, name="theme"),
    path("ui/charts/<slug:language>.json", views.chart_settings, name="chart_settings"),
    path("ui/chart/", views.chart_export, name="chart_export"),
]

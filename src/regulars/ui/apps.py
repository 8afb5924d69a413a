"""Django's entry to the design system: reads the navigation each room declares once all rooms are loaded."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class DesignSystem(AppConfig):
    """The `ui` room; a room's `navigation.py` is imported here, so that registering needs no other wiring."""

    name = "regulars.ui"
    label = "ui"

    def ready(self) -> None:
        autodiscover_modules("navigation")

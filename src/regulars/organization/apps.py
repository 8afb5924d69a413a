"""Makes the room known to Django, and reads the words that other rooms bring for the audit trail."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OrganizationConfig(AppConfig):
    """The `organization` room; a room's `deeds.py` is imported here, so that telling needs no other wiring."""

    name = "regulars.organization"

    def ready(self) -> None:
        autodiscover_modules("deeds")

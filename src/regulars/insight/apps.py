"""Makes the room known to Django."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "regulars.insight"

"""Makes the room known to Django."""

from django.apps import AppConfig


class ProgramConfig(AppConfig):
    name = "regulars.loyalty.program"

"""Makes the room known to Django."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "regulars.home"

"""Makes the room known to Django."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "regulars.demo"

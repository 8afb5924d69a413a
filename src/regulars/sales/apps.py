"""Makes the room known to Django."""

from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "regulars.sales"

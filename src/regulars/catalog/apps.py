"""Makes the room known to Django."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "regulars.catalog"

"""Makes the room known to Django."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "regulars.operations"

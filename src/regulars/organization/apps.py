"""Makes the room known to Django."""

from django.apps import AppConfig


class OrganizationConfig(AppConfig):
    name = "regulars.organization"

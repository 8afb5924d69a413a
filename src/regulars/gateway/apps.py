"""Makes the room known to Django."""

from django.apps import AppConfig


class GatewayConfig(AppConfig):
    name = "regulars.gateway"

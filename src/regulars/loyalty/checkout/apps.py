"""Makes the room known to Django."""

from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    name = "regulars.loyalty.checkout"

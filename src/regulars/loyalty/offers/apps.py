"""Makes the room known to Django."""

from django.apps import AppConfig


class OffersConfig(AppConfig):
    name = "regulars.loyalty.offers"

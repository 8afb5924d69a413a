"""Makes the room known to Django."""

from django.apps import AppConfig


class CardsConfig(AppConfig):
    name = "regulars.loyalty.cards"

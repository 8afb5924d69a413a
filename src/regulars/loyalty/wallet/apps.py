"""Makes the room known to Django."""

from django.apps import AppConfig


class WalletConfig(AppConfig):
    name = "regulars.loyalty.wallet"

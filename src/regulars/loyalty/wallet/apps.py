"""Makes the room known to Django, and its subscribers to the outbox."""

from django.apps import AppConfig


class WalletConfig(AppConfig):
    name = "regulars.loyalty.wallet"

    def ready(self) -> None:
        from regulars.loyalty.wallet import subscribers  # noqa: F401  (importing it subscribes)

"""Makes the room known to Django, and what it has to tell to the outbox."""

from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    name = "regulars.loyalty.checkout"

    def ready(self) -> None:
        from regulars.loyalty.checkout import subscribers  # noqa: F401  (importing it subscribes)

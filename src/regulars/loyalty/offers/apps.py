"""Makes the room known to Django, and its subscribers to the outbox."""

from django.apps import AppConfig


class OffersConfig(AppConfig):
    name = "regulars.loyalty.offers"

    def ready(self) -> None:
        from regulars.loyalty.offers import subscribers  # noqa: F401  (importing it subscribes)

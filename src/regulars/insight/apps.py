"""Makes the room known to Django, and its subscribers to the outbox."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "regulars.insight"

    def ready(self) -> None:
        from regulars.insight import subscribers  # noqa: F401  (importing it subscribes)

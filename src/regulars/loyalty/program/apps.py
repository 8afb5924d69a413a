"""Makes the room known to Django, and its subscribers to the outbox."""

from django.apps import AppConfig


class ProgramConfig(AppConfig):
    name = "regulars.loyalty.program"

    def ready(self) -> None:
        from regulars.loyalty.program import subscribers  # noqa: F401  (importing it subscribes)

"""Makes the room known to Django, its subscribers to the outbox, and its reasons to the ledger."""

from django.apps import AppConfig


class ProgramConfig(AppConfig):
    name = "regulars.loyalty.program"

    def ready(self) -> None:
        from regulars.loyalty.program import entries, subscribers  # noqa: F401  (importing them tells and subscribes)

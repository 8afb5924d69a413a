"""Starts the core with Django: compiles the translations of all rooms once they have changed."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "regulars.core"

    def ready(self) -> None:
        from regulars.core import translations

        translations.compile_catalogs()

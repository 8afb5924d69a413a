"""The `regulars` command: one small function per verb, each handing over to the room that does the work."""

from __future__ import annotations

import os

from regulars.core import embedded_postgres
from regulars.core.home_folder import chosen_home


def main() -> None:
    """Run the command line."""
    import django

    home = chosen_home()
    home.prepare()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    server = embedded_postgres.EmbeddedPostgres(home.postgres)
    server.start()
    django.setup()
    from regulars.core import database

    database.create_roles(home.postgres)
    database.migrate()

"""Open an installation for one command: home folder, embedded database, Django, and the guard against unsafe servers.

For `config.commands`. Several commands may have the same home open at once; they share its PostgreSQL.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from regulars.core import embedded_lease
from regulars.core.embedded_postgres import EmbeddedPostgres
from regulars.core.home_folder import HomeFolder, chosen_home


def is_embedded() -> bool:
    """Return whether this installation runs its own PostgreSQL."""
    return not os.environ.get("DATABASE_URL")


@contextmanager
def opened(*, migrate: bool | None = None) -> Iterator[HomeFolder]:
    """Give the command a running, safe database with the tables of this release.

    An embedded database is brought up to date by itself; another one only where `migrate` is asked for, because its
    other web and worker processes may still run the older release.
    """
    with database_running() as home:
        refuse_unfinished(home)
        set_up_django()
        from regulars.core import database

        database.refuse_unreachable()
        if migrate or (migrate is None and is_embedded() and database.pending_migrations()):
            database.migrate()
        database.refuse_unsafe()
        database.refuse_outdated()
        yield home


@contextmanager
def database_running() -> Iterator[HomeFolder]:
    """Prepare the home folder and keep its PostgreSQL running, before any table is looked at."""
    home = chosen_home()
    home.prepare()
    server = EmbeddedPostgres(home.postgres)
    with embedded_lease.running(server) if is_embedded() else nullcontext():
        yield home


def refuse_unfinished(home: HomeFolder) -> None:
    """Refuse a home folder on which a restore was interrupted."""
    from regulars.operations import restoring
    from regulars.operations.refusals import RestoreRefusedError

    if (home.root / restoring.UNFINISHED).exists():
        raise RestoreRefusedError(f"A restore into {home.root} was interrupted. Run it again: regulars restore DIR --force")


def set_up_django() -> None:
    """Read the settings and the models; on an embedded server make the roles and the database first."""
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
    if is_embedded():
        from regulars.core import database

        database.create_roles(chosen_home().postgres)

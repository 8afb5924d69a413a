"""The web entry point that granian serves; it refuses a database that could lose what it confirms (G13)."""

from __future__ import annotations

import logging
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
application = get_wsgi_application()


def _refuse_unsafe() -> None:
    from django.db import connection

    from regulars.core import database
    from regulars.core.errors import DomainError

    try:
        database.refuse_unsafe()
    except DomainError as error:
        logging.getLogger("regulars.start").critical(error.message)
        raise SystemExit(error.message) from None
    finally:
        connection.close()


_refuse_unsafe()
if "REGULARS_SUPERVISOR_PID" in os.environ:
    from regulars.config import processes

    processes.end_with_supervisor()

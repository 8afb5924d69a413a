"""The web entry point that granian serves; it refuses a database that could lose what it confirms (G13)."""

from __future__ import annotations

import gc
import logging
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from regulars.core import heartbeat

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
heartbeat.start()
if "REGULARS_SUPERVISOR_PID" in os.environ:
    from regulars.config import processes

    processes.end_with_supervisor()
import_module(settings.ROOT_URLCONF)  # every page's code is read now, not during somebody's first call
# Half a million objects live as long as the process. Walking through them again and again made calls wait a tenth of a second.
gc.collect()
gc.freeze()

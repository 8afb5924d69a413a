"""What `regulars serve` tells a person: where to go, how to sign in the first time, and what has happened since."""

from __future__ import annotations

import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus

from django.db import OperationalError, connection

from regulars.config import first_person, installation, logfiles
from regulars.core import embedded_lease
from regulars.core.embedded_postgres import EmbeddedPostgres
from regulars.core.home_folder import HomeFolder

_LOOK_SECONDS = 2.0
_ASK_SECONDS = 0.5
_LATE_SECONDS = 30.0


@dataclass(slots=True)
class Watch:
    """The supervisor's eyes and mouth: says when pages are served, revives a killed database, rotates the log."""

    home: HomeFolder
    url: str
    host: str
    port: int
    served: bool = False
    next_look_at: float = 0.0
    late_at: float = field(default_factory=lambda: time.monotonic() + _LATE_SECONDS)

    def say(self, text: str) -> None:
        """Print one line for a person."""
        sys.stdout.write(f"{datetime.now().astimezone():%H:%M:%S}  {text}\n")
        sys.stdout.flush()

    def look(self) -> None:
        """Look after what is not a child; called a few times a second, acts every other second."""
        if time.monotonic() < self.next_look_at:
            return
        self.next_look_at = time.monotonic() + (_LOOK_SECONDS if self.served else _ASK_SECONDS)
        if installation.is_embedded():
            self._keep_database()
        if not self.served and self._answers():
            self.served = self._welcome()
        elif not self.served and time.monotonic() > self.late_at:
            self.late_at = float("inf")
            self.say(f"no page is served yet; what is wrong stands in {self.home.log} or above")
        logfiles.rotate(self.home)

    def _keep_database(self) -> None:
        server = EmbeddedPostgres(self.home.postgres)
        if not server.is_running():
            self.say("the database stopped; it starts again")
            embedded_lease.revive(server)

    def _answers(self) -> bool:
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104
        try:
            with urllib.request.urlopen(f"http://{host}:{self.port}/healthz", timeout=2):
                return True
        except urllib.error.HTTPError as error:
            return error.code == HTTPStatus.SERVICE_UNAVAILABLE  # it answers; what ails it stands on its health page
        except OSError:
            return False

    def _welcome(self) -> bool:
        """Say where pages are served; False while the database has just gone away again, and the next look will do."""
        try:
            link = first_person.welcome(now=datetime.now(UTC))
        except OperationalError:
            connection.close()
            return False
        self.say(f"Regulars serves {self.url}")
        if link:
            self.say(f"sign in once with {link}")
        self.say(f"data in {self.home.root}; Ctrl-C stops")
        return True

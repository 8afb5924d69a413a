"""pg_dump and pg_restore of the wheel, run as the owner; passwords go by the environment, never by the command line."""

from __future__ import annotations

import os
import subprocess

from django.conf import settings

from regulars.core import embedded_postgres, env
from regulars.core.errors import DomainError

_VARIABLES = {"NAME": "PGDATABASE", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "HOST": "PGHOST", "PORT": "PGPORT"}


class ProgramError(DomainError):
    """pg_dump or pg_restore gave up."""

    code = "backup.program"


def run(program: str, *arguments: str) -> None:
    """Run a PostgreSQL program on the installation's database, or say what it complained of."""
    done = subprocess.run(
        [embedded_postgres.binary(program), *arguments],
        env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise ProgramError(f"{program} gave up: {done.stderr.strip()[-500:]}")


def environment() -> dict[str, str]:
    """Return the variables by which PostgreSQL's programs find the database as its owner."""
    parts = env.postgres(settings.DATABASE_OWNER_URL)
    named = {variable: str(parts[key]) for key, variable in _VARIABLES.items() if parts[key]}
    options = parts["OPTIONS"]
    if isinstance(options, dict):
        named |= {f"PG{name.upper()}": str(value) for name, value in options.items()}
    return os.environ | named

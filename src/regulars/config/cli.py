"""The `regulars` command: what can be typed, and how a refusal looks. `config.commands` does the work.

Imports stay inside the functions, so that `regulars --help` answers at once.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

REFUSED = 2
INTERRUPTED = 130
_OUT_OF_SPACE = 28


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 a check found something, 2 refused, 130 interrupted."""
    options = parser().parse_args(arguments)
    if options.home:
        os.environ["REGULARS_HOME"] = options.home
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    try:
        sys.exit(_run(options))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    root = argparse.ArgumentParser(prog="regulars", description="Regulars (熟客): the retail CRM that adds up to the cent.")
    _add_home(root, default=None)
    commands = root.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, run: str, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        _add_home(added, default=argparse.SUPPRESS)
        added.set_defaults(run=run)
        return added

    _starting(command)
    _data(command)
    _keeping(command)
    _access(command)
    return root


def _starting(command) -> None:  # type: ignore[no-untyped-def]
    demo = command("demo", "demo:demo", "load the demo company, then serve it")
    demo.add_argument("--no-serve", action="store_true", help="stop after loading")
    demo.add_argument("--json", action="store_true", help="print the totals as JSON")
    serve = command("serve", "serve:serve", "run the web server and the worker")
    for with_web in (demo, serve):
        with_web.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
        with_web.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
    serve.add_argument("--no-worker", action="store_true", help="web only; run «regulars worker» elsewhere")
    command("worker", "serve:worker", "run only the worker: jobs, schedules, events")
    command("migrate", "serve:migrate", "bring the database up to this release")


def _data(command) -> None:  # type: ignore[no-untyped-def]
    load = command("import", "files:import_files", "import CSV, XLSX, Parquet or POSLog files")
    load.add_argument("files", nargs="+", metavar="FILE")
    load.add_argument("--kind", help="stores, products, customers, receipts, returns or balances (default: told by the header)")
    load.add_argument("--source", help="under which the ids of the file are unique")
    load.add_argument("--map", action="append", default=[], metavar="OURS=THEIRS", help="which column holds a field")
    load.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="date format, currency …")
    load.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    load.add_argument("--json", action="store_true")
    lake = command("lake", "lake:lake", "copy new rows to the lake, merge its files, or build it anew")
    lake.add_argument("action", choices=["sync", "compact", "rebuild"])
    bench = command("bench", "bench:bench", "measure against the limit of this machine")
    bench.add_argument("name", nargs="?", help="one benchmark (default: all)")
    bench.add_argument("--scale", type=int, default=1, help="repeat the data this many times")
    bench.add_argument("--json", action="store_true")


def _keeping(command) -> None:  # type: ignore[no-untyped-def]
    verify = command("verify", "keeping:verify", "prove every invariant of the data")
    verify.add_argument("--json", action="store_true")
    verify.add_argument("--backup", metavar="DIR", help="also hold the audit trail against the seal that this backup kept")
    backup = command("backup", "keeping:backup", "copy database, lake, keys and files into a new folder")
    backup.add_argument("folder", metavar="DIR")
    restore = command("restore", "keeping:restore", "bring a backup back into an empty home folder")
    restore.add_argument("folder", metavar="DIR", nargs="?")
    restore.add_argument("--force", action="store_true", help="replace what the home folder holds")
    restore.add_argument("--release", action="store_true", help="let a restored copy send again")
    doctor = command("doctor", "keeping:doctor", "say what is wrong with this installation and how to mend it")
    doctor.add_argument("--port", type=int, default=8000, help="the port that serve would use")
    doctor.add_argument("--json", action="store_true")
    command("openapi", "api:openapi", "print the OpenAPI document of the REST API")


def _access(command) -> None:  # type: ignore[no-untyped-def]
    keys = command("keys", "access:keys", "make, list or revoke the keys of tills, shops and other programs")
    actions = keys.add_subparsers(metavar="ACTION", required=True)
    create = actions.add_parser("create", help="make a key and print it once")
    create.add_argument("--role", required=True)
    create.add_argument("--store", help="code of the store that the key is bound to")
    create.add_argument("--name", help="what the key is for (default: role and store)")
    create.set_defaults(run="access:create_key")
    actions.add_parser("list", help="list the keys").set_defaults(run="access:list_keys")
    revoke = actions.add_parser("revoke", help="end a key at once")
    revoke.add_argument("prefix")
    revoke.set_defaults(run="access:revoke_key")
    link = command("link", "access:link", "print a one-time sign-in link for a person")
    link.add_argument("person", metavar="PERSON", help="e-mail address")


def _add_home(parser: argparse.ArgumentParser, *, default: str | None) -> None:
    parser.add_argument(
        "--home", metavar="DIR", default=default,
        help="where database, lake, keys and files live (default: REGULARS_HOME or the user's data folder)",
    )  # fmt: skip


def _run(options: argparse.Namespace) -> int:
    from regulars.core.errors import DomainError

    module, function = options.run.split(":")
    try:
        run = getattr(importlib.import_module(f"regulars.config.commands.{module}"), function)
        return int(run(options) or 0)
    except DomainError as error:
        return _refuse(error.message)
    except OSError as error:
        if error.errno == _OUT_OF_SPACE:
            return _refuse(f"The disk is full ({error.filename or 'no space left'}). Free some space and run this again.")
        if isinstance(error, PermissionError | FileNotFoundError | IsADirectoryError | NotADirectoryError):
            return _refuse(f"{error.strerror}: {error.filename}")
        raise
    except Exception as error:
        if (message := _database_trouble(error)) is None:
            raise
        return _refuse(message)


def _database_trouble(error: Exception) -> str | None:
    """Return a sentence for what can befall any database, or None for a bug."""
    import psycopg
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError

    cause = error.__cause__ if isinstance(error, OperationalError) else error
    match cause:
        case ImproperlyConfigured():
            return str(cause)
        case psycopg.errors.DiskFull():
            return "The disk of the database is full. Free some space and run this again."
        case psycopg.OperationalError():
            return f"The database cannot be used: {str(cause).strip()}"
    if error.__class__.__name__ == "PoolTimeout":
        return "The database cannot be reached. Is the server that DATABASE_URL names running?"
    return None


def _refuse(message: str) -> int:
    sys.stderr.write(f"regulars: {message}\n")
    return REFUSED


if __name__ == "__main__":
    main()

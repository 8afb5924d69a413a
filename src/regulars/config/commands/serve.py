"""`serve`, `worker` and `migrate`: the parts of a running installation."""

from __future__ import annotations

import argparse
import os
import sys

from regulars.config import installation, processes
from regulars.core.errors import DomainError
from regulars.core.home_folder import HomeFolder


class AlreadyServedError(DomainError):
    """This home folder is being served by another process."""

    code = "serve.already"


def serve(options: argparse.Namespace) -> None:
    """Run web and worker under a supervisor until Ctrl-C."""
    announce_address(options)
    refuse_taken_port(options)
    with installation.opened() as home:
        run(options, home)


def run(options: argparse.Namespace, home: HomeFolder) -> None:
    """Serve an installation that is open: static files, first sign-in link, then the children."""
    from regulars.config import arrival, logfiles, static_files

    with home.serving(os.environ["REGULARS_URL"]) as alone:
        if not alone:
            raise AlreadyServedError(
                f"{home.root} is served at {home.served_at()} already. Stop that first, or choose another --home."
            )
        static_files.collect()
        metrics = logfiles.empty_folder(home.root / "metrics")
        watch = arrival.Watch(home=home, url=os.environ["REGULARS_URL"], host=options.host, port=options.port)
        processes.Supervisor(
            children=_children(options),
            environment=logfiles.environment(home) | {"PROMETHEUS_MULTIPROC_DIR": str(metrics)},
            say=watch.say,
            look=watch.look,
        ).run()
        watch.say("stopped")


def worker(_: argparse.Namespace) -> None:
    """Run the worker in this process."""
    with installation.opened():
        from regulars.config import worker

        worker.run()


def migrate(_: argparse.Namespace) -> None:
    """Bring the database up to this release."""
    with installation.opened(migrate=True):
        sys.stdout.write("The database is that of this release.\n")


def announce_address(options: argparse.Namespace) -> None:
    """Let the settings know where people reach us, before they are read."""
    shown = "127.0.0.1" if options.host in {"0.0.0.0", "::"} else options.host  # noqa: S104
    os.environ.setdefault("REGULARS_URL", f"http://{shown}:{options.port}")


def refuse_taken_port(options: argparse.Namespace) -> None:
    """Refuse a port that cannot be listened on, before anything is started."""
    from regulars.operations import ports

    ports.refuse_taken(options.host, options.port)


def _children(options: argparse.Namespace) -> list[processes.Child]:
    address = ("--host", options.host, "--port", str(options.port))
    web = processes.Child(name="web", module="regulars.config.web", arguments=address)
    if getattr(options, "no_worker", False):
        return [web]
    return [web, processes.Child(name="worker", module="regulars.config.cli", arguments=("worker",))]

"""`regulars demo`: make the demo company, print its totals and, unless told not to, serve it."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from regulars.config import installation
from regulars.config.commands import serve


def demo(options: argparse.Namespace) -> None:
    """Build the company, tell what it holds, then serve it."""
    if not options.no_serve:
        serve.announce_address(options)
        serve.refuse_taken_port(options)
    with installation.opened() as home:
        from regulars.demo import company

        with _progress(silent=options.json) as progress:
            totals = company.build(now=datetime.now(UTC), progress=progress)
        figures = dataclasses.asdict(totals)
        sys.stdout.write(_json(figures) if options.json else _sentences(figures))
        sys.stdout.flush()
        if not options.no_serve:
            serve.run(options, home)


def _json(figures: dict[str, object]) -> str:
    """Return one line of JSON; amounts become numbers for whoever reads it, having been exact text until here."""
    shown = {name: float(value) if isinstance(value, str) and "." in value else value for name, value in figures.items()}
    return json.dumps(shown) + "\n"


def _sentences(figures: dict[str, object]) -> str:
    lines = [f"  {name.replace('_', ' '):<24}{value:>14}" for name, value in figures.items() if name != "changed"]
    news = "Nothing had to be changed: the company was here already." if not figures["changed"] else "The company is ready."
    return "\n".join([news, *lines, ""])


@contextmanager
def _progress(*, silent: bool) -> Iterator[Callable[[str, float], None]]:
    """Show what is being done and how far it is, one bar per step; nothing where the output is read by a program."""
    if silent:
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description:<48}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def show(step: str, part: float) -> None:
            for name, task in tasks.items():
                if name != step:
                    bars.update(task, completed=1)
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=1)
            bars.update(tasks[step], completed=part)

        yield show
        for task in tasks.values():
            bars.update(task, completed=1)

"""`regulars demo`: make the demo company, print its totals and, unless told not to, serve it."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from datetime import UTC, datetime

from regulars.config import installation, progress
from regulars.config.commands import serve


def demo(options: argparse.Namespace) -> None:
    """Build the company, tell what it holds, then serve it."""
    if not options.no_serve:
        serve.announce_address(options)
        serve.refuse_taken_port(options)
    with installation.opened() as home:
        from regulars.demo import company

        with progress.shown(silent=options.json) as show:
            totals = company.build(now=datetime.now(UTC), progress=show)
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

"""Progress bars of the command line: what is being done and how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str, float], None]  # what is being done, and which part of it is done (0 to 1)


@contextmanager
def shown(*, silent: bool = False) -> Iterator[Progress]:
    """Show one bar per step on standard error; nothing where the output is read by a program."""
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

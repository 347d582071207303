"""What a terminal shows while something is going on.

Belongs here: progress. Not here: reports (`tables`), or messages and exit statuses (`cli`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console


@contextmanager
def progress(messages: Console) -> Iterator[Callable[[str, int, int], None]]:
    """A bar on a terminal, silence elsewhere."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=messages, disable=not messages.is_terminal, transient=True) as bar:
        task = bar.add_task("Starting", total=None)

        def on_step(name: str, done: int, of: int) -> None:
            bar.update(task, completed=done, total=max(of, done), description=name.replace("__", " "))

        yield on_step

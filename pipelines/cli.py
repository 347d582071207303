"""The command line: `aanboord`.

Belongs here: the list of commands, exit statuses. Not here: options and messages of a command (`commands`), any work. Exit status:
0 done, 1 a check or rule refused, 2 usage, 3 a fault of the system. Heavy imports happen inside the command that needs them.
"""

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from pipelines.commands.audit import audit
from pipelines.commands.backup import backup, restore
from pipelines.commands.bench import bench
from pipelines.commands.config import config
from pipelines.commands.deliver import deliver
from pipelines.commands.demo import demo
from pipelines.commands.diff import diff
from pipelines.commands.erase import erase
from pipelines.commands.evaluate import evaluate
from pipelines.commands.handovers import handovers
from pipelines.commands.keys import keys
from pipelines.commands.lists import lists
from pipelines.commands.options import messages, print_ending
from pipelines.commands.plan import plan, usefulness
from pipelines.commands.population import population
from pipelines.commands.quarantine import quarantine
from pipelines.commands.reproduce import reproduce
from pipelines.commands.retention import retention
from pipelines.commands.run import run
from pipelines.commands.simulate import simulate
from pipelines.commands.sql import sql
from pipelines.commands.status import status
from pipelines.commands.verify import verify
from pipelines.refusals import REFUSALS

REFUSED, FAULT = 1, 3
COMMANDS = (
    deliver,
    run,
    evaluate,
    simulate,
    lists,
    handovers,
    plan,
    usefulness,
    status,
    quarantine,
    verify,
    diff,
    reproduce,
    erase,
    retention,
    backup,
    restore,
    sql,
    demo,
    bench,
)
GROUPS = {"population": population, "keys": keys, "audit": audit, "config": config}

app = typer.Typer(
    help="Early warning against school dropout: from attendance to a short, explained list.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
for command in COMMANDS:
    app.command()(command)
for name, group in GROUPS.items():
    app.add_typer(group, name=name)


def main() -> None:
    """Run a command; every ending has its exit status."""
    # Great Expectations loads pyspark wherever it is installed: what that says of pandas is not for whom runs a command
    warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")
    with exit_statuses():
        app()


@contextmanager
def exit_statuses() -> Iterator[None]:
    """Turn what went wrong into one message and an exit status; the names of refusals are in `refusals`."""
    try:
        yield
    except (typer.Exit, SystemExit):
        raise
    except KeyboardInterrupt:
        messages.print("Stopped. What was published before is untouched.")
        sys.exit(130)
    except Exception as error:  # the one place where every fault becomes a message
        if type(error).__name__ in REFUSALS:
            messages.print(f"[bold]Refused.[/bold] {_escaped(error)}")
            print_ending("refused", str(error))
            sys.exit(REFUSED)
        if os.environ.get("AANBOORD_TRACEBACK"):
            raise
        messages.print(
            f"[bold]Fault.[/bold] {type(error).__name__}: {_escaped(error)}\nSet AANBOORD_TRACEBACK=1 to see where."
        )
        print_ending("failed", f"{type(error).__name__}: {error}")
        sys.exit(FAULT)


def _escaped(error: Exception) -> str:
    return str(error).replace("[", "\\[")

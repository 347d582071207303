"""The demo: a synthetic Flanders, from delivery to lists.

Belongs here: doing the steps of the command line in a row, with the seconds each takes. Not here: any of the steps.
"""

import datetime as dt
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipelines.reports import status
from pipelines.run import RunError, run
from pipelines.use import Wish, write_lists
from population import write_population
from warehouse.home import Home
from warehouse.landing import deliver

LAST_SCHOOL_YEAR = 2024
UNTIL = dt.date(LAST_SCHOOL_YEAR + 1, 2, 28)  # late enough to know the pupils of this year, early enough to help them


@dataclass(frozen=True)
class Demo:
    """What was made, where, and how long each step took."""

    home: Home
    seconds: dict[str, float]
    rows: dict[str, int]
    lists: list[dict[str, Any]]
    status: dict[str, Any]


def demo(home: Home, *, pupils: int, school_years: int, seed: int, on_step: Callable[[str, int, int], None]) -> Demo:
    """Make a population, deliver it, run, and write the lists."""
    seconds: dict[str, float] = {}
    delivery = home.root / "demo_delivery"
    shutil.rmtree(delivery, ignore_errors=True)

    def timed(name: str, step: Callable[[], Any]) -> Any:
        on_step(name, 0, 1)
        started = time.monotonic()
        done = step()
        seconds[name] = time.monotonic() - started
        return done

    made = timed(
        "population",
        lambda: write_population(
            pupils=pupils,
            school_years=school_years,
            seed=seed,
            out=delivery,
            last_school_year=LAST_SCHOOL_YEAR,
            known_until=UNTIL,
        ),
    )
    timed("deliver", lambda: deliver(home, delivery, "aanboord"))
    shutil.rmtree(delivery)  # its files are landed now, sealed
    result = timed("run", lambda: run(home, on_step=on_step))
    if result.status != "done":
        raise RunError("; ".join(result.reasons))
    lists = timed("lists", lambda: write_lists(home, clb=None, wish=Wish(("xlsx", "html"))))
    return Demo(home, seconds, made.rows, lists, status(home))

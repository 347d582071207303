"""Which benchmarks there are, and what one is.

Belongs here: the list, and the form of what a benchmark is given and gives back. Not here: starting them (`runner`). A benchmark is a
module of its name with a function `run(given)` that measures. It may have `prepare(given)`, which makes what is not measured, and
`scanned(given)`, the files that a bare scan is compared with. Each is called in a process of its own: the peak of memory is that of `run`.
"""

import importlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

BENCHMARKS = {  # name of the benchmark and of its module: what is measured
    "intake": "land, map, judge and check one school year of CSV",
    "population": "make ten school years of a synthetic Flanders, as CSV",
    "features_in_year": "every in-year feature on one date",
    "features_training": "features of five yearly dates, from nothing",
    "features_engines": "some feature tables by DuckDB, pandas and Spark",
    "features_week": "features after one new week",
    "training": "the scorecards of all eight moments on five cohorts, with calibration, pairs and refits",
    "scoring": "a cohort scored with intervals, stability and reasons in words",
    "evaluation": "seven models over five tested school years, with intervals and an audit of fairness",
    "nights": "a year of nights: small deliveries, publications, terms, and a whole run every other month",
    "restore": "a backup of a whole home written, checked and put back",
    "lists": "lists of seventy centres as Excel and web page",
}
PUPILS = {"S": 2_000, "M": 120_000, "L": 1_200_000}


@dataclass(frozen=True)
class Given:
    """What a benchmark is given: its size, a folder of data that is kept between runs, and an empty folder to work in."""

    size: str
    data: Path
    work: Path

    @property
    def pupils(self) -> int:
        """Pupils at school at a time."""
        return PUPILS[self.size]


@dataclass(frozen=True)
class Outcome:
    """What was measured: rows that were worked on, seconds that it took, seconds of each part, and other figures."""

    rows: int
    seconds: float
    parts: dict[str, float] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)  # what is no time


def prepare(name: str, given: Given) -> None:
    """Make what a benchmark needs and does not measure."""
    _called(name, "prepare", given)


def run(name: str, given: Given) -> dict[str, Any]:
    """Measure; returns the fields of the outcome."""
    return asdict(_called(name, "run", given))


def scan(name: str, given: Given) -> float | None:
    """Seconds of a bare scan of what the benchmark reads, or None where it reads no files."""
    from benchmarks.timing import scan_seconds

    files = _called(name, "scanned", given)
    return scan_seconds(files) if files else None


STEPS = {"prepare": prepare, "run": run, "scan": scan}


def _called(name: str, function: str, given: Given) -> Any:
    found = getattr(importlib.import_module(f"benchmarks.{name}"), function, None)
    return found(given) if found else None

"""Nights: a home lives for a year, in one process: small deliveries, publications, terms, and a whole run every other month.

Promised: its files grow less than twofold, it leaks no handle, no thread and no memory, and its audit chain holds. `AANBOORD_NIGHTS` says
how many nights (365 where it is not set). The size is always that of a few hundred pupils: what is looked for grows with nights.
"""

import csv
import datetime as dt
import gc
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.catalogue import Given, Outcome
from benchmarks.data import kept
from benchmarks.store import stage_all
from data_contracts import contract
from pipelines.run import run as whole_run
from pipelines.verify import problems
from warehouse.connection import working_store
from warehouse.home import Home
from warehouse.landing import deliver, deliveries
from warehouse.publishing import clear_old, publish
from warehouse.retention import purge

PUPILS, SCHOOL_YEARS, OWN_PUPILS = 300, 3, 40
KNOWN_UNTIL = dt.date(2025, 2, 28)  # of the population; the nights begin on the next day
WHOLE_RUN_EVERY, PUBLICATIONS_KEPT, RUNS_KEPT = 61, 3, 3  # few, so that a year reaches the number that is kept
TABLES = ("pupils", "enrolments", "absences")


@dataclass(frozen=True)
class State:
    """A home and this process after a night."""

    night: int
    home_mib: float
    handles: int
    threads: int
    resident_mib: float
    cpu_seconds: float


def prepare(given: Given) -> None:
    """Make the population that was delivered before the first night."""
    _population(given)


def run(given: Given) -> Outcome:
    """Live for a year and hold what is left to the promise."""
    started, home = time.perf_counter(), Home(given.work / "home").create()
    os.environ["AANBOORD_KEEP_RUNS"] = str(RUNS_KEPT)
    states = live(home, _population(given), given.work, int(os.environ.get("AANBOORD_NIGHTS", "365")), on_night=_tell)
    figures = compared(states)
    assert figures["files_grew_by"] < 2 and figures["handles_more"] <= 0 and figures["threads_more"] <= 0, figures
    assert figures["memory_grew_by"] < 1.25 and problems(home) == [], figures
    seconds = time.perf_counter() - started
    return Outcome(sum(d.tables["pupils"]["accepted"] for d in deliveries(home)), seconds, {}, figures)


def live(
    home: Home,
    before: Path,
    folder: Path,
    nights: int,
    *,
    whole_run_every: int = WHOLE_RUN_EVERY,
    on_night: Callable[[State], None] = lambda state: None,
) -> list[State]:
    """Deliver what came before, and live for so many nights; returns the state after each."""
    deliver(home, before)
    states, used = list[State](), time.process_time()
    for night in range(nights):
        day = KNOWN_UNTIL + dt.timedelta(days=night + 1)
        _one_night(home, _delivery(folder / "delivered", night, day), day)
        if whole_run_every and night % whole_run_every == 1:
            done = whole_run(home, as_of=day + dt.timedelta(days=1))
            assert done.status == "done" and done.did_work, done.reasons
        states.append(_state(home, night, time.process_time() - used))
        used = time.process_time()
        on_night(states[-1])
    return states


def compared(states: list[State]) -> dict[str, float]:
    """The end against the state once every part has been used: after the first tenth of the nights, at least two."""
    tenth = max(2, len(states) // 10)
    first, last = states[tenth - 1], states[-1]
    return {
        "nights": len(states),
        "home_mib": last.home_mib,
        "files_grew_by": last.home_mib / first.home_mib,
        "handles_more": last.handles - first.handles,
        "threads_more": last.threads - first.threads,
        "resident_mib": last.resident_mib,
        "memory_grew_by": last.resident_mib / first.resident_mib,
        "cpu_seconds_of_an_early_night": _median(states[1:tenth]),
        "cpu_seconds_of_a_late_night": _median(states[-tenth:]),
    }


def _one_night(home: Home, delivery: Path, day: dt.date) -> None:
    """As in a night of a timetable, without Dagster, whose history the whole runs fill."""
    deliver(home, delivery, "aanboord")
    with working_store(home) as db:
        stage_all(home, db)
        selects = {name: f"from core.{name} order by all" for name in TABLES}
        publish(home, db, selects, {"as_of": day.isoformat(), "pseudonym_key": "", "deliveries": []}, {})
    clear_old(home, PUBLICATIONS_KEPT)
    purge(home, day)


def _delivery(folder: Path, night: int, day: dt.date) -> Path:
    """One pupil told again and a few absences; on the first night all pupils and their school."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for table, rows in _rows(night, day).items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, contract(table).column_names)
            writer.writeheader()
            writer.writerows(rows)
    return folder


def _rows(night: int, day: dt.date) -> dict[str, list[dict[str, object]]]:
    told = range(OWN_PUPILS) if night == 0 else [night % OWN_PUPILS]
    rows = {
        "pupils": [{**_pupil(n), "sex_code": "FM"[night // OWN_PUPILS % 2], "known_date": day} for n in told],
        "schools": [{"school_id": "S1", "school_name": "De Wilg", "level_code": "primary", "known_date": KNOWN_UNTIL}],
        "enrolments": [{**_enrolment(n), "known_date": KNOWN_UNTIL} for n in told],
        "absences": [{**_absence(n, day), "known_date": day} for n in _absent(night, day)],
    }
    return {name: found for name, found in rows.items() if found}


def _pupil(n: int) -> dict[str, object]:
    return {"pupil_id": f"N{n:04}", "birth_date": dt.date(2014, 1 + n % 12, 1 + n % 28)}


def _enrolment(n: int) -> dict[str, object]:
    place = {"school_id": "S1", "school_year": 2024, "level_code": "primary", "grade": 4}
    return {"enrolment_id": f"E{n:04}", "pupil_id": f"N{n:04}", **place, "start_date": dt.date(2024, 9, 2)}


def _absent(night: int, day: dt.date) -> Iterator[int]:
    if day.isoweekday() <= 5:
        yield from {(night * step) % OWN_PUPILS for step in (1, 3, 7)}


def _absence(n: int, day: dt.date) -> dict[str, object]:
    school_year = day.year - (day.month < 9)
    said = {"school_id": "S1", "day_part_code": "AM", "school_year": school_year, "absence_code": "B"}
    return {"pupil_id": f"N{n:04}", "absence_date": day, **said}


def _state(home: Home, night: int, cpu_seconds: float) -> State:
    gc.collect()
    files = [p for p in home.root.rglob("*") if p.is_file() and not p.is_symlink()]
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return State(
        night,
        sum(path.stat().st_size for path in files) / (1 << 20),
        len([*Path("/proc/self/fd").iterdir()]),
        len([*Path("/proc/self/task").iterdir()]),
        resident / (1 << 20),
        cpu_seconds,
    )


def _tell(state: State) -> None:
    if state.night % 20 == 0:
        print(state)  # noqa: T201  to the error stream of the benchmark's process


def _median(states: list[State]) -> float:
    ordered = sorted(state.cpu_seconds for state in states)
    return ordered[len(ordered) // 2]


def _population(given: Given) -> Path:
    from population import write_population

    def make(folder: Path) -> None:
        write_population(pupils=PUPILS, school_years=SCHOOL_YEARS, seed=5, out=folder, known_until=KNOWN_UNTIL)

    return kept(given, f"nights-{PUPILS}-pupils", make)

"""Running the story from the command line: the same assets, in this process, and nothing where nothing is new.

Belongs here: deciding whether there is work, choosing stages, following progress. Not here: assets, or printing (`cli`).
"""

import datetime as dt
import errno
import hashlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from warehouse.code import code_version
from warehouse.connection import WarehouseBusyError
from warehouse.home import Home
from warehouse.landing import deliveries, mappings_in_force
from warehouse.pseudonym import key_id
from warehouse.publication import PublicationError, current
from warehouse.room import ask_for_run, is_full, says_full, told_when_full

STAGES = ("land", "map", "validate", "features", "train", "evaluate", "score", "publish")
ENGINES = ("duckdb", "spark")


class RunError(Exception):
    """A run that could not be done."""


@dataclass(frozen=True)
class RunResult:
    """How a run ended: `done`, `refused` (a check said no) or `failed` (a fault), and why."""

    status: str
    seconds: float
    did_work: bool
    reasons: list[str]


@dataclass(frozen=True)
class _Asked:
    """What was asked of a run."""

    as_of: dt.date | None
    stage: str | None
    moment: str | None
    engine: str
    master: str


def run(
    home: Home,
    *,
    as_of: dt.date | None = None,
    stage: str | None = None,
    moment: str | None = None,
    engine: str = "duckdb",
    master: str = "",
    on_step: Callable[[str, int, int], None] = lambda name, done, of: None,
) -> RunResult:
    """Bring a home up to date, up to and including a stage.

    Parameters
    ----------
    home
        The home folder.
    as_of
        The day on which the run stands; only what was known before it counts. Default: the day after the newest fact.
    stage, moment
        Stop after this stage; train, evaluate and score this moment only.
    engine, master
        What runs the features and the look-up of scores: `duckdb`, or `spark` on a master such as `local[2]` or `spark://host:7077`.
    on_step
        Told after every step: its name, how many are done, how many there are.
    """
    started = time.monotonic()
    asked = _Asked(as_of, stage, moment, _known(engine), master)
    if not home.has_deliveries and not _inbox(home):
        raise RunError(f"There is nothing to run on in {home.root}. Deliver data first: `aanboord deliver DIR`.")
    wanted = fingerprint(home, asked)
    if wanted == _last(home).get("fingerprint") and _is_published(home, stage):
        return _remember(home, RunResult("done", time.monotonic() - started, False, []), wanted)
    ask_for_run(home)
    with told_when_full(home):
        refused, failed = _tried(home, asked, on_step, started)
    status = "failed" if failed else "refused" if refused else "done"
    result = RunResult(status, time.monotonic() - started, True, failed or refused)
    return _remember(home, result, fingerprint(home, asked) if status == "done" else "")


def _tried(
    home: Home, asked: _Asked, on_step: Callable[[str, int, int], None], started: float
) -> tuple[list[str], list[str]]:
    """Run the stages; a fault is remembered by its kind alone, since its text may hold data."""
    try:
        refused, failed = _materialise(home, asked, on_step)
    except (RunError, WarehouseBusyError):
        raise
    except Exception as error:
        if not is_full(error):
            _remember(home, RunResult("failed", time.monotonic() - started, True, [type(error).__name__]), "")
        raise
    if any(says_full(reason) for reason in failed):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return refused, failed


def fingerprint(home: Home, asked: _Asked) -> str:
    """Of everything that can change the outcome of a run."""
    found = deliveries(home)
    in_force = mappings_in_force(found)
    inputs = [[d.id, d.mapping, in_force[d.system, d.mappings_folder]] for d in found]
    text = json.dumps(
        [inputs, key_id(home), _inbox(home), code_version(), str(asked.as_of), asked.stage, asked.moment, asked.engine]
    )
    return hashlib.sha256(text.encode()).hexdigest()


def last_run(home: Home) -> dict[str, Any] | None:
    """Status of the last run, or None where there was none."""
    found = _last(home)
    return {key: found[key] for key in ("status", "seconds", "did_work")} if found else None


def _inbox(home: Home) -> list[str]:
    return sorted(p.name for p in home.inbox.iterdir()) if home.inbox.is_dir() else []


def _is_published(home: Home, stage: str | None) -> bool:
    if stage not in (None, "publish"):
        return True
    try:
        current(home)
    except PublicationError:
        return False
    return True


def _last(home: Home) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(home.last_run.read_text(encoding="utf-8")) if home.last_run.exists() else {}
    return found


def _remember(home: Home, result: RunResult, wanted: str) -> RunResult:
    partial = home.last_run.with_suffix(".partial")
    partial.write_text(json.dumps({**asdict(result), "fingerprint": wanted}, indent=1), encoding="utf-8")
    partial.rename(home.last_run)
    return result


def _materialise(home: Home, asked: _Asked, on_step: Callable[[str, int, int], None]) -> tuple[list[str], list[str]]:
    """Run the assets in this process; returns why checks refused, and what failed."""
    from pipelines.in_process import materialise  # Dagster takes seconds to import: only who runs pays

    return materialise(
        home,
        as_of=asked.as_of,
        stages=_stages(asked.stage),
        moment=asked.moment,
        engine=asked.engine,
        master=asked.master,
        on_step=on_step,
    )


def _known(engine: str) -> str:
    if engine not in ENGINES:
        raise RunError(f"Unknown engine `{engine}`. Engines: {', '.join(ENGINES)}.")
    return engine


def _stages(last: str | None) -> tuple[str, ...]:
    if last is None:
        return STAGES
    if last not in STAGES:
        raise RunError(f"Unknown stage `{last}`. Stages: {', '.join(STAGES)}.")
    return STAGES[: STAGES.index(last) + 1]

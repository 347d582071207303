"""Engines: which one a run uses, kept for the time of the run.

Belongs here: from a name to an engine. Not here: running SQL (`features.engines`).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from features.engines.on_duckdb import ON_DUCKDB
from features.engines.on_spark import on_spark
from features.engines.refresh import Engine
from warehouse.home import Home

_HELD: dict[tuple[str, str, str], Engine] = {}  # engines that this process keeps for a run


@contextmanager
def engine_of(home: Home, name: str, master: str) -> Iterator[Engine]:
    """The engine of that name, for one step or for as long as `engine_held` keeps it."""
    held = _HELD.get((str(home.root), name, master))
    if held is not None:
        yield held
    elif name == "spark":
        with on_spark(home, master or "local[*]") as engine:
            yield engine
    else:
        yield ON_DUCKDB


@contextmanager
def engine_held(home: Home, name: str, master: str) -> Iterator[None]:
    """Keep one engine for a run of many steps: starting Spark takes seconds."""
    key = (str(home.root), name, master)
    with engine_of(home, name, master) as engine:
        _HELD[key] = engine
        try:
            yield
        finally:
            del _HELD[key]

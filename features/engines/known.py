"""What was known: the facts that an SQL file sees under plain names, as text for any engine.

Belongs here: selects over `core` for a day of the run. Not here: running them (`on_duckdb`, `on_spark`). Feature tables and cohorts
stand on many days, and so do the rollups that they read: they see every version of a fact with its days. Labels, and rollups that only
labels read, see the last version.
"""

import datetime as dt
from collections.abc import Callable
from functools import cache

from data_contracts import Contract, contract, contracts
from data_contracts.versioned import END_KNOWN, FOR_EVER, SUPERSEDED
from features.sql import sql_tables

NEVER_SEEN = ("identities",)  # names are in the vault
# of a thing that runs, these columns are only known from the day on which its end is
KNOWN_AT_THE_END = ("end_date", "exit_reason_code", "outcome_code", "half_day_count", END_KNOWN)
ROLLED_UP = "attendance_rollup"  # what `attendance_by_year` has of sources that deliver half-days


def known_tables() -> list[str]:
    """The core tables that the SQL files may read, as the contracts list them."""
    return [name for name in contracts() if name not in NEVER_SEEN]


@cache
def sees_versions(kind: str, name: str) -> bool:
    """Whether an SQL file sees every version of a fact, with the days between which it was the last.

    Examples
    --------
    >>> sees_versions("tables", "absence_window"), sees_versions("rollups", "troubles_by_date")
    (True, False)
    """
    return kind in ("tables", "cohorts") or (kind == "rollups" and name in _read_by_features())


@cache
def _read_by_features() -> frozenset[str]:
    rollups = sql_tables("rollups")
    found: set[str] = set()
    waiting = {n for kind in ("tables", "cohorts") for t in sql_tables(kind).values() for n in t.reads}
    while waiting := (waiting & rollups.keys()) - found:
        found |= waiting
        waiting = {n for name in waiting for n in rollups[name].reads}
    return frozenset(found)


def facts(
    name: str, day: dt.date, *, versions: bool, source: Callable[[str, str], str], rolled_up: bool, where: str = "true"
) -> str:
    """The select of what is known of one core table.

    Parameters
    ----------
    name
        The table.
    day
        The day of the run: what is known from that day on does not exist.
    versions
        Every version, or the last one.
    source
        From layer and table to what an engine calls it.
    rolled_up
        Whether there are rolled-up years to add to the delivered ones.
    where
        What else must hold of a row.
    """
    table = contract(name)
    known = f"known_date < date '{day}'"
    last = "" if versions else f" and {SUPERSEDED} >= date '{day}'"
    columns = ", ".join((*_masked(table, day), SUPERSEDED))
    found = f"select {columns} from {source('core', name)} where {known}{last} and {where}"
    if name == "attendance_by_year" and rolled_up:
        columns = ", ".join((*table.column_names, f"{FOR_EVER} as {SUPERSEDED}"))
        found += f" union all select {columns} from {source('rollup', ROLLED_UP)} where {known} and {where}"
    return found


def _masked(table: Contract, day: dt.date) -> list[str]:
    """Columns of a table, where an end that was not known yet on the day of the run is still open."""
    if END_KNOWN not in table.column_names:
        return table.column_names
    known = f"case when {END_KNOWN} < date '{day}' then"
    return [f"{known} {c} end as {c}" if c in KNOWN_AT_THE_END else c for c in table.column_names]

"""The SQL files: finding them, and knowing which tables each reads.

Belongs here: one `SqlTable` a file. Not here: running them (`engines`), or what their columns mean (contracts).
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from data_contracts import contracts
from warehouse.connection import DatabaseError, blamed, parser

LAYER_OF = {"tables": "feature", "labels": "label"}  # kinds whose tables have a contract
# day and place in the cohorts of that day: it depends on nothing but the day's own rows
_NUMBERED = """
select *, cast(days_between(date '1970-01-01', prediction_date) as bigint) * 100000000
    + row_number() over (partition by prediction_date order by moment, pupil_id) as cohort_id
from (
{cohorts}
) as c
"""
KINDS = ("rollups", "cohorts", "tables", "labels")


class FeatureError(Exception):
    """An SQL file that cannot run or that does not yield what its contract promises."""


@dataclass(frozen=True)
class SqlTable:
    """One SQL file: what it is called, what it says and the tables that it reads."""

    name: str
    kind: str
    text: str
    reads: frozenset[str]

    @property
    def path(self) -> str:
        return f"features/{self.kind}/{self.name}.sql"

    @property
    def sentence(self) -> str:
        """The header: one sentence that says what a row is."""
        return self.text.splitlines()[0].removeprefix("-- ").strip()


@cache
def sql_tables(kind: str) -> dict[str, SqlTable]:
    """The SQL files of one kind (`rollups`, `cohorts`, `tables`, `labels`), those that others read first.

    Raises
    ------
    FeatureError
        Where one cannot be parsed or has no contract: with the file, the line and what to do.
    """
    folder = files("features") / kind
    found = {p.name[:-4]: p.read_text(encoding="utf-8") for p in folder.iterdir() if p.name.endswith(".sql")}
    for name in sorted(found):
        _refuse_without_contract(name, kind)
    with parser(macros("duckdb")) as read:
        tables = {
            name: SqlTable(name, kind, text, _reads(name, kind, text, read)) for name, text in sorted(found.items())
        }
    return {name: tables[name] for name in in_order({n: t.reads for n, t in tables.items()})}


@cache
def cohort_table() -> SqlTable:
    """The cohorts of all moments as one table. Each row has a number: feature tables are kept, joined and grouped by that."""
    parts = sql_tables("cohorts").values()
    text = _NUMBERED.format(cohorts="\nunion all\n".join(f"({t.text})" for t in parts))
    return SqlTable("cohort", "cohorts", text, frozenset(name for t in parts for name in t.reads))


def in_order(reads: dict[str, frozenset[str]]) -> list[str]:
    """Names so that each comes after those that it reads; equal ones by name.

    Examples
    --------
    >>> in_order({"a": frozenset({"b"}), "b": frozenset()})
    ['b', 'a']
    """
    done: list[str] = []
    while len(done) < len(reads):
        ready = [n for n in sorted(reads) if n not in done and reads[n] & reads.keys() <= {*done, n}]
        if not ready:
            raise FeatureError(f"These SQL files read each other in a circle: {sorted(set(reads) - set(done))}.")
        done.append(ready[0])
    return done


def with_readers(name: str) -> frozenset[str]:
    """A feature table or label, and all feature tables and labels that read it, also by way of others.

    Examples
    --------
    >>> sorted(with_readers("school_window") & {"school_window", "expected_attendance", "absence_window", "travel"})
    ['absence_window', 'expected_attendance', 'school_window']
    """
    known = {**sql_tables("tables"), **sql_tables("labels")}
    found = {name}
    while more := {n for n, table in known.items() if table.reads & found} - found:
        found |= more
    return frozenset(found)


def _reads(name: str, kind: str, text: str, read: Callable[[str], set[str]]) -> frozenset[str]:
    try:
        found = read(text)
    except DatabaseError as error:
        raise FeatureError(
            f"features/{kind}/{name}.sql cannot be parsed: {blamed(error, text)}. Mend the SQL."
        ) from None
    # the engine adds the rolled-up years to the delivered ones
    return frozenset(found | {"attendance_rollup"}) if "attendance_by_year" in found else frozenset(found)


def _refuse_without_contract(name: str, kind: str) -> None:
    layer = LAYER_OF.get(kind)
    if layer and name not in contracts(layer):
        raise FeatureError(
            f"features/{kind}/{name}.sql, line 1: this table has no contract. Add data_contracts/{layer}/{name}.odcs.yaml, "
            "with each column that the select yields; that of another table shows how."
        )


def macros(engine: str) -> str:
    """The functions that an engine names differently, as SQL that defines them."""
    return (files("features") / "engines" / f"macros.{engine}.sql").read_text(encoding="utf-8")


def all_tables() -> Iterable[SqlTable]:
    """Every SQL file of `features`."""
    for kind in KINDS:
        yield from sql_tables(kind).values()


@cache
def macro_names(engine: str) -> frozenset[str]:
    """Names of the functions that a macros file defines.

    Examples
    --------
    >>> "days_between" in macro_names("spark")
    True
    """
    return frozenset(re.findall(r"(?:macro|function) (\w+)", macros(engine)))

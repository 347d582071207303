"""What is past its term on the way in: the lines of a delivery that may not be kept any more.

Belongs here: finding those lines in a delivery that was loaded, and its tables without what is past. Not here: who and what is past its
term (`retention`), or the delivery without the lines (`erased.without`). A line stays while anything that is told from it may stay.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from data_contracts import Contract, contract
from data_contracts.retention import WITH_THE_LAST, is_about_pupils, last_date, term_years
from warehouse import pseudonym
from warehouse.connection import Connection, quoted, scalar
from warehouse.erased import KIND
from warehouse.mapping import see_mapped
from warehouse.source import SourceSystem

_LINES = """
    with by_line as (select _file, _line, bool_and(is_past) as is_past from past_lines group by all)
    select _file, _line from by_line qualify coalesce(is_past, bool_and(is_past) over (partition by _file))
"""


@dataclass(frozen=True)
class Past:
    """What is past its term: pseudonyms by term in years, of whom nothing is left, and the date before which other rows of a table go."""

    pupils: Mapping[str, list[str]] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    before: Mapping[str, str] = field(default_factory=dict)

    def of(self, table: Contract) -> list[str]:
        """Pupils whose rows in a table are past their term."""
        return self.gone if table.name in WITH_THE_LAST else self.pupils.get(str(term_years(table)), [])


def lines_past(db: Connection, system: SourceSystem, key: bytes, past: Past) -> dict[str, set[int]]:
    """The lines of which everything is past its term, by file name; one of which nobody can tell goes with all others of its file."""
    if not past.pupils and not past.before:
        return {}
    db.execute("create or replace temp table past_lines (_file varchar, _line integer, is_past boolean)")
    for name, sql in system.mappings.items():
        see_mapped(db, contract(name), sql, system)
        for query, parameters in _judged(db, contract(name), system, key, past):
            db.execute(f"insert into past_lines {query}", parameters)
    found: dict[str, set[int]] = {}
    for file, line in db.execute(_LINES).fetchall():
        found.setdefault(file, set()).add(line)
    return found


def rows_without(db: Connection, tables: dict[str, dict[str, int]], folder: Path, past: Past) -> None:
    """Take what is past its term out of `folder/<table>.parquet`, and correct the counts of accepted rows."""
    for table in (contract(name) for name in tables):
        path = folder / f"{table.name}.parquet"
        if not path.exists() or not (condition := is_past(table, past)):
            continue
        rows = f"read_parquet({quoted(path)}, file_row_number = true) where not coalesce({condition}, false)"
        partial = path.with_suffix(".partial")
        db.execute(
            f"copy (select * exclude (file_row_number) from {rows} order by file_row_number) to {quoted(partial)} (format parquet)"
        )
        partial.replace(path)
        tables[table.name]["accepted"] = scalar(db, f"select count(*) from read_parquet({quoted(path)})")


def is_past(table: Contract, past: Past) -> str:
    """SQL of whether a row of a contract table, with its pseudonym, is past its term; empty where none is."""
    if is_about_pupils(table):
        listed = ", ".join(quoted(pupil) for pupil in past.of(table))
        return f"pupil_id in ({listed})" if listed else ""
    date, before = last_date(table), past.before.get(table.name)
    return f"{date} < date {quoted(before)}" if date and before else ""


def _judged(
    db: Connection, table: Contract, system: SourceSystem, key: bytes, past: Past
) -> Iterator[tuple[str, dict[str, bytes]]]:
    if not is_about_pupils(table):
        yield f"select _file, _line, {is_past(table, past) or 'false'} from mapped", {}
        return
    db.execute("create or replace temp table was_past as select unnest(?) as hashed", [past.of(table)])
    column = next(c.name for c in table.columns if c.pseudonym == KIND)
    names = f"select distinct cast({column} as varchar) as natural_key from mapped"
    is_own = system.namespace(KIND) == pseudonym.ALREADY
    hashed = "natural_key" if is_own else pseudonym.SQL
    yield (
        f"with told as (select _file, _line, cast({column} as varchar) as natural_key from mapped),"
        f" judged as (select natural_key, {hashed} in (select hashed from was_past) as is_past from ({names}))"
        " select _file, _line, is_past from told left join judged using (natural_key)",
        {} if is_own else pseudonym.in_database(key, system.namespace(KIND), KIND),
    )

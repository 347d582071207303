"""The leakage proof: every feature is made again in worlds where the future is another, and must not change.

Belongs here: making those worlds, and comparing. Not here: the asset check (`pipelines`), or any feature. For one prediction date the
tables are made from the facts as they are; from a world where nothing is known from that date on, in which the run stands on that date;
and from a world where all that is known from that date on is something else: values of other pupils, other days, other ends, corrections of
what was known, facts of last year that are told late. A row of that date that differs has seen the future.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from data_contracts import Contract, contract
from data_contracts.versioned import END_KNOWN, FOR_EVER, SUPERSEDED, stored_key
from features.engines.asking import day_of, write_small_tables
from features.engines.known import KNOWN_AT_THE_END, known_tables
from features.engines.layers import Layers
from features.engines.on_duckdb import ON_DUCKDB
from features.engines.refresh import closed_years, make, part_column, there
from features.moments import Question
from features.sql import FeatureError, SqlTable, cohort_table, in_order, sql_tables
from warehouse.connection import Connection

TOLD, EMPTIED, TURNED = Layers("told_"), Layers("emptied_"), Layers("turned_")
WORLDS = {
    "nothing is known from that date on": EMPTIED,
    "all that is known from that date on is something else": TURNED,
}
_TOLERANCE = 1e-9  # sums of doubles may be added up in another order
_ROW = "(row)"


@dataclass(frozen=True)
class Leak:
    """A column that differs where the future does; `(row)` where a row is there in one world and not in the other."""

    table: str
    column: str
    prediction_date: dt.date
    rows: int
    world: str

    def __str__(self) -> str:
        return (
            f"{self.table}.{self.column} of {self.prediction_date} differs in {self.rows} row(s) where {self.world}. "
            f"Join facts with known_date < prediction_date and prediction_date <= {SUPERSEDED}; an end with {END_KNOWN} < prediction_date."
        )


def dates_to_prove(db: Connection, *, everything: bool = False) -> list[dt.date]:
    """Of each moment the newest and the middle prediction date, or all dates; in order."""
    if not there(db, "question.asked"):
        raise FeatureError("Nothing was asked yet. Make the features first: `aanboord run --stage features`.")
    rows = db.execute("select moment, prediction_date from question.asked order by 1, 2").fetchall()
    by_moment: dict[str, list[dt.date]] = {}
    for moment, date in rows:
        by_moment.setdefault(moment, []).append(date)
    return sorted({date for dates in by_moment.values() for date in (dates if everything else _some(dates))})


def _some(dates: Sequence[dt.date]) -> list[dt.date]:
    return [dates[-1], dates[len(dates) // 2]]


def prove(db: Connection, dates: Iterable[dt.date], features: Sequence[SqlTable] = ()) -> list[Leak]:
    """Make feature tables of each date in all worlds and compare; returns what differs, empty where nothing sees the future.

    Parameters
    ----------
    db
        The working store, after questions were asked.
    dates
        Prediction dates.
    features
        Feature tables, all where none is named.
    """
    tables = _made_of(features or [*sql_tables("tables").values()])
    return [leak for date in dates for leak in _prove_date(db, date, tables)]


def _prove_date(db: Connection, date: dt.date, tables: list[SqlTable]) -> list[Leak]:
    rows = db.execute("select * from question.asked where prediction_date = ? order by all", [date]).fetchall()
    asked = [Question(*row) for row in rows]
    found: list[Leak] = []
    try:
        _make_world(db, TOLD, asked, day_of(db), {name: _as_told(name) for name in known_tables()}, tables)
        for said, layers in WORLDS.items():
            day = date if layers is EMPTIED else day_of(db)
            changed = _emptied if layers is EMPTIED else _turned
            _make_world(
                db, layers, asked, day, {name: changed(contract(name), date) for name in known_tables()}, tables
            )
            found += _compare(db, date, said, layers, tables)
    finally:
        for layers in (TOLD, EMPTIED, TURNED):
            layers.drop(db)
    return found


def _make_world(
    db: Connection,
    layers: Layers,
    asked: list[Question],
    day: dt.date,
    facts: dict[str, str],
    tables: list[SqlTable],
) -> None:
    layers.create(db)
    for name, query in facts.items():
        kind = "view" if layers is TOLD else "table"
        db.execute(f"create {kind} {layers.name('core')}.{name} as {query}")
    first = db.execute("select min(school_year) from question.school_years").fetchall()[0][0]
    write_small_tables(db, day, asked, first, layers)
    dates = sorted({str(q.prediction_date) for q in asked})
    for made in tables:
        parts = {"prediction_date": dates, "school_year": closed_years(db, layers), "": [""]}[part_column(made)]
        make(db, made, ON_DUCKDB, layers, parts)


def _made_of(features: Sequence[SqlTable]) -> list[SqlTable]:
    """Rollups, cohort and features that some features are made of, and these, each after those that it reads."""
    known = {t.name: t for kind in ("rollups", "tables") for t in sql_tables(kind).values()} | {
        t.name: t for t in features
    }
    found, new = {t.name for t in features}, {n for t in (cohort_table(), *features) for n in t.reads & known.keys()}
    while new:
        found |= new
        new = {n for name in new for n in known[name].reads & known.keys()} - found
    ordered = [known[name] for name in in_order({name: known[name].reads for name in found})]
    rollups = [t for t in ordered if t.kind == "rollups"]
    return [*rollups, cohort_table(), *(t for t in ordered if t.kind == "tables")]


def _compare(db: Connection, date: dt.date, world: str, layers: Layers, tables: list[SqlTable]) -> list[Leak]:
    found = []
    for table in (t for t in tables if t.kind != "rollups"):
        ours, theirs = (f"{where.of(table.kind)}.{table.name}" for where in (TOLD, layers))
        columns = dict(db.execute(f"select column_name, column_type from (describe {ours})").fetchall())
        key = (
            ["pupil_id", "moment", "prediction_date"]
            if table.kind == "cohorts"
            else contract(table.name, "feature").primary_key
        )
        counts = {
            column: f"count(*) filter ({_differs(column, kind)})"
            for column, kind in columns.items()
            if column not in key
        }
        counts[_ROW] = "count(*) filter (a.here is null or b.here is null)"
        rows = db.execute(
            f"select {', '.join(counts.values())} from (select *, 1 as here from {ours}) as a"
            f" full join (select *, 1 as here from {theirs}) as b using ({', '.join(key)})"
        ).fetchall()[0]
        found += [Leak(table.name, c, date, n, world) for c, n in zip(counts, rows, strict=True) if n]
    return found


def _differs(column: str, kind: str) -> str:
    both = "a.here is not null and b.here is not null and"
    if kind in ("DOUBLE", "FLOAT"):
        far = f"abs(a.{column} - b.{column}) > {_TOLERANCE} * greatest(1, abs(a.{column}))"
        return f"where {both} ((a.{column} is null) <> (b.{column} is null) or {far})"
    return f"where {both} a.{column} is distinct from b.{column}"


def _as_told(name: str) -> str:
    return f"select * from core.{name}"


def _emptied(table: Contract, date: dt.date) -> str:
    """Only what was known before a date; what was superseded or ended from then on was not, yet."""
    columns = [_open_until(table, c, date) for c in table.column_names]
    superseded = f"case when {SUPERSEDED} < date '{date}' then {SUPERSEDED} else {FOR_EVER} end as {SUPERSEDED}"
    return f"select {', '.join([*columns, superseded])} from core.{table.name} where known_date < date '{date}'"


def _open_until(table: Contract, column: str, date: dt.date) -> str:
    if END_KNOWN in table.column_names and column in KNOWN_AT_THE_END:
        return f"case when {END_KNOWN} < date '{date}' then {column} end as {column}"
    return column


def _turned(table: Contract, date: dt.date) -> str:
    """What was known before a date, with other ends, and corrected from then on; other facts in the place of later ones."""
    key = ", ".join(stored_key(table))
    later = f"(date '{date}' + cast(hash({key}, 'later') % 30 as integer))"
    is_last, is_corrected = f"{SUPERSEDED} >= date '{date}'", f"hash({key}, 'corrected') % 2 = 0"
    superseded = f"case when not ({is_last}) then {SUPERSEDED} when {is_corrected} then {later} else {FOR_EVER} end as {SUPERSEDED}"
    known = [_other_end(table, c, date, later) for c in table.column_names]
    corrected = [_other(table, c, later, keep=tuple(table.primary_key)) for c in table.column_names]
    late = [
        _other(table, c, f"known_date + cast(hash({key}, 'late') % 10 as integer)", keep=()) for c in table.column_names
    ]
    source = f"from core.{table.name} where"
    return (
        f"select {', '.join([*known, superseded])} {source} known_date < date '{date}'"
        f" union all select {', '.join(corrected)}, {FOR_EVER} {source} known_date < date '{date}' and {is_last} and {is_corrected}"
        f" union all select {', '.join(late)}, {FOR_EVER} {source} known_date >= date '{date}'"
    )


def _other_end(table: Contract, column: str, date: dt.date, later: str) -> str:
    """An end that was not known yet, as another one: earlier or later, or none."""
    if END_KNOWN not in table.column_names or column not in KNOWN_AT_THE_END:
        return column
    key = ", ".join(stored_key(table))
    other = {END_KNOWN: later, "end_date": f"{later} - cast(hash({key}, 'end') % 60 as integer)"}.get(
        column, _shuffled(column, key)
    )
    return f"case when {END_KNOWN} < date '{date}' then {column} when hash({key}, 'ends') % 3 > 0 then {other} end as {column}"


def _other(table: Contract, column: str, known: str, keep: tuple[str, ...]) -> str:
    """A value of another row; half of the facts are moved to the school year before, so that they are told late."""
    key = ", ".join(stored_key(table))
    is_moved = f"hash({key}, 'moved') % 2 = 0"
    if column == "known_date":
        return f"{known} as known_date"
    if column == END_KNOWN:
        return f"case when {END_KNOWN} is not null then {known} end as {END_KNOWN}"
    if column in keep:
        return column
    if column == "school_year":
        return f"case when {is_moved} then school_year - 1 else school_year end as school_year"
    if table.column(column).logical_type == "date":
        return f"case when {is_moved} then {column} - 364 else {column} end as {column}"
    return f"{_shuffled(column, key)} as {column}"


def _shuffled(column: str, key: str) -> str:
    return f"coalesce(lead({column}, 3) over (order by hash({key}, '{column}')), {column})"

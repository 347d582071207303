"""Asking: the day of a run, its questions, and the small tables that every SQL file may read.

Belongs here: `as_of`, `asked`, `school_years`, `thresholds` and `calendar`. Not here: cohorts, or running a file. Time is a row: change
`as_of` and everything is as it was known then.
"""

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import astuple
from importlib.resources import files

from data_contracts import contract
from data_contracts.versioned import END_KNOWN, SUPERSEDED
from features.engines.known import known_tables
from features.engines.layers import WORKING, Layers
from features.moments import Question, questions, school_year_of
from features.sql import FeatureError
from warehouse.connection import Connection

SMALL_TABLES = {  # with their columns
    "as_of": "as_of_date date",
    "asked": "moment varchar, prediction_date date, school_year integer, turn integer, turn_count integer, is_newest boolean",
    "school_years": "school_year integer, first_date date, counting_date date, survey_date date, last_date date, closed_date date",
    "thresholds": "rule varchar, threshold integer, valid_from date, valid_to date",
    "calendar": "calendar_date date, school_days_before integer, school_days_until integer",
}

_CALENDAR = """
with taught as (
    select school_date, count(*) as school_count from {core}.school_days where {known} group by school_date
),
usual as (
    select t.school_date from taught as t
    where 2 * t.school_count >= (
        select max(u.school_count) from taught as u
        where abs(date_diff('day', u.school_date, t.school_date)) <= 30
    )
),
days as (
    select unnest(generate_series(min(start_date), cast(? as date) + interval 1 day, interval 1 day))::date as calendar_date
    from {core}.enrolments where {known}
)
select
    d.calendar_date,
    cast(count(u.school_date) over (order by d.calendar_date) - count(u.school_date) over (partition by d.calendar_date) as integer)
        as school_days_before,
    cast(count(u.school_date) over (order by d.calendar_date) as integer) as school_days_until
from days as d left join usual as u on u.school_date = d.calendar_date
order by d.calendar_date
"""


def ask(db: Connection, as_of: dt.date | None) -> dt.date:
    """Set the day of the run and write down all questions; returns that day.

    Without a day it is the day after the newest fact, so that a run depends on the data and not on the clock.
    """
    day = as_of or _day_after_newest_fact(db)
    first = db.execute("select min(school_year) from core.enrolments where known_date < ?", [day]).fetchall()[0][0]
    if first is None:
        raise FeatureError(f"No enrolment is known before {day}. Deliver enrolments, or run as of a later day.")
    write_small_tables(db, day, questions(first, day), first)
    return day


def write_small_tables(
    db: Connection, day: dt.date, asked: Sequence[Question], first_school_year: int, layers: Layers = WORKING
) -> None:
    """Write down what is asked, on which day a run stands, and the dates and thresholds that go with it."""
    layers.create(db)
    schema = layers.name("question")
    for name, columns in SMALL_TABLES.items():
        db.execute(f"create or replace table {schema}.{name} ({columns})")
    db.execute(f"insert into {schema}.as_of values (?)", [day])
    _write_questions(db, schema, asked)
    _write_school_years(db, schema, range(first_school_year, school_year_of(day) + 4))
    _write_thresholds(db, schema)
    known = f"known_date < date '{day}' and {SUPERSEDED} >= date '{day}'"
    calendar = _CALENDAR.format(core=layers.name("core"), known=known)
    db.execute(f"insert into {schema}.calendar {calendar}", [day])


def day_of(db: Connection, layers: Layers = WORKING) -> dt.date:
    """The day on which the run stands."""
    day: dt.date = db.execute(f"select as_of_date from {layers.name('question')}.as_of").fetchall()[0][0]
    return day


def _day_after_newest_fact(db: Connection) -> dt.date:
    """What a centre answers on a list tells nothing newer of a pupil: it does not move the day."""
    told = [name for name in known_tables() if name != "follow_ups"]
    columns = {name: [c for c in ("known_date", END_KNOWN) if c in contract(name).column_names] for name in told}
    newest = [
        db.execute(f"select max({column}) from core.{name}").fetchall()[0][0]
        for name, dated in columns.items()
        for column in dated
    ]
    days: list[dt.date] = [day for day in newest if day is not None]
    if not days:
        raise FeatureError("There are no data. Deliver some with `aanboord deliver`.")
    return max(days) + dt.timedelta(days=1)


def _write_questions(db: Connection, schema: str, asked: Sequence[Question]) -> None:
    db.executemany(f"insert into {schema}.asked values (?, ?, ?, ?, ?, ?)", [list(astuple(q)) for q in asked])


def _write_school_years(db: Connection, schema: str, years: range) -> None:
    """First day, counting days (1 October, 1 February), last day, and the day on which a year's registration is closed."""
    rows = [[y, *(dt.date.fromisoformat(d) for d in _year_days(y))] for y in years]
    db.executemany(f"insert into {schema}.school_years values (?, ?, ?, ?, ?, ?)", rows)


def _year_days(year: int) -> list[str]:
    return [f"{year}-09-01", f"{year}-10-01", f"{year + 1}-02-01", f"{year + 1}-06-30", f"{year + 1}-07-15"]


def _write_thresholds(db: Connection, schema: str) -> None:
    folder = files("data_contracts") / "thresholds"
    texts = [
        p.read_text(encoding="utf-8") for p in sorted(folder.iterdir(), key=lambda p: p.name) if p.name.endswith(".csv")
    ]
    rows = [row for text in texts for row in csv.DictReader(text.splitlines())]
    db.executemany(
        f"insert into {schema}.thresholds values (?, ?, ?, ?)",
        [[r["rule"], r["threshold"], r["valid_from"] or None, r["valid_to"] or None] for r in rows],
    )

"""Retention: what is past its term is taken out of everything that a home keeps, and does not come back with a later delivery.

Belongs here: finding what is past its term, and the order of the steps. Not here: the terms (`data_contracts.retention`), or how a delivery
is read without something (`past`). A home remembers one date, the day up to which terms were applied; whatever is delivered later is
held to it by every run. No list is kept of whom it concerned.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from data_contracts import Contract, contracts
from data_contracts.retention import (
    WITH_THE_LAST,
    cutoff,
    is_about_pupils,
    last_date,
    settings_of,
    term_years,
)
from warehouse import vault
from warehouse.audit import record
from warehouse.child import kept_ready
from warehouse.connection import Connection, memory_store, quoted, scalar, working_store
from warehouse.erasure import begin_afresh, prove, publish_without
from warehouse.home import Home
from warehouse.keys import destroy, write_text_safely
from warehouse.landing import Delivery, deliveries, map_again, mapped_files
from warehouse.past import Past, is_past
from warehouse.pseudonym import key_state
from warehouse.publication import publications
from warehouse.traces import traces

Files = Mapping[str, Sequence[tuple[str, Path]]]  # of each table the files of all deliveries


class RetentionError(Exception):
    """Terms that cannot be applied now: why, and what to do."""


@dataclass(frozen=True)
class Expired:
    """What of one table is past its term, and why."""

    table: str
    term_years: int
    rows: int
    past_rows: int
    why: str


@dataclass(frozen=True)
class Purge:
    """What is past its term: by table, and of how many pupils nothing is left; how many deliveries and lists it concerns."""

    day: str
    tables: list[Expired]
    pupils_gone: int
    deliveries: int
    lists: int = 0

    @property
    def is_empty(self) -> bool:
        return self.deliveries == 0


def due(home: Home, day: dt.date) -> Purge:
    """What is past its term on a day; nothing is changed."""
    with memory_store([home.mapped], home.temp) as db:
        files = mapped_files(home)
        return _told(db, home, files, day, _past(db, files, day))


def purge(home: Home, day: dt.date) -> Purge:
    """Take away what is past its term on a day, and let every later run hold to that day.

    Raises
    ------
    RetentionError
        Where the overlap of two pseudonym keys lasts: names under the old one would stay.
    ErasureError
        Where something of somebody is left: in which files.
    WarehouseBusyError
        Where a run is going on.
    """
    _refuse_overlap(home)
    day = max(day, applied_until(home) or day)
    with working_store(home), memory_store([home.mapped], home.temp) as db:  # no run writes meanwhile
        files = mapped_files(home)
        past = _past(db, files, day)
        found = _told(db, home, files, day, past)
        if found.is_empty and applied_until(home) is not None:
            return found
        record(home, "retention", rows=sum(t.past_rows for t in found.tables), pupils=found.pupils_gone)
        write_text_safely(_applied(home), json.dumps({"day": day.isoformat()}))
        if found.is_empty:
            return found
        _take_out(db, home, past)
        publish_without(home, sorted({*chain(past.gone, *past.pupils.values())}), "retention")
    begin_afresh(home)
    lists = _lists_without(home, past.gone)
    if past.gone:
        prove(home, past.gone)
    return replace(found, lists=lists)


def hold_to(home: Home) -> Purge | None:
    """Take out of later deliveries what is past its term on the day up to which terms were applied; None where they never were.

    For a run, before anything of a delivery is staged: what was published and made of the rest stays as it is.
    """
    if (day := applied_until(home)) is None or key_state(home).previous:
        return None
    with memory_store([home.mapped], home.temp) as db:
        files = mapped_files(home)
        past = _past(db, files, day)
        found = _told(db, home, files, day, past)
        if not found.is_empty:
            record(home, "retention", rows=sum(t.past_rows for t in found.tables), pupils=found.pupils_gone)
            _take_out(db, home, past)
    return found


def applied_until(home: Home) -> dt.date | None:
    """The day up to which terms were applied to this home."""
    path = _applied(home)
    return dt.date.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["day"]) if path.exists() else None


def _applied(home: Home) -> Path:
    return home.root / "retention.json"


def _refuse_overlap(home: Home) -> None:
    if key_state(home).previous:
        raise RetentionError(
            "Two pseudonym keys are in use, so names under the old one would stay. End that overlap first: `aanboord keys forget`."
        )


def _past(db: Connection, files: Files, day: dt.date) -> Past:
    """Who and what is past its term, over all deliveries together."""
    tables = [t for t in contracts().values() if t.name not in WITH_THE_LAST]
    own = [t for t in tables if is_about_pupils(t)]
    _see_pupils(db, files, own, day)
    years = sorted({term_years(t) for t in own})
    pupils = {str(term): past for term in years if (past := _pupils(db, cutoff(day, term), "true"))}
    oldest = _oldest_that_stays(db, files, pupils)
    before = {
        t.name: str(min(cutoff(day, term_years(t)), oldest))
        for t in tables
        if t not in own and last_date(t) is not None
    }
    gone = [_pupils(db, cutoff(day, term), f"most_years = {term}") for term in years]
    return Past(pupils, sorted(chain(*gone)), before)


def _see_pupils(db: Connection, files: Files, tables: Sequence[Contract], day: dt.date) -> None:
    """`fate`: of each pupil the last contact, the longest term of a table that has a row, and whether the age is reached."""
    told = " union all ".join(
        f"select pupil_id, {last_date(t)} as last_date, {term_years(t)} as years from {_rows(files, t)}" for t in tables
    )
    people, enrolments = contracts()["pupils"], contracts()["enrolments"]
    of_age, of_age_special = (
        f"date {quoted(str(cutoff(day, settings_of(day)[name])))}"
        for name in ("not_before_age", "not_before_age_special")
    )
    db.execute(f"""
        create or replace temp table fate as
        with special as (select distinct pupil_id from {_rows(files, enrolments)} where special_type_code is not null),
        born as (
            select pupil_id, max(birth_date) as birth_date, min(known_date) as first_date, max(known_date) as told_date
            from {_rows(files, people)} group by pupil_id
        ),
        contact as (
            select pupil_id, min(last_date) as first_date, max(last_date) as last_date, max(years) as years
            from ({told}) group by pupil_id
        )
        select pupil_id, coalesce(last_date, told_date) as last_contact, coalesce(years, {term_years(people)}) as most_years,
            coalesce(birth_date, least(born.first_date, contact.first_date))
                < case when special.pupil_id is null then {of_age} else {of_age_special} end as is_of_age
        from born full join contact using (pupil_id) left join special using (pupil_id)
    """)


def _pupils(db: Connection, before: dt.date, among: str) -> list[str]:
    """Pupils whose last contact was before a date, and who are of age."""
    found = db.execute(
        f"select pupil_id from fate where last_contact < date {quoted(str(before))} and is_of_age and {among} order by 1"
    )
    return [pupil for (pupil,) in found.fetchall()]


def _oldest_that_stays(db: Connection, files: Files, pupils: dict[str, list[str]]) -> dt.date:
    """The first day of the oldest enrolment that stays: rows about schools are needed from then on."""
    enrolments = contracts()["enrolments"]
    condition = is_past(enrolments, Past(pupils)) or "false"
    oldest = db.execute(f"select min(start_date) from {_rows(files, enrolments)} where not {condition}").fetchall()[0][
        0
    ]
    return oldest or dt.date.max


def _rows(files: Files, table: Contract) -> str:
    """Every row that any delivery tells of a table, with its file and line."""
    if paths := [quoted(path) for _, path in files.get(table.name, [])]:
        return f"read_parquet([{', '.join(paths)}])"
    columns = ", ".join(f"null as {c}" for c in [*table.column_names, "_file", "_line"])
    return f"(select {columns} where false)"


def _told(db: Connection, home: Home, files: Files, day: dt.date, past: Past) -> Purge:
    tables = [_expired(db, files, table, day, past) for table in contracts().values() if table.name != "identities"]
    is_due = bool(past.gone) or any(table.past_rows for table in tables)  # mostly nothing is: no delivery is looked at
    concerned = [d for d in deliveries(home) if _has_past(db, home, d, past)] if is_due else []
    return Purge(day.isoformat(), tables, len(past.gone), len(concerned))


def _expired(db: Connection, files: Files, table: Contract, day: dt.date, past: Past) -> Expired:
    rows, condition = _rows(files, table), is_past(table, past)
    count = scalar(db, f"select count(*) from {rows}")
    past_rows = scalar(db, f"select count(*) from {rows} where {condition}") if condition else 0
    return Expired(table.name, term_years(table), count, past_rows, _why(table, day, past))


def _why(table: Contract, day: dt.date, past: Past) -> str:
    if table.name in WITH_THE_LAST:
        return "with the last other row about the pupil"
    if not is_about_pupils(table):
        before = past.before.get(table.name)
        return f"last date before {before}" if before else "stays while it holds: it has no end of its own"
    settings = settings_of(day)
    born, special = (cutoff(day, settings[name]) for name in ("not_before_age", "not_before_age_special"))
    contact = cutoff(day, term_years(table))
    return f"last contact before {contact}, and born before {born} (special education: before {special})"


def _has_past(db: Connection, home: Home, delivery: Delivery, past: Past) -> bool:
    """Whether something of a delivery goes; names cannot be looked at, so that a delivery that has some goes with any pupil."""
    if past.gone and delivery.tables.get("identities", {}).get("accepted"):
        return True
    for table in (contracts()[name] for name in delivery.tables):
        path, condition = delivery.parquet(home, table.name), is_past(table, past)
        if (
            condition
            and path.exists()
            and scalar(db, f"select count(*) from read_parquet({quoted(path)}) where {condition}")
        ):
            return True
    return False


def _take_out(db: Connection, home: Home, past: Past) -> None:
    with kept_ready():
        for delivery in deliveries(home):
            if _has_past(db, home, delivery, past):
                map_again(home, delivery, past)
    vault.forget(home, past.gone)


def _lists_without(home: Home, pupils: Sequence[str]) -> int:
    """Destroy records of lists that name somebody of whom nothing is left, and files of lists of which the publication went; how many."""
    if not pupils:
        return 0
    kept = {p.id for p in publications(home)}
    old = [
        folder
        for folder in home.lists.iterdir()
        if folder.is_dir() and folder.name[0] != "." and folder.name not in kept
    ]
    files = [path for folder in old for path in folder.rglob("*") if path.is_file()]
    files += [path for path, has_one in traces(home, pupils, home.lists) if has_one and path not in files]
    for path in files:
        destroy(path)
    return len(files)

"""Features are made part by part: what is kept is what a full rebuild would make, and only what depends on new facts is made."""

import datetime as dt
import random
import shutil
from collections.abc import Iterator

import pytest

from data_contracts import contract
from data_contracts.versioned import END_KNOWN, FOR_EVER, stored_key
from features.engines.asking import ask
from features.engines.keys import digest_facts
from features.engines.known import known_tables
from features.engines.on_duckdb import ON_DUCKDB
from features.engines.refresh import Refreshed, refresh
from features.sql import FeatureError, SqlTable, cohort_table, sql_tables
from warehouse.connection import Connection, working_store
from warehouse.home import Home

TABLES = [
    *sql_tables("rollups").values(),
    cohort_table(),
    *sql_tables("tables").values(),
    *sql_tables("labels").values(),
]
LAST_DAY = dt.date(2024, 3, 1)
SCHEMA_OF = {"rollups": "rollup", "cohorts": "question", "tables": "feature", "labels": "label"}


@pytest.fixture(scope="module")
def facts(small_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """One in six pupils of S in `facts`, each row in one of four deliveries; some rows are told again otherwise, later."""
    home = Home(tmp_path_factory.mktemp("incremental")).create()
    shutil.copy(small_home.working, home.working)
    with working_store(home) as db:
        db.execute("create schema facts")
        for name in known_tables():
            _split(db, name)
            db.execute(f"drop view core.{name}")
        yield db


def _split(db: Connection, name: str) -> None:
    table = contract(name)
    columns, key = ", ".join(table.column_names), ", ".join(stored_key(table))
    few = "where hash(pupil_id) % 6 = 0" if "pupil_id" in table.column_names else ""
    said = [c for c in table.columns if c.name not in (*stored_key(table), END_KNOWN) and c.logical_type == "string"]
    again = ", ".join(
        "cast(known_date + 40 as date) as known_date" if c == "known_date"
        else f"lead({c}) over (order by hash({key})) as {c}" if c in [s.name for s in said] and c not in ("school_id", "level_code")
        else c
        for c in table.column_names
    )  # fmt: skip
    corrected = f"and hash({key}) % 9 = 1" if few else f"where hash({key}) % 9 = 1"
    db.execute(
        f"create table facts.{name} as select *, hash({key}) % 4 as delivery from (select {columns} from core.{name} {few})"
        f" union all select *, hash({key}, 'again') % 4 from (select {again} from core.{name} {few} {corrected})"
    )


def deliver(db: Connection, deliveries: list[int], until: dt.date = LAST_DAY) -> None:
    """Let `core` be what some deliveries told before a day, each row until the next of its key is known."""
    for name in known_tables():
        table = contract(name)
        key = ", ".join(table.primary_key)
        db.execute(
            f"create or replace table core.{name} as select {', '.join(table.column_names)},"
            f" coalesce(lead(known_date) over (partition by {key} order by known_date), {FOR_EVER}) as superseded_date"
            f" from facts.{name} where delivery in ({', '.join(map(str, deliveries))}) and known_date < date '{until}'"
            f" qualify row_number() over (partition by {', '.join(stored_key(table))} order by {', '.join(table.column_names)}) = 1"
        )


def bring_up_to_date(db: Connection, as_of: dt.date = LAST_DAY) -> dict[str, Refreshed]:
    """The features stage."""
    ask(db, as_of)
    digest_facts(db)
    return {f"{t.kind}/{t.name}": refresh(db, t, ON_DUCKDB) for t in TABLES}


def everything(db: Connection) -> dict[str, tuple[int, int]]:
    """Rows and content of every table that was made."""
    found = {}
    for table in TABLES:
        name = f"{SCHEMA_OF[table.kind]}.{table.name}"
        content = f"select count(*), coalesce(sum(hash(cast(t as varchar))), 0) from {name} as t"
        found[name] = db.execute(content).fetchall()[0]
    return found


def forget(db: Connection) -> None:
    """As if nothing had ever been made."""
    for name in ("rollup", "feature", "label"):
        db.execute(f"drop schema {name} cascade; create schema {name}")
    db.execute("drop table question.built; drop table question.cohort")


def asked(db: Connection) -> dict[str, str]:
    """What is asked on each day."""
    sql = "select cast(prediction_date as varchar), string_agg(cast(a as varchar), ' ' order by moment) from question.asked as a"
    return dict(db.execute(f"{sql} group by 1").fetchall())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_deliveries_in_any_order_end_as_a_full_rebuild(facts: Connection, seed: int) -> None:
    """After each delivery what is kept is right: the last state is compared with one that was made from nothing."""
    order = random.Random(seed).sample(range(4), 4)
    first = sorted(order[:2])
    for known in (first, sorted(order[:3]), [0, 1, 2, 3]):
        deliver(facts, known)
        bring_up_to_date(facts)
    kept = everything(facts)
    forget(facts)
    bring_up_to_date(facts)
    assert kept == everything(facts)
    assert kept["feature.absence_window"][0] > 500 and kept["label.serious_absence"][0] > 100


def test_runs_of_one_week_after_the_other_end_as_a_full_rebuild(facts: Connection) -> None:
    """The day of the run moves, questions come and go, and a late fact about last year arrives in the third week."""
    for days in (21, 14, 7, 0):
        until = LAST_DAY - dt.timedelta(days=days)
        deliver(facts, [0, 1, 2] if days else [0, 1, 2, 3], until)
        bring_up_to_date(facts, until)
    kept = everything(facts)
    forget(facts)
    bring_up_to_date(facts)
    assert kept == everything(facts)


def test_a_run_without_anything_new_does_no_work(facts: Connection) -> None:
    """Nothing is made."""
    deliver(facts, [0, 1, 2, 3])
    bring_up_to_date(facts)
    assert {name for name, done in bring_up_to_date(facts).items() if done.made} == set()


def test_a_new_week_of_absences_touches_only_what_depends_on_it(facts: Connection) -> None:
    """No closed year is rolled up again, and no prediction date is that was asked before the first new fact was known."""
    week_before = LAST_DAY - dt.timedelta(days=7)
    deliver(facts, [0, 1, 2, 3], week_before)
    bring_up_to_date(facts, week_before)
    before = asked(facts)
    deliver(facts, [0, 1, 2, 3], LAST_DAY)
    done = bring_up_to_date(facts, LAST_DAY)
    same = {day for day, told in asked(facts).items() if before.get(day) == told and day < str(week_before)}
    assert len(same) > 30
    for name in ("attendance_rollup", "enrolment_road"):
        assert done[f"rollups/{name}"].made == ()
    for name, table in done.items():
        if name.startswith(("tables", "cohorts")):
            assert same & {*table.made} == set(), name
    assert str(LAST_DAY) in done["tables/absence_window"].made


def test_another_text_is_another_table(facts: Connection) -> None:
    """A changed SQL file is run again for all dates, and once more when it is changed back."""
    deliver(facts, [0, 1, 2, 3])
    bring_up_to_date(facts)
    table = sql_tables("tables")["decisions"]
    changed = SqlTable(table.name, table.kind, table.text.replace("'C'", "'B'"), table.reads)
    dates = facts.execute("select count(distinct prediction_date) from question.asked").fetchall()[0][0]
    assert len(refresh(facts, changed, ON_DUCKDB).made) == dates
    assert len(refresh(facts, table, ON_DUCKDB).made) == dates
    assert refresh(facts, table, ON_DUCKDB).made == ()


def test_what_fails_leaves_the_old_rows(facts: Connection) -> None:
    """A refused file changes nothing, and is stale still."""
    deliver(facts, [0, 1, 2, 3])
    bring_up_to_date(facts)
    before = everything(facts)["feature.decisions"]
    table = sql_tables("tables")["decisions"]
    broken = SqlTable(table.name, table.kind, table.text.replace("d.certificate_code", "d.no_such_column"), table.reads)
    with pytest.raises(FeatureError, match=r"features/tables/decisions.sql cannot run: .*no_such_column"):
        refresh(facts, broken, ON_DUCKDB)
    assert everything(facts)["feature.decisions"] == before
    assert refresh(facts, table, ON_DUCKDB).made == ()


def test_what_reads_a_table_that_is_out_of_date_is_refused(facts: Connection) -> None:
    """One asset alone cannot be made from old rows and be taken for new."""
    deliver(facts, [0, 1])
    bring_up_to_date(facts)
    deliver(facts, [0, 1, 2, 3])
    ask(facts, LAST_DAY)
    digest_facts(facts)
    with pytest.raises(FeatureError, match="reads `.*`, which is out of date"):
        refresh(facts, sql_tables("tables")["absence_window"], ON_DUCKDB)

"""The leakage proof: no feature sees the future, and one that does is caught, by table and column."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Runner

from data_contracts import contract, contracts
from features.leakage import dates_to_prove, prove
from features.moments import moments
from features.sql import FeatureError, SqlTable, sql_tables
from warehouse.connection import Connection, working_store
from warehouse.home import Home


@pytest.fixture(scope="module")
def db(small_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """The working store of S with all features, in a copy."""
    home = Home(tmp_path_factory.mktemp("leakage")).create()
    shutil.copy(small_home.working, home.working)
    with working_store(home) as connection:
        yield connection


def planted(counted: str, *joined: str) -> SqlTable:
    """Decisions of the class council, but its first column counts something else."""
    first, *others = [c for c in contract("decisions", "feature").columns if not c.primary_key]
    text = f"""-- A leak.
select
    c.cohort_id,
    c.prediction_date,
    {", ".join([f"{counted} as {first.name}", *(f"null as {c.name}" for c in others)])}
from cohort as c
{" ".join(joined)}
group by c.cohort_id, c.prediction_date
"""
    names = {*sql_tables("rollups"), *sql_tables("tables"), *contracts(), "as_of"}
    return SqlTable("decisions", "tables", text, frozenset(n for n in names if f" {n} as " in text) | {"cohort"})


LEAKS = {
    "without a known date": planted("count(*)", "inner join certificates as d on d.pupil_id = c.pupil_id"),
    "by the day on which it happened": planted(
        "count(*)", "inner join absences as a on a.pupil_id = c.pupil_id and a.absence_date < c.prediction_date"
    ),
    "known on the prediction date itself": planted(
        "count(*)",
        "inner join absences as a on a.pupil_id = c.pupil_id and a.known_date <= c.prediction_date",
        "and c.prediction_date <= a.superseded_date",
    ),
    "an end that is not known yet": planted(
        "count(e.end_date)",
        "inner join enrolments as e on e.pupil_id = c.pupil_id and e.known_date < c.prediction_date",
        "and c.prediction_date <= e.superseded_date",
    ),
    "whether it will be corrected": planted(
        "count(*) filter (where e.superseded_date < date '9999-12-31')",
        "inner join enrolments as e on e.pupil_id = c.pupil_id and e.known_date < c.prediction_date",
        "and c.prediction_date <= e.superseded_date",
    ),
    "only what will not be corrected": planted(
        "count(*)",
        "inner join enrolments as e on e.pupil_id = c.pupil_id and e.known_date < c.prediction_date",
        "and e.superseded_date = date '9999-12-31'",
    ),
    "by way of what labels are made of": planted(
        "count(*)", "inner join troubles_by_date as t on t.pupil_id = c.pupil_id"
    ),
    "the day of the run": planted(
        "max(days_between(c.prediction_date, t.as_of_date))", "inner join as_of as t on true"
    ),
}


def test_no_feature_sees_the_future(db: Connection, aanboord: Runner, small_home: Home, tmp_path: Path) -> None:
    """Every feature table, on two dates of every moment that is asked, by the command that anybody can give."""
    dates = dates_to_prove(db)
    asked = db.execute("select distinct moment from question.asked where prediction_date in ?", [dates]).fetchall()
    assert {row[0] for row in asked} == set(moments())
    home = tmp_path / "home"
    shutil.copytree(small_home.root, home, symlinks=True)
    done = aanboord("verify", "--leakage", "--json", "--home", home)
    assert (done.returncode, done.stdout.strip()[:13]) == (0, '{\n "ok": true'), done.stderr


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS.keys())
def test_a_planted_leak_is_caught(db: Connection, leak: SqlTable) -> None:
    """With the table, the column and the date."""
    date = db.execute(
        "select max(prediction_date) from question.asked where moment = 'in_year_secondary'"
        " and prediction_date < (select max(prediction_date) - 300 from question.asked)"
    ).fetchall()[0][0]
    found = prove(db, [date], [leak])
    assert {(f.table, f.prediction_date) for f in found} == {("decisions", date)}
    first = next(c.name for c in contract("decisions", "feature").columns if not c.primary_key)
    assert {f.column for f in found} <= {first, "(row)"}
    assert "known_date < prediction_date" in str(found[0])


def test_a_label_cannot_be_read_at_all(db: Connection) -> None:
    """The engine gives no feature a label table."""
    label = planted("count(*)", "inner join left_unqualified as l on l.pupil_id = c.pupil_id")
    read = SqlTable(label.name, label.kind, label.text, label.reads | {"left_unqualified"})
    with pytest.raises(FeatureError, match="no table `left_unqualified` that SQL of `features` may read"):
        prove(db, dates_to_prove(db)[-1:], [read])


def test_a_proof_leaves_nothing_behind(db: Connection) -> None:
    """The worlds are dropped, also after a refusal."""
    schemas = {row[0] for row in db.execute("select schema_name from information_schema.schemata").fetchall()}
    assert not {name for name in schemas if name.startswith(("told_", "emptied_", "turned_"))}

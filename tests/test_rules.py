"""The statutory rules: hand-made pupils for every rule, its threshold in each year and its exceptions, and an oracle in plain Python."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import rules_oracle
from rules_example import Rows, expected, rows_of

from data_contracts import contract, contracts
from data_contracts.compile import arrow_schema, ddl
from data_contracts.thresholds_in_force import thresholds
from features.engines.asking import ask
from features.engines.keys import digest_facts
from features.engines.on_duckdb import ON_DUCKDB
from features.engines.refresh import refresh
from features.sql import sql_tables
from models.rules import COLUMNS, RULES, duties
from warehouse.connection import Connection, working_store
from warehouse.home import Home

READ = ("school_days", "absences", "pupils", "enrolments", "support_measures")
DRAWING = (Path(__file__).parent / "rules_example.txt").read_text(encoding="utf-8")


def judged(db: Connection, day: dt.date) -> list[str]:
    """The duties of a day as text, from `core` on: counts in SQL, rules in Python."""
    ask(db, day)
    digest_facts(db)
    needed = read_by("duty_facts")
    for name, table in sql_tables("rollups").items():
        if name in needed:
            refresh(db, table, ON_DUCKDB)
    return sorted(_said(row) for row in duties(db.execute("from rollup.duty_facts").df()).to_dict("records"))


def read_by(name: str) -> set[str]:
    """A rollup and all rollups that it stands on."""
    below = (read_by(read) for read in sql_tables("rollups")[name].reads if read in sql_tables("rollups"))
    return {name}.union(*below)


def _said(row: dict[Any, Any]) -> str:
    text = f"{row['pupil_id']}: {row['rule']} {row['value']:.0f}/{row['threshold']:.0f}"
    if row["state"] == "reached":
        return text
    return f"{text} needs {row['still_needed']:.0f} of {row['still_possible']:.0f} {row['state']}"


@contextmanager
def stored(folder: Path, rows: Rows) -> Iterator[Connection]:
    """A working store with these rows in `core`; all other tables are empty."""
    with working_store(Home(folder).create()) as db:
        db.execute("create schema if not exists core")
        for name in contracts():
            db.execute(ddl(contract(name)))
            if rows.get(name):
                schema = arrow_schema(contract(name))
                complete = [{field: row.get(field) for field in schema.names} for row in rows[name]]
                db.register(
                    "drawn", pa.Table.from_pylist(complete, schema=pa.schema([f.with_nullable(True) for f in schema]))
                )
                db.execute(f"insert into core.{name} by name from drawn")
                db.unregister("drawn")
        yield db


def without_numbers(lines: list[str]) -> list[str]:
    return sorted(" ".join(line.split()[:2]) for line in lines)


DAYS = rows_of(DRAWING)
EXPECTED = expected(DRAWING)


@pytest.mark.parametrize("day", sorted(DAYS), ids=str)
def test_each_hand_made_pupil_has_exactly_the_duties_that_stand_beside_it(day, tmp_path):
    with stored(tmp_path, DAYS[day]) as db:
        assert judged(db, day) == EXPECTED[day]
    assert rules_oracle.duties(DAYS[day], day) == EXPECTED[day]


def test_the_hand_made_pupils_cover_every_rule_with_each_of_its_thresholds():
    """At least sixty pupils; each rule and threshold that ever held occurs, and just as many pupils have none."""
    lines = [line for line in DRAWING.splitlines()[1:] if line.strip()]
    assert len(lines) >= 60
    found = {tuple(line.split()[1:3]) for lines_of_day in EXPECTED.values() for line in lines_of_day}
    reached = {(rule, shown.split("/")[1]) for rule, shown in found}
    held = {(rule, str(thresholds(dt.date(year, 2, 1))[rule])) for year in range(2015, 2027) for rule in RULES}
    assert reached >= held
    assert sum(line.rstrip().endswith("|") for line in lines) >= 20


@pytest.fixture(scope="module")
def core_of_s(aanboord, small_delivery, tmp_path_factory) -> Iterator[tuple[Connection, rules_oracle.Core]]:
    """The synthetic population of 2,000: its store up to `core`, and the same rows as plain dicts."""
    home = Home(tmp_path_factory.mktemp("for_rules") / "home")
    for command in (["deliver", small_delivery], ["run", "--stage", "validate"]):
        done = aanboord(*command, "--home", home.root)
        assert done.returncode == 0, done.stderr
    with working_store(home) as db:
        yield db, {name: dicts(db, f"from core.{name}") for name in READ}


def dicts(db: Connection, sql: str) -> list[rules_oracle.Row]:
    found = db.execute(sql)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.mark.parametrize("day", ["2022-12-01", "2024-02-01", "2025-03-01"])
def test_the_oracle_agrees_on_a_population_of_two_thousand(core_of_s, day):
    db, core = core_of_s
    on = dt.date.fromisoformat(day)
    found = judged(db, on)
    assert found == rules_oracle.duties(core, on)
    assert len(found) > 100 and len(Counter(without_numbers(found))) > 100


def test_without_facts_there_is_no_duty():
    import pandas as pd

    assert list(duties(pd.DataFrame()).columns) == COLUMNS

"""Feature values against the oracle, on 200 pupils drawn from a synthetic population of 2,000, at all moments."""

import math
import random
from collections.abc import Iterator

import pytest

from data_contracts import contracts
from data_contracts.contract import Contract
from features.moments import moments
from tests.oracle.answers import ANSWERS
from tests.oracle.facts import Facts, Row
from warehouse.connection import Connection, working_store
from warehouse.home import Home

PUPILS, SEED, SHOWN = 200, 20, 10
NOT_KEPT = {"area_step"}  # columns of which the population keeps nothing
ASKED = sorted({table for moment in moments().values() for table in moment.features})


@pytest.fixture(scope="module")
def db(small_home: Home) -> Iterator[Connection]:
    """The working store of a run on 2,000 pupils."""
    with working_store(small_home) as found:
        yield found


@pytest.fixture(scope="module")
def facts(db: Connection) -> Facts:
    """Everything that was delivered."""
    return Facts({name: rows_of(db, f"core.{name}") for name in contracts() if name != "identities"})


@pytest.fixture(scope="module")
def questions(db: Connection) -> list[Row]:
    """Every question about 200 pupils who are drawn from all."""
    asked = rows_of(db, "question.cohort")
    drawn = set(random.Random(SEED).sample(sorted({q["pupil_id"] for q in asked}), PUPILS))
    return [q for q in asked if q["pupil_id"] in drawn]


def rows_of(db: Connection, table: str) -> list[Row]:
    """A table as dicts, in its own order."""
    found = db.execute(f"from {table}")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def key(row: Row) -> tuple[object, ...]:
    return row["pupil_id"], row["moment"], row["prediction_date"]


def differences(promised: Contract, got: list[Row], asked: list[Row], facts: Facts) -> list[str]:
    """Where the table and the oracle do not say the same, as lines to read; a row that is not there says nothing."""
    made = {key(row): row for row in got}
    found = []
    for q in asked:
        wanted, row = ANSWERS[promised.name](facts, q) or {}, made.get(key(q), {})
        for column in promised.columns:
            if not column.primary_key and not same(row.get(column.name), wanted.get(column.name)):
                found.append(f"{key(q)} {column.name}: table {row.get(column.name)}, oracle {wanted.get(column.name)}")
    return found


def same(got: object, wanted: object) -> bool:
    """Equal, but for the last digits of a rate."""
    if isinstance(got, float) and isinstance(wanted, int | float):
        return math.isclose(got, wanted, rel_tol=1e-9, abs_tol=1e-12)
    return got == wanted


def test_there_is_an_oracle_of_every_table_that_a_moment_asks_for() -> None:
    """A new feature table needs one."""
    assert sorted(ANSWERS) == ASKED


def test_the_pupils_drawn_are_asked_about_at_every_moment(questions: list[Row]) -> None:
    """So that no moment is left out by chance."""
    assert {q["moment"] for q in questions} == set(moments())


@pytest.mark.parametrize("name", ASKED)
def test_the_table_and_the_oracle_say_the_same(name: str, db: Connection, facts: Facts, questions: list[Row]) -> None:
    """Every value of every question about the pupils drawn, at the moments that ask for the table."""
    promised = contracts("feature")[name]
    asked = [q for q in questions if name in moments()[q["moment"]].features]
    rows = rows_of(
        db, f"feature.{name} inner join (select cohort_id, pupil_id, moment from question.cohort) using (cohort_id)"
    )
    found = differences(promised, rows, asked, facts)
    assert found == [], f"{len(found)} differences in {len(asked)} questions:\n" + "\n".join(found[:SHOWN])
    keys = {key(q) for q in asked}
    told = {c for row in rows if key(row) in keys for c, value in row.items() if value is not None}
    assert set(promised.column_names) - told <= NOT_KEPT, "nothing was compared"

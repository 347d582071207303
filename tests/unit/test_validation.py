"""What validation promises: every kind of rule is held, on the warehouse's own connection, and only counts come out."""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from data_contracts import Contract, contract, contracts
from data_contracts.compile import ddl
from data_contracts.contract import Column, Rule
from warehouse import gx_on_duckdb
from warehouse.gx_on_duckdb import MOST_ROWS
from warehouse.validation import Outcome, ValidationFaultError, validate

CANARY = "Kanarievogel"
GOOD = """
    insert into staged.enrolments by name
    select 'E' || i as enrolment_id, 'P' || i as pupil_id, 'S1' as school_id, 2019 as school_year, 'primary' as level_code,
        4 as grade, date '2019-09-01' as start_date, date '2019-09-01' as known_date from range(100) as t(i);
    insert into staged.schools by name select 'S1' as school_id, date '2010-09-01' as known_date;
    insert into staged.pupils by name select 'P' || i as pupil_id, date '2019-09-01' as known_date from range(100) as t(i);
"""
KINDS = [
    ("unique_key", "enrolment_id = 'E1'", "enrolment_id in ('E2', 'E3')", 1),
    ("required:pupil_id", "pupil_id = null", "enrolment_id < 'E2'", 12),
    ("code:level_code", f"level_code = '{CANARY}'", "enrolment_id < 'E2'", 12),
    ("range:grade", "grade = 8", "enrolment_id = 'E7'", 1),
    ("ends_after_start", "end_date = '2019-08-01', end_known_date = '2019-08-01'", "enrolment_id = 'E7'", 1),
    ("end_is_dated", "end_date = '2019-10-01'", "enrolment_id < 'E2'", 12),
    ("reference:school_id", f"school_id = '{CANARY}'", "enrolment_id < 'E2'", 12),
    ("reference:pupil_id", f"pupil_id = '{CANARY}'", "enrolment_id = 'E7'", 1),
]


class Spy:
    """A connection that counts the rows that are taken from it, and remembers what was asked."""

    def __init__(self, db: Any, seen: dict[str, int]) -> None:
        self._db, self._seen, self._query = db, seen, ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)

    def cursor(self) -> "Spy":
        return Spy(self._db.cursor(), self._seen)

    def execute(self, query: str, *rest: Any) -> "Spy":
        self._query = query
        self._db.execute(query, *rest)
        return self

    def _counted(self, rows: list[Any]) -> list[Any]:
        self._seen[self._query] = self._seen.get(self._query, 0) + len(rows)
        return rows

    def fetchmany(self, size: int = 1) -> list[Any]:
        return self._counted(self._db.fetchmany(size))

    def fetchall(self) -> list[Any]:
        return self._counted(self._db.fetchall())

    def fetchone(self) -> Any:
        row = self._db.fetchone()
        self._counted([row] if row else [])
        return row


@pytest.fixture
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    """All staged tables, with good rows in three of them."""
    with duckdb.connect() as connection:
        connection.execute("create schema staged")
        for table in contracts().values():
            connection.execute(ddl(table).replace("core.", "staged.").replace("not null,", ","))
        connection.execute(GOOD)
        yield connection


def broken(db: Any, name: str = "enrolments") -> dict[str, int]:
    """The rules that did not hold, with the number of rows that broke them."""
    return {o.rule: o.broken_count for o in validate(db, contract(name), f"staged.{name}") if not o.held}


def test_a_good_table_holds_to_every_rule(db: duckdb.DuckDBPyConnection) -> None:
    """Each rule of the contract is told once, and none counts a row."""
    outcomes = validate(db, contract("enrolments"), "staged.enrolments")
    assert all(o.held and o.broken_count == 0 for o in outcomes)
    assert {rule for rule, *_ in KINDS} | {"columns", "has_rows"} < {o.rule for o in outcomes}
    assert len({o.rule for o in outcomes}) == len(outcomes)


@pytest.mark.parametrize(("rule", "planted", "where", "count"), KINDS, ids=[kind[0] for kind in KINDS])
def test_what_is_planted_breaks_its_own_rule_only(
    db: duckdb.DuckDBPyConnection, rule: str, planted: str, where: str, count: int
) -> None:
    """With the number of rows; of a key that comes twice, the number of keys."""
    db.execute(f"update staged.enrolments set {planted} where {where}")
    assert broken(db) == {rule: count}


def test_an_empty_table_that_must_have_rows_breaks_that_rule(db: duckdb.DuckDBPyConnection) -> None:
    """And no other."""
    db.execute("delete from staged.enrolments")
    assert list(broken(db)) == ["has_rows"]


def test_columns_in_another_order_break_the_first_rule(db: duckdb.DuckDBPyConnection) -> None:
    """A table is its columns, in the order of the contract."""
    db.execute(
        "alter table staged.schools drop column area_code; alter table staged.schools add column area_code varchar"
    )
    assert list(broken(db, "schools")) == ["columns"]


def test_every_contract_can_be_held_to(db: duckdb.DuckDBPyConnection) -> None:
    """On empty tables no rule of any contract fails itself; only the promise to have rows is broken."""
    for name in contracts():
        db.execute(f"delete from staged.{name}")
        assert set(broken(db, name)) <= {"has_rows"}, name


def test_results_hold_counts_and_never_a_value(db: duckdb.DuckDBPyConnection, caplog: pytest.LogCaptureFixture) -> None:
    """Not in the outcome, not in the log, not on the screen."""
    for rule, planted, where, _ in KINDS:
        if CANARY in planted or rule == "unique_key":
            db.execute(f"update staged.enrolments set {planted} where {where}")
    outcomes = validate(db, contract("enrolments"), "staged.enrolments")
    assert all(isinstance(o, Outcome) and type(o.broken_count) is int for o in outcomes)
    assert CANARY not in f"{outcomes}{caplog.text}" and not all(o.held for o in outcomes)


def test_a_whole_table_is_never_loaded(db: duckdb.DuckDBPyConnection, capfd: pytest.CaptureFixture[str]) -> None:
    """Of 25,000 rows, all of them wrong, at most MOST_ROWS are taken by any statement, and the counts are still right."""
    rows = 25_000
    db.execute(
        "insert into staged.schools by name"
        f" select 'T' || i as school_id, '{CANARY}' as level_code, date '2010-09-01' as known_date from range({rows}) as t(i)"
    )
    seen: dict[str, int] = {}
    outcomes = validate(Spy(db, seen), contract("schools"), "staged.schools")
    assert {o.rule: o.broken_count for o in outcomes if not o.held} == {"code:level_code": rows}
    assert 0 < max(seen.values()) <= MOST_ROWS < rows
    assert CANARY not in "".join(capfd.readouterr())


def test_an_sql_rule_counts_more_rows_than_are_taken(
    db: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The count is made in the database."""
    monkeypatch.setattr(gx_on_duckdb, "MOST_ROWS", 5)
    db.execute("update staged.enrolments set end_date = '2019-10-01'")
    assert broken(db) == {"end_is_dated": 100}


def test_validation_changes_nothing(db: duckdb.DuckDBPyConnection) -> None:
    """No table or view is left behind, and the rows are those that were there."""
    tables = "select table_schema, table_name from information_schema.tables order by all"
    before = db.execute(tables).fetchall(), db.execute("from staged.enrolments").fetchall()
    validate(db, contract("enrolments"), "staged.enrolments")
    assert (db.execute(tables).fetchall(), db.execute("from staged.enrolments").fetchall()) == before


def test_a_rule_that_cannot_run_is_a_fault_and_not_a_breach(db: duckdb.DuckDBPyConnection) -> None:
    """Which table it was stands in the message."""
    column = Column("school_id", "string", "a key", required=True, primary_key=True)
    odd = Contract(
        "odd", "core", "1", "odd", (column,), (Rule("nonsense", "", predicate="nothing_there > 1", engine="row"),)
    )
    db.execute(ddl(odd).replace("core.", "staged."))
    db.execute("insert into staged.odd (school_id) values ('S1')")
    with pytest.raises(ValidationFaultError, match=r"failed on staged\.odd"):
        validate(db, odd, "staged.odd")

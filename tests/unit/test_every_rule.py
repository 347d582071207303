"""Every rule of every contract of `core` holds for good rows, and catches a row that breaks it, in Great Expectations on DuckDB."""

from collections.abc import Iterator

import duckdb
import pytest
from breaches import every_rule, good_tables, plant

from data_contracts import contract, contracts
from warehouse.validation import validate


@pytest.fixture
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    """All tables, with good rows."""
    with duckdb.connect() as connection:
        good_tables(connection)
        yield connection


@pytest.mark.parametrize("name", contracts())
def test_good_rows_hold_to_every_rule_without_an_error_inside(db: duckdb.DuckDBPyConnection, name: str) -> None:
    """An error inside Great Expectations would be raised."""
    outcomes = validate(db, contract(name), f"staged.{name}")
    assert [o for o in outcomes if not o.held or o.broken_count] == []


@pytest.mark.parametrize(("name", "rule"), every_rule())
def test_a_planted_breach_is_caught_by_its_rule(db: duckdb.DuckDBPyConnection, name: str, rule: str) -> None:
    """Held before, broken after; how many rows is counted."""
    assert [o.held for o in validate(db, contract(name), f"staged.{name}", only=rule)] == [True]
    plant(db, contract(name), rule)
    (outcome,) = validate(db, contract(name), f"staged.{name}", only=rule)
    assert not outcome.held
    assert outcome.refuses or outcome.severity == "warning"

"""What an engine makes is there at once, however large, in the session that made it."""

from pathlib import Path

from features.engines.layers import WORKING
from features.engines.on_duckdb import ON_DUCKDB
from features.engines.refresh import WHOLE, make
from features.sql import SqlTable
from warehouse.connection import transaction, working_store
from warehouse.home import Home

ROWS = 300_000  # more than two row groups: fewer would be found anyway


def test_rows_of_a_table_made_in_a_transaction_are_found_before_the_store_is_opened_again(tmp_path: Path) -> None:
    """Every value, not only the number of rows that the table keeps beside them."""
    table = SqlTable("many", "rollups", "select school_id, school_year from school_days", frozenset({"school_days"}))
    with working_store(Home(tmp_path).create()) as db:
        WORKING.create(db)
        db.execute("create table question.as_of as select date '2024-01-01' as as_of_date")
        db.execute(
            "create table core.school_days as select cast(i as varchar) as school_id, date '2023-09-01' as school_date,"
            " 2023 as school_year, 2 as half_days, date '2023-07-01' as known_date, date '9999-12-31' as superseded_date"
            f" from range({ROWS}) as t(i)"
        )
        with transaction(db):
            make(db, table, ON_DUCKDB, WORKING, [WHOLE])
        found = db.execute("select count(school_id), sum(school_year) from rollup.many where school_year = 2023")
        assert found.fetchall() == [(ROWS, 2023 * ROWS)]

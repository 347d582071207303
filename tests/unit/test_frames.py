"""What a frame becomes as a table: its columns under their names and with their types, at once."""

import datetime as dt

import duckdb
import pandas as pd
import pytest

from pipelines.frames import keep_frame

COLUMNS = "pupil_id varchar, grade integer, known_until date"


@pytest.fixture
def db() -> duckdb.DuckDBPyConnection:
    """A database in memory."""
    return duckdb.connect()


def test_rows_stay_in_order_and_what_is_missing_is_null(db: duckdb.DuckDBPyConnection) -> None:
    """Whatever types the frame gave them."""
    frame = pd.DataFrame({"grade": [2.0, None], "pupil_id": ["p2", "p1"]})
    keep_frame(db, "kept", COLUMNS, frame)
    assert db.execute("from kept").fetchall() == [("p2", 2, None), ("p1", None, None)]
    assert [row[1] for row in db.execute("describe kept").fetchall()] == ["VARCHAR", "INTEGER", "DATE"]


@pytest.mark.parametrize("frame", [None, pd.DataFrame({"pupil_id": [], "known_until": []})])
def test_without_rows_the_old_ones_are_gone(db: duckdb.DuckDBPyConnection, frame: pd.DataFrame | None) -> None:
    """And the types stay."""
    keep_frame(db, "kept", COLUMNS, pd.DataFrame({"pupil_id": ["p1"], "known_until": [dt.date(2024, 9, 1)]}))
    keep_frame(db, "kept", COLUMNS, frame)
    assert db.execute("from kept").fetchall() == []
    assert [row[1] for row in db.execute("describe kept").fetchall()] == ["VARCHAR", "INTEGER", "DATE"]


def test_a_column_too_many_is_refused_and_the_old_rows_stay(db: duckdb.DuckDBPyConnection) -> None:
    """It would be lost without a word."""
    keep_frame(db, "kept", COLUMNS, pd.DataFrame({"pupil_id": ["p1"]}))
    with pytest.raises(ValueError, match="kept has no column mood"):
        keep_frame(db, "kept", COLUMNS, pd.DataFrame({"pupil_id": ["p2"], "mood": ["good"]}))
    assert db.execute("select pupil_id from kept").fetchall() == [("p1",)]

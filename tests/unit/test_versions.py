"""Versions: what was told of one thing at different times, whatever the order and however often it came."""

import itertools
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import draw, read

from data_contracts import Contract, contract
from data_contracts.compile import sql_type
from warehouse import versions

ABSENCES, ENROLMENTS = contract("absences"), contract("enrolments")
ABSENCE_HEAD = "pupil_id | absence_date | day_part_code | absence_code | known_date"


@pytest.fixture
def db():
    """A database as staging has it."""
    with duckdb.connect() as connection:
        connection.execute("create schema stored")
        connection.execute(
            "create table stored.set_aside (table_name varchar, rule varchar, _delivery varchar, _file varchar, _line integer)"
        )
        yield connection


def delivered(db: duckdb.DuckDBPyConnection, path: Path, table: Contract, drawing: str) -> Path:
    """A drawn delivery as the Parquet file that mapping writes."""
    header, rows = read(drawing)
    columns = ", ".join(f"{c.name} {sql_type(c)}" for c in table.columns)
    db.execute(
        f"create or replace temp table drawn ({columns}, _withdrawn boolean default false, _file varchar, _line integer)"
    )
    for i, row in enumerate(rows):
        cells = [*(cell or None for cell in row), "drawn.csv", i + 2]
        db.execute(
            f"insert into drawn ({', '.join(header)}, _file, _line) values ({', '.join('?' for _ in cells)})", cells
        )
    db.execute(f"copy (from drawn order by {', '.join(table.primary_key)}) to '{path}' (format parquet)")
    return path


def gathered(db: duckdb.DuckDBPyConnection, folder: Path, table: Contract, *drawings: str, show: str) -> str:
    """The versions that drawn deliveries make, as a drawing of the wanted columns."""
    db.execute("delete from stored.set_aside")
    parquet = [(f"d{i}", delivered(db, folder / f"{i}.parquet", table, d)) for i, d in enumerate(drawings)]
    versions.gather(db, table, parquet)
    return shown(db, f"select {show} from stored.arriving_{table.name}", show)


def shown(db: duckdb.DuckDBPyConnection, query: str, columns: str) -> str:
    rows = [tuple("" if cell is None else str(cell) for cell in row) for row in db.execute(query).fetchall()]
    return draw(tuple(columns.split(", ")), rows)


def gives(got: str, drawing: str) -> None:
    header, rows = read(drawing)
    assert got == draw(header, rows)


SHOWN = "pupil_id, absence_code, known_date, superseded_date"


def test_a_correction_supersedes_and_the_old_stays_known_as_of_its_time(db, tmp_path):
    """Ana's absence was coded B, and became Z in January; Ben's was never told again."""
    first = f"""
        {ABSENCE_HEAD}
        ana | 2023-11-06 | AM | B | 2023-11-10
        ben | 2023-11-06 | AM | Z | 2023-11-10
    """
    second = f"""
        {ABSENCE_HEAD}
        ana | 2023-11-06 | AM | Z | 2024-01-15
    """
    expected = """
        pupil_id | absence_code | known_date | superseded_date
        ana      | B            | 2023-11-10 | 2024-01-15
        ana      | Z            | 2024-01-15 | 9999-12-31
        ben      | Z            | 2023-11-10 | 9999-12-31
    """
    gives(gathered(db, tmp_path, ABSENCES, first, second, show=SHOWN), expected)
    gives(gathered(db, tmp_path, ABSENCES, second, first, show=SHOWN), expected)


def test_what_is_withdrawn_ends_and_is_not_kept(db, tmp_path):
    """Ana's absence was a mistake; Ben's was withdrawn and then told again; Cas's withdrawal has nothing to end."""
    first = f"""
        {ABSENCE_HEAD} | _withdrawn
        ana | 2023-11-06 | AM | B | 2023-11-10 | false
        ben | 2023-11-06 | AM | B | 2023-11-10 | false
        ana | 2023-11-06 | AM |   | 2023-11-20 | true
        ben | 2023-11-06 | AM |   | 2023-11-20 | true
        ben | 2023-11-06 | AM | B | 2023-12-01 | false
        cas | 2023-11-06 | AM |   | 2023-11-20 | true
    """
    gives(
        gathered(db, tmp_path, ABSENCES, first, show=SHOWN),
        """
        pupil_id | absence_code | known_date | superseded_date
        ana      | B            | 2023-11-10 | 2023-11-20
        ben      | B            | 2023-11-10 | 2023-11-20
        ben      | B            | 2023-12-01 | 9999-12-31
        """,
    )


def test_the_same_told_again_is_no_new_version(db, tmp_path):
    """Ana's absence comes in three deliveries, each time with the day of the delivery as the day it was known."""
    deliveries = [f"{ABSENCE_HEAD}\nana | 2023-11-06 | AM | B | 2023-1{month}-15" for month in (0, 1, 2)]
    gives(
        gathered(db, tmp_path, ABSENCES, *deliveries, show=SHOWN),
        """
        pupil_id | absence_code | known_date | superseded_date
        ana      | B            | 2023-10-15 | 9999-12-31
        """,
    )


def test_two_rows_of_one_day_that_differ_contradict_each_other(db, tmp_path):
    """One of them counts, whichever came first; the other is set aside."""
    first, second = (f"{ABSENCE_HEAD}\nana | 2023-11-06 | AM | {code} | 2023-11-10" for code in "BZ")
    for order in ([first, second], [second, first]):
        gives(
            gathered(db, tmp_path, ABSENCES, *order, show=SHOWN),
            """
            pupil_id | absence_code | known_date | superseded_date
            ana      | B            | 2023-11-10 | 9999-12-31
            """,
        )
        gives(
            shown(db, "select table_name, rule from stored.set_aside", "table_name, rule"),
            "table_name | rule\nabsences | contradicted",
        )


ENROLMENT_HEAD = "enrolment_id | pupil_id | start_date | end_date | known_date | end_known_date"
ROAD = "enrolment_id, end_date, known_date, end_known_date, superseded_date"


def test_an_enrolment_that_is_told_again_with_its_end_is_completed(db, tmp_path):
    """The open row is left out: with `end_known_date` the closed one tells all that was known at any time."""
    first = f"{ENROLMENT_HEAD}\ne1 | ana | 2023-09-01 |  | 2023-09-01 | "
    second = f"{ENROLMENT_HEAD}\ne1 | ana | 2023-09-01 | 2024-01-12 | 2023-09-01 | 2024-01-15"
    expected = """
        enrolment_id | end_date   | known_date | end_known_date | superseded_date
        e1           | 2024-01-12 | 2023-09-01 | 2024-01-15     | 9999-12-31
    """
    gives(gathered(db, tmp_path, ENROLMENTS, first, second, show=ROAD), expected)
    gives(gathered(db, tmp_path, ENROLMENTS, second, first, show=ROAD), expected)


def test_an_end_that_is_corrected_counts_from_the_day_that_was_known(db, tmp_path):
    """Until 1 March everybody thought that Ana had left on 12 January."""
    ends = ["2024-01-12 | 2023-09-01 | 2024-01-15", "2024-02-09 | 2023-09-01 | 2024-03-01"]
    first, second = (f"{ENROLMENT_HEAD}\ne1 | ana | 2023-09-01 | {end}" for end in ends)
    gives(
        gathered(db, tmp_path, ENROLMENTS, first, second, show=ROAD),
        """
        enrolment_id | end_date   | known_date | end_known_date | superseded_date
        e1           | 2024-01-12 | 2023-09-01 | 2024-01-15     | 2024-03-01
        e1           | 2024-02-09 | 2024-03-01 | 2024-03-01     | 9999-12-31
        """,
    )


TELLINGS = st.lists(
    st.tuples(st.sampled_from(["ana", "ben"]), st.sampled_from("BZP"), st.integers(1, 9), st.booleans()),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(tellings=TELLINGS, cuts=st.lists(st.integers(0, 8), max_size=3))
def test_as_of_any_day_the_versions_say_what_the_last_telling_before_it_said(tmp_path_factory, tellings, cuts):
    """An independent oracle: a dictionary that reads the tellings in order of the day they were known."""
    rows = list(dict.fromkeys(tellings))
    parts = [
        rows[a:b] for a, b in itertools.pairwise([0, *sorted(min(c, len(rows)) for c in cuts), len(rows)]) if rows[a:b]
    ]
    drawings = [
        "\n".join(
            [
                f"{ABSENCE_HEAD} | _withdrawn",
                *(f"{who} | 2023-11-06 | AM | {code} | 2024-01-0{day} | {gone}" for who, code, day, gone in part),
            ]
        )
        for part in parts
    ]
    with duckdb.connect() as db:
        db.execute("create schema stored")
        db.execute(
            "create table stored.set_aside (table_name varchar, rule varchar, _delivery varchar, _file varchar, _line integer)"
        )
        gathered(db, tmp_path_factory.mktemp("told"), ABSENCES, *drawings, show=SHOWN)
        for day in range(1, 11):
            known = f"known_date < date '2024-01-{day:02}' and date '2024-01-{day:02}' <= superseded_date"
            got = dict(
                db.execute(f"select pupil_id, absence_code from stored.arriving_absences where {known}").fetchall()
            )
            assert got == oracle(rows, day)


def oracle(rows: list[tuple[str, str, int, bool]], before: int) -> dict[str, str]:
    """The last thing said of each before a day: a withdrawal first, else the code that comes first in the alphabet."""
    last: dict[str, str] = {}
    for who in {row[0] for row in rows}:
        days = [row[2] for row in rows if row[0] == who and row[2] < before]
        if days:
            said = [row for row in rows if row[0] == who and row[2] == max(days)]
            if not any(row[3] for row in said):
                last[who] = min(row[1] for row in said)
    return last

"""What the connection factory promises: a database touches the folders that it is given, and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.connection import (
    DatabaseError,
    NotAQueryError,
    WarehouseBusyError,
    answer,
    held_open,
    memory_store,
    parser,
    quoted,
    read_only_store,
    told,
    transaction,
    working_store,
)
from warehouse.home import Home

HOLD = """
import sys
from pathlib import Path
from warehouse.connection import working_store
from warehouse.home import Home
with working_store(Home(Path(sys.argv[1]))):
    print("open", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def given_folder(tmp_path: Path) -> Path:
    """A folder that a database is given, with a name that asks for quoting, and a secret beside it."""
    folder = tmp_path / "it's given"
    folder.mkdir()
    (folder / "in.csv").write_text("a\n1\n")
    (tmp_path / "secret.csv").write_text("a\n1\n")
    (tmp_path / "it's given too").mkdir()
    (tmp_path / "it's given too" / "secret.csv").write_text("a\n1\n")
    return folder


def test_files_in_the_given_folder_are_read_and_written(given_folder: Path) -> None:
    """Whatever the folder is called."""
    with memory_store([given_folder], given_folder / "tmp") as db:
        out = given_folder / "out.parquet"
        db.execute(f"copy (from read_csv({quoted(given_folder / 'in.csv')})) to {quoted(out)} (format parquet)")
        assert db.execute(f"from read_parquet({quoted(out)})").fetchall() == [(1,)]


@pytest.mark.parametrize(
    "query",
    [
        "from read_csv('{out}/secret.csv')",
        "from read_csv('{out}/it''s given too/secret.csv')",
        "from read_csv('{out}/it''s given/../secret.csv')",
        "from read_text('/etc/passwd')",
        "copy (select 1) to '{out}/written.csv'",
        "attach '{out}/other.duckdb'",
        "from glob('/etc/*')",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set allowed_directories = ['/']",
        "set lock_configuration = false",
        "set threads = 1",
        "copy (select 1) to 's3://bucket/written.csv'",
        "from read_csv('https://example.org/a.csv')",
    ],
)
def test_nothing_else_can_be_reached(query: str, given_folder: Path) -> None:
    """No other file, no sibling of a like name, no network, no extension, no change of a setting."""
    with memory_store([given_folder], given_folder / "tmp") as db, pytest.raises(DatabaseError):
        db.execute(query.format(out=given_folder.parent)).fetchall()
    assert sorted(p.name for p in given_folder.parent.iterdir()) == ["it's given", "it's given too", "secret.csv"]


def test_published_files_are_for_reading_only(tmp_path: Path) -> None:
    """One view a file; neither written, nor a way to other files; not even in the folder that they lie in."""
    with duckdb.connect() as db:
        db.execute(f"copy (select 1 as n) to '{tmp_path}/pupils.parquet' (format parquet)")
    (tmp_path / "beside.csv").write_text("a\n1\n")
    before = (tmp_path / "pupils.parquet").read_bytes()
    with read_only_store({"pupils": tmp_path / "pupils.parquet"}) as db:
        assert answer(db, "from pupils") == (["n"], [(1,)])
        for query in (
            "delete from pupils",
            "drop table pupils",
            f"from read_csv('{tmp_path}/beside.csv')",
            f"copy pupils to '{tmp_path}/out.csv'",
            f"export database '{tmp_path}/out'",
        ):
            with pytest.raises(DatabaseError):
                db.execute(query).fetchall()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["beside.csv", "pupils.parquet"]
    assert (tmp_path / "pupils.parquet").read_bytes() == before


@pytest.mark.parametrize(
    "statement",
    [
        "copy pupils to '{file}' (format parquet)",
        "create table other as select 1",
        "explain analyze copy pupils to '{file}'",
        "from pupils; from pupils",
        "attach ':memory:' as other",
        "pragma database_list",
        "set threads = 1",
        "",
    ],
)
def test_a_foreign_query_can_only_read(statement: str, tmp_path: Path) -> None:
    """The published file itself can be reached, and is not written by any statement that is let through."""
    file = tmp_path / "pupils.parquet"
    with duckdb.connect() as db:
        db.execute(f"copy (select 1 as n) to '{file}' (format parquet)")
    before = file.read_bytes()
    with read_only_store({"pupils": file}) as db, pytest.raises(NotAQueryError, match="One query that reads"):
        answer(db, statement.format(file=file))
    assert file.read_bytes() == before


def test_the_working_store_keeps_what_is_written(tmp_path: Path) -> None:
    """With a schema for each room."""
    home = Home(tmp_path / "home")
    with working_store(home) as db:
        db.execute("create table core.pupils as select 1 as n")
    with working_store(home) as db:
        assert db.execute("from core.pupils").fetchall() == [(1,)]
        schemas = {row[0] for row in db.execute("select schema_name from duckdb_schemas()").fetchall()}
    assert {"staged", "core", "question", "feature", "label", "score"} <= schemas


def test_a_second_writer_is_told_to_wait(tmp_path: Path) -> None:
    """While another process holds the working store; it is free again when that has ended."""
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, cwd=Path(__file__).parents[2]) as other:
        assert other.stdout is not None and other.stdout.readline() == b"open\n"
        with pytest.raises(WarehouseBusyError, match="Wait until it has ended"), working_store(Home(tmp_path)):
            pass
        other.communicate()
    with working_store(Home(tmp_path)) as db:
        assert db.execute("select 1").fetchall() == [(1,)]


def test_a_store_that_two_begin_at_once_is_that_of_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second finds a whole one in its place, and leaves nothing of its own."""
    home, link = Home(tmp_path / "home"), os.link

    def another_was_first(fresh: Path, target: Path) -> None:
        with duckdb.connect(str(target)) as other:
            other.execute("create table of_the_first as select 1 as n")
        link(fresh, target)

    monkeypatch.setattr(os, "link", another_was_first)
    with working_store(home) as db:
        assert db.execute("select n from of_the_first").fetchall() == [(1,)]
    assert [*home.root.glob(".begun-*")] == []


def test_a_run_keeps_the_working_store_open_and_lets_go_of_it(tmp_path: Path) -> None:
    """Every step gets the same connection, also after one that failed; another home has its own."""
    home, other = Home(tmp_path / "home"), Home(tmp_path / "other")
    with held_open(home):
        with working_store(home) as first, working_store(home) as second, working_store(other) as elsewhere:
            assert first is second is not elsewhere
        with pytest.raises(ZeroDivisionError), working_store(home):
            raise ZeroDivisionError
        with working_store(home) as still:
            assert still is first and still.execute("select 1").fetchall() == [(1,)]
    with working_store(home) as later:
        assert later is not first
    with pytest.raises(DatabaseError):
        first.execute("select 1")


def test_a_transaction_is_done_whole_or_not_at_all(tmp_path: Path) -> None:
    """After what failed, the database can be written again."""
    with working_store(Home(tmp_path)) as db:
        db.execute("create table core.pupils as select 1 as n")
        with pytest.raises(ZeroDivisionError), transaction(db):
            db.execute("delete from core.pupils")
            raise ZeroDivisionError
        with transaction(db):
            db.execute("insert into core.pupils values (2)")
        assert db.execute("from core.pupils").fetchall() == [(1,), (2,)]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_a_quoted_text_is_that_text(text: str) -> None:
    """Whatever quotes it holds."""
    with duckdb.connect() as db:
        assert db.execute(f"select {quoted(text)}").fetchall() == [(text,)]


def test_the_tables_of_a_query_are_those_a_query_reads() -> None:
    """Not the ones it defines itself, nor its macros."""
    recent = "select * from absences where days_between(known_date, absence_date) < 3"
    sql = f"with recent as ({recent}) select * from recent as r join pupils as p on r.pupil_id = p.pupil_id"
    with parser("create macro days_between(a, b) as date_diff('day', b, a)") as tables_of:
        assert tables_of(sql) == {"absences", "pupils"}
        assert tables_of("select 1 as one") == set()


@pytest.mark.parametrize(
    "query",
    [
        "select cast(name as integer) from names",
        "select strptime(name, '%Y') from names",
        "select error(name) from names",
        "insert into numbers from names",
    ],
)
def test_an_error_is_told_without_the_cell_that_caused_it(query: str) -> None:
    """The kind of fault is enough; a fault in the SQL itself is told as it is."""
    with duckdb.connect() as db:
        db.execute("create table names as select 'Kanarievogel' as name; create table numbers (number integer)")
        with pytest.raises(duckdb.Error, match="Kanarievogel") as on_a_row:
            db.execute(query).fetchall()
        with pytest.raises(duckdb.Error) as in_the_sql:
            db.execute("select nothing from names")
    assert told(on_a_row.value).endswith("Exception on a row")
    assert '"nothing" not found' in told(in_the_sql.value)

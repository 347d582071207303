"""What staging promises: of whatever deliveries, in whatever order, the same `core`; what no rule allows is set aside."""

import hashlib
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import duckdb
import pytest
from intake_example import DRAWN, write_delivery
from tables import draw, read

from data_contracts import contract, contracts
from warehouse import staging
from warehouse.connection import Connection, working_store
from warehouse.home import Home
from warehouse.landing import Delivery, deliver
from warehouse.quarantine import QuarantineError

TABLES = staging.in_order([c for c in contracts().values() if c.name != "identities"])


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    return Home(tmp_path / "home").create()


def staged(db: Connection, home: Home, found: Sequence[Delivery]) -> None:
    """All tables of some deliveries, staged."""
    staging.start(db)
    for table in TABLES:
        staging.stage(db, table, [(d.id, d.parquet(home, table.name)) for d in found])


def delivered(home: Home, name: str, **drawn: str) -> Delivery:
    return deliver(home, write_delivery(home.root.parent / name, **drawn))[0]


def rows(db: Connection, query: str, columns: str) -> str:
    found = [tuple("" if cell is None else str(cell) for cell in row) for row in db.execute(query).fetchall()]
    return draw(tuple(columns.split(", ")), found)


def digest(db: Connection, folder: Path) -> str:
    """Of all of `core`, written to Parquet as it stands there."""
    parts = []
    for table in TABLES:
        db.execute(f"copy (from core.{table.name}) to '{folder / 'core.parquet'}' (format parquet)")
        parts.append(hashlib.sha256((folder / "core.parquet").read_bytes()).hexdigest())
    return " ".join(parts)


PUPIL_HEAD = "pupil_id | sex_code | race | known_date"


def pupils(number: int, day: str, sex: str) -> str:
    """Pupils that every delivery tells of, one of them each time otherwise, and some of its own."""
    own = "\n".join(f"Only{number}{i} | M | | {day}" for i in range(60))
    return f"{PUPIL_HEAD}\nP1 | {sex} | {number} | {day}\nP2 | F | | {day}\n{own}"


COMPLETED_HEAD = (
    "enrolment_id | pupil_id | school_id | school_year | level_code | grade | start_date | known_date"
    " | end_date | end_known_date"
)
ENDS = (" | ", "2020-06-30 | 2020-07-01", "2020-05-31 | 2020-07-15", "2020-05-31 | 2020-07-15", " | ")


def enrolments(number: int) -> str:
    """One enrolment that is open, ended, ended otherwise, told again and told as open, and one that only one delivery knows."""
    return (
        f"{COMPLETED_HEAD}\nE1 | P1 | S1 | 2019 | primary | 4 | 2019-09-01 | 2019-09-01 | {ENDS[number]}\n"
        f"E2{number} | P2 | S1 | 2019 | primary | 3 | 2019-09-02 | 2019-09-0{number + 2} | | "
    )


def test_five_deliveries_in_any_order_and_repeated_make_the_same_core(home: Home) -> None:
    """Two of them contradict each other, one says again what another said: byte for byte the same, in every order."""
    known = [("2019-09-01", "X"), ("2020-09-01", "M"), ("2021-09-01", "F"), ("2021-09-01", "M"), ("2022-09-01", "M")]
    made = [
        delivered(home, str(i), pupils=pupils(i % 3, day, sex), enrolments=enrolments(i))
        for i, (day, sex) in enumerate(known)
    ]
    assert len({d.id for d in made}) == 5
    seen = set()
    with working_store(home) as db:
        for number, order in enumerate(list(permutations(made))[::7]):
            staged(db, home, [*order, *order[: number % 3]])
            assert staging.swap_in(db, TABLES)["enrolments"] == 7
            seen.add(digest(db, home.temp))
    assert len(seen) == 1


ENROLMENT_HEAD = "enrolment_id | pupil_id | school_id | school_year | level_code | grade | start_date | known_date"


def many(head: str, row: str, count: int) -> str:
    return "\n".join([head, *(row.replace("N", str(i)) for i in range(count))])


def test_what_refers_to_a_pupil_who_was_set_aside_is_set_aside_too(home: Home) -> None:
    """One pupil of 60 has a birth date that is none; the enrolment of that pupil follows, the other 59 stay."""
    good = many("pupil_id | birth_date | sex_code | known_date", "PN | 2010-03-04 | M | 2019-09-01", 60)
    made = delivered(
        home,
        "one",
        pupils=good.replace("P7 | 2010-03-04", "P7 | 2010-13-04"),
        enrolments=many(ENROLMENT_HEAD, "EN | PN | S1 | 2019 | primary | 4 | 2019-09-01 | 2019-09-01", 60),
    )
    assert made.tables["pupils"] == {"accepted": 59, "quarantined": 1}
    with working_store(home) as db:
        staged(db, home, [made])
        found = rows(db, "select table_name, rule, _file, _line from stored.set_aside", "table, rule, file, line")
        assert found == draw(
            *read("""
            table      | rule               | file           | line
            enrolments | reference:pupil_id | enrolments.csv | 9
            """)
        )
        assert staging.swap_in(db, TABLES)["enrolments"] == 59


def test_too_many_rows_that_fit_nothing_refuse_and_the_last_good_data_stay(home: Home) -> None:
    """The message names the table, the rule and a line; the good delivery is still in `core`."""
    good = delivered(home, "good")
    bad = delivered(home, "bad", enrolments=DRAWN["enrolments"].replace("P1 ", "P9 ").replace("2019", "2020"))
    with working_store(home) as db:
        staged(db, home, [good])
        staging.swap_in(db, TABLES)
        with pytest.raises(
            QuarantineError, match=r"enrolments: 1 of 4 rows.*`reference:pupil_id`.*enrolments.csv.*last good data stay"
        ):
            staged(db, home, [good, bad])
        staging.write_set_aside(db, home.set_aside)
        assert rows(db, "select enrolment_id is not null from core.enrolments", "is") == draw(("is",), [("True",)] * 2)
    with duckdb.connect() as db:
        assert db.execute(f"select rule from '{home.set_aside}'").fetchall() == [("reference:pupil_id",)]


def test_tables_are_swapped_in_together_or_not_at_all(home: Home) -> None:
    """Where one is not staged, the others stay as they were too."""
    both = [contract("pupils"), contract("schools")]
    with working_store(home) as db:
        staging.start(db)
        for table in both:
            staging.stage(db, table, [])
        assert staging.swap_in(db, both) == {"pupils": 0, "schools": 0}
        staging.stage(db, both[0], [])
        db.execute("insert into stored.arriving_pupils (pupil_id) values ('new')")
        with pytest.raises(duckdb.CatalogException):
            staging.swap_in(db, both)
    with working_store(home) as db:
        assert db.execute("select count(*) from core.pupils").fetchall() == [(0,)]


def test_each_row_of_core_can_be_found_again_in_what_was_delivered(home: Home) -> None:
    """Delivery, file and line stay in `stored`."""
    made = delivered(home, "one")
    with working_store(home) as db:
        staged(db, home, [made])
        staging.swap_in(db, TABLES)
        found = db.execute("select _delivery, _file, _line from stored.pupils order by _line").fetchall()
    assert found == [(made.id, "pupils.csv", 2), (made.id, "pupils.csv", 3)]

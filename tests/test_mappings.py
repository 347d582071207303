"""What the shipped mappings promise: the rows of `core` that deliveries of each system become."""

# ruff: noqa: E501 - drawings are as wide as the tables

from collections.abc import Iterator
from pathlib import Path

import pytest
from mapping_examples import DISCIMUS, INFORMAT, SMARTSCHOOL, written
from tables import draw, read

from data_contracts import contracts
from warehouse import staging
from warehouse.connection import Connection, working_store
from warehouse.home import Home
from warehouse.landing import Delivery, deliver
from warehouse.quarantine import QuarantineError
from warehouse.set_aside import set_aside

TABLES = staging.in_order([c for c in contracts().values() if c.name != "identities"])
INFORMAT_FILES = [f"{name}.csv" for name in INFORMAT]
PUPILS = "(select pupil_id, 'p' || row_number() over (order by min(birth_date), pupil_id) as pupil from core.pupils group by pupil_id)"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    return Home(tmp_path / "home").create()


@pytest.fixture
def core(home: Home) -> Iterator[Connection]:
    """The working store, to ask what became of deliveries."""
    with working_store(home) as db:
        yield db


def taken_in(core: Connection, home: Home, *made: Delivery) -> None:
    """Deliveries as `core`."""
    staging.start(core)
    for table in TABLES:
        staging.stage(core, table, [(d.id, d.parquet(home, table.name)) for d in made])
    staging.swap_in(core, TABLES)


def holds(core: Connection, table: str, drawing: str) -> None:
    """A table of `core` has the drawn rows; `pupil` numbers the pupils by age."""
    header, expected = read(drawing)
    joined = f"core.{table} left join {PUPILS} using (pupil_id)" if "pupil" in header else f"core.{table}"
    rows = core.execute(
        f"select {', '.join(header)} from {joined} where superseded_date > date '2030-01-01'"
    ).fetchall()
    got = [
        tuple("" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell) for cell in row)
        for row in rows
    ]
    assert draw(header, got) == draw(header, expected)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_discimus(home: Home, core: Connection, tmp_path: Path, encoding: str) -> None:
    """Ana moves within the year to part-time vocational school; Ben is in kindergarten; Cas is in year 5 tso."""
    made, _ = deliver(home, written(tmp_path / "in", DISCIMUS, encoding), "discimus")
    taken_in(core, home, made)
    assert set_aside(home) == []
    holds(core, "pupils", """
        pupil | birth_date | sex_code | municipality_code | known_date
        p1    | 2005-01-01 | M        | 11002             | 2021-08-25
        p2    | 2005-03-15 | F        | 44021             | 2021-08-25
        p3    | 2016-07-01 | M        | 11002             | 2021-08-27
    """)  # fmt: skip
    holds(core, "enrolments", """
        pupil | school_id | school_year | level_code   | grade | study_form_code | start_date | end_date   | exit_reason_code | known_date | end_known_date
        p1    | 126       | 2021        | secondary    | 5     | tso             | 2021-09-01 |            |                  | 2021-08-25 |
        p2    | 126       | 2021        | secondary    | 1     | first_stage     | 2021-09-01 | 2022-01-14 | school_change    | 2021-08-25 | 2022-01-17
        p2    | 127       | 2021        | secondary    |       | dbso            | 2022-01-17 |            |                  | 2022-01-17 |
        p3    | 211       | 2021        | kindergarten | 3     |                 | 2021-09-01 |            |                  | 2021-08-27 |
    """)  # fmt: skip
    holds(core, "absences", """
        pupil | school_id | absence_date | day_part_code | school_year | absence_code | known_date
        p2    | 126       | 2021-10-06   | AM            | 2021        | B            | 2021-10-08
    """)  # fmt: skip
    holds(core, "schools", """
        school_id | school_name | level_code   | network_code | is_special
        126       | De Linde    | secondary    | vgo          | false
        127       | Het Centrum | secondary    | go           | false
        211       | De Wilg     | kindergarten | ogo          | false
    """)  # fmt: skip
    holds(core, "socio_economic", """
        pupil | school_year | school_allowance | mother_low_education | neighbourhood_delay | home_language_not_dutch | known_date
        p3    | 2021        | true             | false                | true                |                         | 2022-02-01
    """)  # fmt: skip
    holds(core, "certificates", "pupil | school_year | certificate_code\np1 | 2021 | B")
    holds(core, "qualifications", "pupil | qualification_code | qualification_date\np1 | diploma_so | 2023-06-30")


def test_an_absence_that_discimus_withdrew_stays_known_as_of_its_time(
    home: Home, core: Connection, tmp_path: Path
) -> None:
    """Registered on 8 October, withdrawn on 20 October."""
    taken_in(core, home, deliver(home, written(tmp_path / "in", DISCIMUS), "discimus")[0])
    rows = core.execute("select absence_date, known_date, superseded_date from core.absences order by 1").fetchall()
    assert [tuple(map(str, row)) for row in rows] == [
        ("2021-10-06", "2021-10-08", "9999-12-31"),
        ("2021-10-07", "2021-10-08", "2021-10-20"),
    ]


def test_a_number_that_cannot_be_one_is_set_aside(home: Home, tmp_path: Path) -> None:
    """A wrong check digit in one of sixty; many of them refuse the delivery, without saying a number."""
    header, *rows = [line.strip() for line in DISCIMUS["leerlingenkenmerken"].strip().splitlines()]
    many = [
        row.replace("16070100093", number) for row in rows for number in ["16070100093", "05031500093", "05010100014"]
    ]
    years = [row.replace("2021-2022", f"{year}-{year + 1}") for row in many for year in range(2000, 2020)]
    wrong = {
        **DISCIMUS,
        "leerlingenkenmerken": "\n".join([header, *years, rows[0].replace("16070100093", "16070100094")]),
    }
    deliver(home, written(tmp_path / "one", wrong), "discimus")
    assert [(row.table, row.rule, row.line) for row in set_aside(home)] == [("socio_economic", "key:pupil_id", 62)]
    wrong["leerlingenkenmerken"] = "\n".join([header, rows[0].replace("16070100093", "16070100094")])
    with pytest.raises(QuarantineError, match="socio_economic: 1 of 1 rows.*`key:pupil_id`") as refused:
        deliver(home, written(tmp_path / "many", wrong), "discimus")
    assert "16070100094" not in str(refused.value)


def test_informat(home: Home, core: Connection, tmp_path: Path) -> None:
    """Local letters become official codes; late, present and no lessons are no absence, and nothing is lost by that."""
    made, _ = deliver(home, written(tmp_path / "in", INFORMAT, "utf-8"), "informat")
    taken_in(core, home, made)
    assert set_aside(home) == []
    assert {f["name"]: f["accepted"] for f in made.files} == dict.fromkeys(INFORMAT_FILES, 1) | {"afwezigheden.csv": 4}
    holds(core, "absences", """
        pupil | school_id | absence_date | day_part_code | absence_code | known_date
        p1    | 126       | 2021-10-04   | AM            | Z            | 2021-10-11
        p1    | 126       | 2021-10-04   | PM            | Z            | 2021-10-11
        p1    | 126       | 2021-10-05   | PM            | R            | 2021-10-12
        p1    | 126       | 2021-10-08   | AM            | B            | 2021-10-15
    """)  # fmt: skip
    holds(core, "enrolments", """
        pupil | school_id | school_year | level_code | grade | study_form_code | start_date | end_date   | exit_reason_code
        p1    | 126       | 2021        | secondary  | 5     | bso             | 2021-09-01 | 2022-06-30 | year_end
    """)  # fmt: skip


def test_a_pupil_is_the_same_one_in_every_system_that_knows_the_number(
    home: Home, core: Connection, tmp_path: Path
) -> None:
    """Enrolled in Informat, absent in Smartschool."""
    made = [
        deliver(home, written(tmp_path / "informat", INFORMAT), "informat")[0],
        deliver(home, written(tmp_path / "smartschool", SMARTSCHOOL), "smartschool")[0],
    ]
    taken_in(core, home, *made)
    holds(core, "absences", """
        pupil | absence_date | day_part_code | absence_code
        p1    | 2021-10-04   | AM            | Z
        p1    | 2021-10-04   | PM            | Z
        p1    | 2021-10-05   | PM            | R
        p1    | 2021-10-08   | AM            | B
        p1    | 2021-11-08   | AM            | B
        p1    | 2021-11-09   | AM            | R
    """)  # fmt: skip
    assert core.execute("select count(*) from core.pupils").fetchall() == [(1,)]

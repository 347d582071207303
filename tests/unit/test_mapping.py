"""What the mapping promises: every line becomes a row, is set aside with its rule, or is a duplicate; or all is refused."""

import csv
import gzip
import io
from collections import Counter
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from intake_example import (
    CANARY,
    HEADER,
    PUPIL_KIND,
    PUPIL_SQL,
    admitted,
    good_rows,
    mapped,
    mapped_table,
    pupil_lines,
    rows_of,
    set_aside,
)
from tables import draw, read

from data_contracts import contract
from data_contracts.contract import MOST_SET_ASIDE_RATE
from warehouse.mapping import MappingError
from warehouse.quarantine import QuarantineError

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
ROW = f"P1,2010-01-01,M,{CANARY},2019-09-01"


@settings(max_examples=40, deadline=None)
@given(cells=st.lists(CELLS, min_size=1, max_size=5))
@example(cells=["\r", "\n"])
def test_whatever_text_stands_in_a_cell_arrives_as_it_is(cells: list[str]) -> None:
    """Quotes, commas, ends of line, spaces and any script; an empty cell is missing."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([HEADER, *([f"P{i}", "2010-01-01", "M", cell, "2019-09-01"] for i, cell in enumerate(cells))])
    with TemporaryDirectory() as name:
        folder = Path(name)
        file = admitted(folder, text.getvalue().encode())
        assert mapped(folder, [file])["files"][0]["lines_in"] == len(cells)
        arrived = Counter(row[0] for row in rows_of(folder / "mapped" / "pupils.parquet", "race"))
    assert arrived == Counter(cell or None for cell in cells)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["good", "again", "no date", "no key", "other row of a key"]), max_size=5))
def test_lines_in_are_accepted_set_aside_or_duplicates(kinds: list[str]) -> None:
    """Against counting by hand: a line that stood there before is a duplicate, one that breaks a rule is set aside."""
    lines = {
        "again": "G0,2010-01-01,F,,2019-09-01",
        "no date": "N{i},2010-13-01,F,,2019-09-01",
        "no key": ",2010-01-01,F,x{i},2019-09-01",
        "other row of a key": "G1,2010-02-02,M,x{i},2019-09-01",
    }
    rows = [lines.get(kind, "X{i},2010-01-01,F,,2019-09-01").format(i=i) for i, kind in enumerate(kinds)]
    with TemporaryDirectory() as name:
        made = mapped(Path(name), [admitted(Path(name), pupil_lines(*good_rows(250), *rows))])
        stored = rows_of(Path(name) / "mapped" / "pupils.parquet", "count(*)")[0][0]
    count = Counter(kinds)
    aside = count["no date"] + count["no key"] + count["other row of a key"]
    found = made["files"][0]
    assert (found["lines_in"], found["duplicates"], found["quarantined"]) == (250 + len(rows), count["again"], aside)
    assert found["accepted"] == stored == 250 + count["good"]


def test_a_packed_file_is_read_like_a_plain_one(tmp_path: Path) -> None:
    """The same rows, from `.csv` and from `.csv.gz`."""
    content = pupil_lines(*good_rows(5))
    for name, packed in (("leerlingen.csv", content), ("leerlingen.csv.gz", gzip.compress(content))):
        mapped(tmp_path / name, [admitted(tmp_path / name, packed, name)])
    plain, unpacked = (
        rows_of(tmp_path / n / "mapped" / "pupils.parquet", ", ".join(contract("pupils").column_names))
        for n in ("leerlingen.csv", "leerlingen.csv.gz")
    )
    assert plain == unpacked and len(plain) == 5


ENROLMENTS = """
    enrolment_id | pupil_id | school_id | school_year | level_code | grade | start_date | end_date   | known_date | end_known_date
    E1           | P1       | S1        | 2019        | primary    | 4.0   | 2019-09-01 |            | 2019-09-01 |
    E1           | P1       | S1        | 2019        | primary    | 5     | 2019-09-01 |            | 2019-09-01 |
    E2           |          | S1        | 2019        | primary    | 4     | 2019-09-01 |            | 2019-09-01 |
    E3           | P3       | S1        | 1066        | primary    | 4     | 2019-09-01 |            | 2019-09-01 |
    E4           | P4       | S1        | 2019        | primary    | 2.7   | 2019-09-01 |            | 2019-09-01 |
    E5           | P5       | S1        | 2019        | primary    | four  | 2019-09-01 |            | 2019-09-01 |
    E6           | P6       | S1        | 2019        | primary    | 4     | 2019-02-30 |            | 2019-09-01 |
    E7           | P7       | S1        | 2019        | primary    | 4     | 2019-09-01 | 2019-08-01 | 2019-09-01 | 2019-09-02
    E8           | P8       | S1        | 2019        | primary    | 4     | 2019-09-01 | 2019-10-01 | 2019-09-01 |
"""


def test_a_row_is_set_aside_with_the_first_rule_it_breaks(tmp_path: Path) -> None:
    """The line in the file and the rule, never the row."""
    header, rows = read(ENROLMENTS)
    good = [(f"G{i}", f"P{i}", "S1", "2019", "primary", "1", "2019-09-01", "", "2019-09-01", "") for i in range(400)]
    drawing = "\n".join([" | ".join(header), *(" | ".join(row) for row in [*rows, *good])])
    made = mapped_table(tmp_path, "enrolments", enrolments=drawing)
    assert set_aside(tmp_path) == draw(
        *read("""
        _line | rule
        3     | unique_key
        4     | required:pupil_id
        5     | range:school_year
        6     | type:grade
        7     | type:grade
        8     | type:start_date
        9     | ends_after_start
        10    | end_is_dated
        """)
    )
    assert made["tables"]["enrolments"] == {"accepted": 401, "quarantined": 8}


def test_more_bad_rows_than_the_limit_refuse_the_delivery(tmp_path: Path) -> None:
    """One more than the share that may be set aside; the message names the rule, the rows and the first line."""
    bad = int(100 * MOST_SET_ASIDE_RATE) + 1
    rows = [*good_rows(100 - bad), *(f"N{i},{CANARY},F,,2019-09-01" for i in range(bad))]
    with pytest.raises(QuarantineError) as refused:
        mapped(tmp_path, [admitted(tmp_path, pupil_lines(*rows))])
    for words in (
        "pupils: 3 of 100 rows",
        "`type:birth_date`",
        "3 row(s), the first on line 99 of leerlingen.csv",
        "Mend",
    ):
        assert words in str(refused.value)
    assert CANARY not in str(refused.value)


@pytest.mark.parametrize(
    ("rate", "bad", "is_refused"), [(0.0, 1, True), (0.005, 1, True), (0.4, 40, False), (0.4, 41, True)]
)
def test_a_contract_may_have_a_limit_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rate: float, bad: int, is_refused: bool
) -> None:
    """Of a hundred rows; the message tells the limit."""
    stricter = replace(contract("pupils"), most_set_aside_rate=rate)
    monkeypatch.setattr("warehouse.mapping.contract", lambda name: stricter)
    rows = [*good_rows(100 - bad), *(f"N{i},never,F,,2019-09-01" for i in range(bad))]
    files = [admitted(tmp_path, pupil_lines(*rows))]
    if is_refused:
        with pytest.raises(
            QuarantineError, match=rf"pupils: {bad} of 100 rows break a rule, more than {rate * 100:g}%"
        ):
            mapped(tmp_path, files)
    else:
        assert mapped(tmp_path, files)["tables"]["pupils"] == {"accepted": 60, "quarantined": 40}


ABSENCE_HEAD = "pupil_id | school_id | absence_date | day_part_code | school_year | absence_code | known_date"


def absences(*rows: str) -> str:
    """So many good absences that one bad one is within the limit, and some drawn ones before them."""
    good = (f"P{i} | S1 | 2019-10-01 | AM | 2019 | B | 2019-10-09" for i in range(100))
    return "\n".join([ABSENCE_HEAD, *rows, *good])


def test_a_row_with_an_unknown_code_is_set_aside(tmp_path: Path) -> None:
    """The others stay."""
    mapped_table(tmp_path, "absences", absences=absences("P1 | S1 | 2019-10-02 | MA | 2019 | B | 2019-10-09"))
    assert set_aside(tmp_path) == draw(("_line", "rule"), [("2", "code:day_part_code")])


@pytest.mark.parametrize(
    ("code", "told"),
    [("MA", "Unknown code 'MA'; nearest known: PM, AM"), (CANARY, "Known in codelists/day_part.csv: AM, PM")],
)
def test_many_unknown_codes_refuse_with_the_nearest_known_ones(code: str, told: str, tmp_path: Path) -> None:
    """The code is said where it can be nothing else: a name in the wrong column is not."""
    rows = [f"P1 | S1 | 2019-10-0{day} | {code} | 2019 | B | 2019-10-09" for day in (2, 3, 4)]
    with pytest.raises(QuarantineError, match="absences: 3 of 103 rows break a rule.*`code:day_part_code`") as refused:
        mapped_table(tmp_path, "absences", absences=absences(*rows))
    assert told in str(refused.value) and CANARY not in str(refused.value)


def test_a_code_is_judged_on_its_day(tmp_path: Path) -> None:
    """D was a letter until 31 August 2019."""
    mapped_table(
        tmp_path,
        "absences",
        absences=absences(
            "P1 | S1 | 2019-05-02 | AM | 2018 | D | 2019-10-09", "P1 | S1 | 2019-10-02 | AM | 2019 | D | 2019-10-09"
        ),
    )
    assert set_aside(tmp_path) == draw(("_line", "rule"), [("3", "dated_code:absence_code")])


def test_an_old_code_becomes_the_official_one(tmp_path: Path) -> None:
    """In 2018 a D was written for what is now one of the seven: the code list says which."""
    drawn = """
        pupil_id | school_id | absence_date | day_part_code | school_year | absence_code | known_date
        P1       | S1        | 2018-10-01   | AM            | 2018        | D            | 2018-10-02
        P1       | S1        | 2018-10-01   | PM            | 2018        | B            | 2018-10-02
    """
    mapped_table(tmp_path, "absences", absences=drawn)
    assert rows_of(tmp_path / "mapped" / "absences.parquet", "day_part_code, absence_code") == [
        ("AM", "Z"),
        ("PM", "B"),
    ]


def test_natural_keys_become_the_same_pseudonym_in_every_table(tmp_path: Path) -> None:
    """So that tables can be joined, while no number of a pupil is left in them."""
    for table in ("pupils", "enrolments"):
        mapped_table(tmp_path / table, table)
    pupils, enrolled = (rows_of(tmp_path / t / "mapped" / f"{t}.parquet", "pupil_id") for t in ("pupils", "enrolments"))
    assert sorted(pupils) == sorted(enrolled) and len(set(pupils)) == 2
    assert not {("P1",), ("P2",)} & set(pupils)


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        (PUPIL_SQL.replace("race,", ""), "lacks race and has nothing too many"),
        (PUPIL_SQL.replace("race,", "race, 1 as extra,"), "lacks nothing and has extra (line 2) too many"),
        (PUPIL_SQL.replace("race,", "ras as race,"), '"ras" not found'),
        (PUPIL_SQL.replace("race,", "cast(race as integer) as race,"), "ConversionException on a row"),
        (PUPIL_SQL.replace("race,", "error(race) as race,"), "InvalidInputException on a row"),
        (PUPIL_SQL + "where exists (select 1 from read_csv('/etc/passwd'))", "Permission Error"),
    ],
)
def test_a_mapping_that_is_wrong_is_named_with_what_to_do(sql: str, told: str, tmp_path: Path) -> None:
    """Wrong columns, SQL that cannot run, a file that is none of the delivery; never a cell that it stumbled on."""
    with pytest.raises(MappingError) as refused:
        mapped(tmp_path, [admitted(tmp_path, pupil_lines(ROW))], sql)
    assert "mappings/drawn/pupils.sql" in str(refused.value) and told in str(refused.value)
    assert "Mend" in str(refused.value) and CANARY not in str(refused.value)


def test_a_column_of_the_wrong_type_is_named_with_its_line(tmp_path: Path) -> None:
    """The contract promises a date, the mapping yields a number: the line of the SQL is shown."""
    sql = PUPIL_SQL.replace("birth_date,", "length(birth_date) as birth_date,")
    with pytest.raises(MappingError, match=r"yields birth_date as bigint, the contract promises date. Line 2 .*length"):
        mapped(tmp_path, [admitted(tmp_path, pupil_lines(ROW))], sql)


def lines_of(*numbers: int) -> str:
    return " or ".join(f"pupil_id = 'G{n}'" for n in numbers)


def test_a_line_that_the_mapping_drops_is_set_aside(tmp_path: Path) -> None:
    """One of a hundred; where the description says that it is left out on purpose it is accepted."""
    sql = f"{PUPIL_SQL} where not ({lines_of(3)})"
    dropped = mapped(tmp_path / "dropped", [admitted(tmp_path / "dropped", pupil_lines(*good_rows(100)))], sql)
    assert set_aside(tmp_path / "dropped") == draw(("_line", "rule"), [("5", "not_mapped")])
    assert dropped["files"][0]["accepted"] == 99
    kind = replace(PUPIL_KIND, leave_out=lines_of(3))
    meant = mapped(tmp_path / "meant", [admitted(tmp_path / "meant", pupil_lines(*good_rows(100)), kind=kind)], sql)
    assert meant["files"][0]["accepted"] == 100


def test_many_lines_that_the_mapping_drops_refuse_the_delivery(tmp_path: Path) -> None:
    """The message says what to do in the description of the source."""
    with pytest.raises(
        QuarantineError, match="leerlingen.csv: 3 of 100 lines are set aside as `not_mapped`.*`leave_out`"
    ):
        mapped(
            tmp_path, [admitted(tmp_path, pupil_lines(*good_rows(100)))], f"{PUPIL_SQL} where not ({lines_of(3, 4, 5)})"
        )


def test_of_two_rows_of_one_key_and_day_the_same_one_counts_in_any_order(tmp_path: Path) -> None:
    """The other is set aside; what it says decides, not where it stands."""
    rows, kept = [f"G{i},2010-01-0{i},F,,2019-09-01" for i in (1, 2)], []
    for name, order in (("a", rows), ("b", rows[::-1])):
        again = [row.replace("F", "M") for row in order]
        content = pupil_lines(*order, *again, *(row.replace("G", "H") for row in good_rows(200)))
        mapped(tmp_path / name, [admitted(tmp_path / name, content)])
        kept.append(rows_of(tmp_path / name / "mapped" / "pupils.parquet", "pupil_id, sex_code"))
        assert Counter(set_aside(tmp_path / name).split())["unique_key"] == 2
    assert kept[0] == kept[1]


def withdrawn(sql: str) -> dict[str, Any]:
    return {"sql": sql.replace("_file,", "race = 'weg' as _withdrawn, _file,")}


def test_a_row_that_is_withdrawn_need_only_be_found(tmp_path: Path) -> None:
    """It says of which key and since when; the rest may be missing."""
    content = pupil_lines("P1,2010-01-01,M,,2019-09-01", "P1,,,weg,2020-01-01")
    made = mapped(tmp_path, [admitted(tmp_path, content)], **withdrawn(PUPIL_SQL))
    assert made["tables"]["pupils"] == {"accepted": 2, "quarantined": 0}
    stored = rows_of(tmp_path / "mapped" / "pupils.parquet", "cast(known_date as varchar), _withdrawn")
    assert stored == [("2019-09-01", False), ("2020-01-01", True)]

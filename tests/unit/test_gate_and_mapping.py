"""What the gate and the mapping promise: every line is accepted, set aside with its rule, or a duplicate; or all is refused."""

import csv
import gzip
import io
from collections import Counter
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
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

from warehouse.gate import GateError
from warehouse.mapping import QUARANTINE_SHARE, MappingError

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
ROW = f"P1,2010-01-01,M,{CANARY},2019-09-01"


@settings(max_examples=40, deadline=None)
@given(cells=st.lists(CELLS, min_size=1, max_size=5))
def test_whatever_text_stands_in_a_cell_arrives_as_it_is(cells: list[str]) -> None:
    """Quotes, commas, ends of line, spaces and any script; an empty cell is missing."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([HEADER, *([f"P{i}", "2010-01-01", "M", cell, "2019-09-01"] for i, cell in enumerate(cells))])
    with TemporaryDirectory() as name:
        folder = Path(name)
        file = admitted(folder, text.getvalue().encode())
        assert file.lines_in == len(cells)
        mapped(folder, [file])
        arrived = Counter(row[0] for row in rows_of(folder / "out" / "pupils.parquet", "race"))
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
        stored = rows_of(Path(name) / "out" / "pupils.parquet", "count(*)")[0][0]
    count = Counter(kinds)
    aside = count["no date"] + count["no key"] + count["other row of a key"]
    found = made.files["leerlingen.csv"]
    assert (found["lines_in"], found["duplicates"], found["quarantined"]) == (250 + len(rows), count["again"], aside)
    assert found["accepted"] == stored == 250 + count["good"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty. Deliver"),
        (pupil_lines(), "a header and no lines. Deliver"),
        (b'"pupil_id","birth_date","sex_code","race","known_date"\n', "a header and no lines. Deliver"),
        (pupil_lines(ROW).replace(b"race", b"ras"), "lacks the column(s) race. Deliver"),
        (pupil_lines(ROW).replace(b"race", b"race,Race"), "has the column(s) Race, race twice. Deliver"),
        (pupil_lines(ROW, "P2,\0"), "holds NUL bytes, so it is no text file. Export"),
        (pupil_lines(ROW) + b"P2,\xff\n", "is not utf-8: byte 88 cannot be decoded. Export"),
        (pupil_lines(ROW.replace("M", '"M'), ROW), "Look for a quote that is not closed"),
    ],
)
def test_the_gate_refuses_what_is_no_table_of_text(content: bytes, told: str, tmp_path: Path) -> None:
    """The message names the file, what is wrong and what to do, and no cell of a pupil."""
    with pytest.raises(GateError) as refused:
        admitted(tmp_path, content)
    assert "leerlingen.csv" in str(refused.value) and told in str(refused.value)
    assert CANARY not in str(refused.value)


def spoiled_gzip() -> bytes:
    """A packed file with a byte changed in its middle."""
    packed = bytearray(gzip.compress(pupil_lines(*good_rows(3000))))
    packed[len(packed) // 3 : len(packed) // 3 + 40] = b"\xff" * 40
    return bytes(packed)


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(pupil_lines(ROW))[:-9], spoiled_gzip()])
def test_a_packed_file_that_is_broken_is_refused(content: bytes, tmp_path: Path) -> None:
    """No gzip at all, cut off, or altered."""
    with pytest.raises(GateError, match="leerlingen.csv.gz cannot be read: .* Deliver the file again"):
        admitted(tmp_path, content, "leerlingen.csv.gz")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (pupil_lines(*good_rows(3), f"P1,2010-01-01,M,{CANARY}"), "Error on Line: 5, Expected Number of Columns: 5 Found: 4"),
        (pupil_lines(f"{ROW},{CANARY}"), "Error on Line: 2, Expected Number of Columns: 5 Found: 6"),
        (pupil_lines(ROW, "", ROW.replace("P1", "P2")), "3 lines in, but 2 could be read. Look for quotes or blank lines"),
        (pupil_lines(ROW + "\r", ROW), "quotes or line endings that change halfway"),
    ],
)  # fmt: skip
def test_a_line_that_does_not_fit_the_header_refuses_the_file(content: bytes, told: str, tmp_path: Path) -> None:
    """Too few cells, too many, a blank line, two kinds of line endings: which line, and never what stands there."""
    with pytest.raises(MappingError) as refused:
        mapped(tmp_path, [admitted(tmp_path, content)])
    assert "leerlingen.csv" in str(refused.value) and told in str(refused.value)
    assert CANARY not in str(refused.value) and "P1" not in str(refused.value)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False], ids=["closed", "open"])
def test_the_end_of_a_line_is_a_matter_of_taste(end: str, last: bool, tmp_path: Path) -> None:
    """Unix or Windows, and whether the last line is closed."""
    text = pupil_lines(*good_rows(3)).decode().replace("\n", end)
    file = admitted(tmp_path, (text if last else text.removesuffix(end)).encode())
    assert file.lines_in == 3
    assert mapped(tmp_path, [file]).tables["pupils"] == {"accepted": 3, "quarantined": 0}


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8", "utf-8-sig"])
def test_letters_survive_the_encoding_that_the_system_promises(encoding: str, tmp_path: Path) -> None:
    """What arrives is what was meant; the delivered file itself is left as it was."""
    content = pupil_lines("P1,2010-01-01,F,Zoë Ångström,2019-09-01").decode().encode(encoding)
    file = admitted(tmp_path, content, kind=replace(PUPIL_KIND, encoding=encoding))
    mapped(tmp_path, [file])
    assert rows_of(tmp_path / "out" / "pupils.parquet", "race") == [("Zoë Ångström",)]
    assert file.original.read_bytes() == content


def test_a_packed_file_is_read_like_a_plain_one(tmp_path: Path) -> None:
    """The same rows, from `.csv` and from `.csv.gz`."""
    content = pupil_lines(*good_rows(5))
    for name, packed in (("leerlingen.csv", content), ("leerlingen.csv.gz", gzip.compress(content))):
        mapped(tmp_path / name, [admitted(tmp_path / name, packed, name)])
    plain, unpacked = (
        rows_of(tmp_path / n / "out" / "pupils.parquet") for n in ("leerlingen.csv", "leerlingen.csv.gz")
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
    assert set_aside(tmp_path, "enrolments") == draw(
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
    assert made.tables["enrolments"] == {"accepted": 401, "quarantined": 8}


def test_more_bad_rows_than_the_limit_refuse_the_delivery(tmp_path: Path) -> None:
    """One more than the share that may be set aside; the message names the rule, the rows and the first line."""
    bad = int(100 * QUARANTINE_SHARE) + 1
    rows = [*good_rows(100 - bad), *(f"N{i},{CANARY},F,,2019-09-01" for i in range(bad))]
    with pytest.raises(MappingError) as refused:
        mapped(tmp_path, [admitted(tmp_path, pupil_lines(*rows))])
    for words in (
        "pupils: 3 of 100 rows",
        "`type:birth_date`",
        "3 rows, the first on line 99 of leerlingen.csv",
        "Mend",
    ):
        assert words in str(refused.value)
    assert CANARY not in str(refused.value)


def test_an_unknown_code_refuses_with_the_nearest_known_ones(tmp_path: Path) -> None:
    """Table, column, code, how many rows, what was perhaps meant and where to add it."""
    drawn = (
        "pupil_id | school_id | absence_date | day_part_code | school_year | absence_code | known_date\n"
        + "\n".join(f"P1 | S1 | 2019-10-0{day} | MA | 2019 | B | 2019-10-09" for day in (1, 2))
    )
    with pytest.raises(
        MappingError, match="absences: column `day_part_code` has 2 row.s. with unknown code 'MA'.*AM.*day_part.csv"
    ):
        mapped_table(tmp_path, "absences", absences=drawn)  # fmt: skip


def test_an_old_code_becomes_the_official_one(tmp_path: Path) -> None:
    """In 2018 a D was written for what is now one of the seven: the code list says which."""
    drawn = """
        pupil_id | school_id | absence_date | day_part_code | school_year | absence_code | known_date
        P1       | S1        | 2018-10-01   | AM            | 2018        | D            | 2018-10-02
        P1       | S1        | 2018-10-01   | PM            | 2018        | B            | 2018-10-02
    """
    mapped_table(tmp_path, "absences", absences=drawn)
    assert rows_of(tmp_path / "out" / "absences.parquet", "day_part_code, absence_code") == [("AM", "Z"), ("PM", "B")]


def test_natural_keys_become_the_same_pseudonym_in_every_table(tmp_path: Path) -> None:
    """So that tables can be joined, while no number of a pupil is left in them."""
    for table in ("pupils", "enrolments"):
        mapped_table(tmp_path / table, table)
    pupils, enrolled = (rows_of(tmp_path / t / "out" / f"{t}.parquet", "pupil_id") for t in ("pupils", "enrolments"))
    assert sorted(pupils) == sorted(enrolled) and len(set(pupils)) == 2
    assert not {("P1",), ("P2",)} & set(pupils)


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        (PUPIL_SQL.replace("race,", ""), "lacks race and has nothing too many"),
        (PUPIL_SQL.replace("race,", "race, 1 as extra,"), "lacks nothing and has extra too many"),
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

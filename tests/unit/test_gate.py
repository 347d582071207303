"""What the gate promises: a file is read to its last line, each line good or set aside, or it is refused; nothing is lost in silence."""

import csv
import gzip
import io
import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from intake_example import CANARY, HEADER, PUPIL_KIND, admitted, good_rows, pupil_lines

from warehouse.gate import GatedFile, GateError
from warehouse.loading import LoadingError, load
from warehouse.sifting import MOST_CHARACTERS
from warehouse.source import SourceFile, SourceSystem

CASES = 2_000 if os.environ.get("CI") else 200
ROW = f"P1,2010-01-01,M,{CANARY},2019-09-01"
DETECTING = replace(PUPIL_KIND, encoding="detect")


def loaded(
    folder: Path, content: bytes, kind: SourceFile = DETECTING
) -> tuple[GatedFile, list[tuple[object, ...]], int]:
    """What the gate and the loading make of a file: the file, its rows with their lines, and its duplicates."""
    with duckdb.connect() as db:
        files, duplicates = load(
            db, [admitted(folder, content, kind=kind)], SourceSystem("drawn", "drawn", (kind,), {})
        )
        columns = ", ".join(f'"{name}"' for name in kind.columns)
        rows = db.execute(f'select _line, {columns} from "{kind.name}" order by _line').fetchall()
    return files[0], rows, duplicates["leerlingen.csv"]


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
PLAIN_CELLS = CELLS.filter(lambda cell: "\r" not in cell)  # a lone return is an end of line to some readers only
LINES = st.lists(st.lists(CELLS, min_size=3, max_size=7), max_size=6)
DAMAGE = st.lists(
    st.tuples(st.integers(0, 300), st.sampled_from([b'"', b"\n", b"\r", b",", b"\0", b"\xff", b"", b";"])), max_size=4
)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Any bytes, or a table of text with something wrong in it."""
    if draw(st.booleans()):
        return draw(st.binary(max_size=200))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=draw(st.sampled_from(["\n", "\r\n", "\r"])))
    writer.writerows([HEADER, *draw(LINES)])
    content = text.getvalue().encode(draw(ENCODINGS), errors="replace")
    for place, what in draw(DAMAGE):
        content = content[:place] + what + content[place + 1 :]
    return content


@settings(max_examples=CASES, deadline=None)
@given(content=files())
@example(pupil_lines(*good_rows(3)).replace(b"\n", b"\r"))
@example(pupil_lines("a,b,c,d", "a,b,c,d,e", "a,b,c,d,e,f"))
def test_whatever_bytes_come_they_are_refused_or_add_up(content: bytes) -> None:
    """No other error, no hang, and every line is a row, a bad line or a duplicate."""
    with TemporaryDirectory() as name:
        try:
            file, rows, duplicates = loaded(Path(name), content)
        except (GateError, LoadingError) as refused:
            assert "leerlingen.csv" in str(refused)
            return
    assert file.lines_in == len(rows) + len(file.bad_lines) + duplicates
    assert len({row[0] for row in rows} | {line for line, _ in file.bad_lines}) == len(rows) + len(file.bad_lines)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(PLAIN_CELLS, min_size=5, max_size=5), min_size=1, max_size=6),
    encoding=ENCODINGS.filter(lambda e: e != "cp1252"),
)
def test_what_is_well_formed_is_read_as_pythons_own_reader_reads_it(rows: list[list[str]], encoding: str) -> None:
    """An independent oracle for every cell, and for the line on which each row begins."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([HEADER, *rows])
    reader, expected, last = csv.reader(io.StringIO(text.getvalue(), newline="")), {}, 0
    for cells in reader:
        first, last = last + 1, reader.line_num
        if first > 1:
            expected.setdefault(tuple(cell or None for cell in cells), first)
    with TemporaryDirectory() as name:
        _, got, duplicates = loaded(Path(name), text.getvalue().encode(encoding))
    assert {row[1:]: row[0] for row in got} == expected
    assert duplicates == len(rows) - len(expected)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty. Deliver"),
        (pupil_lines(), "a header and no lines. Deliver"),
        (b'"pupil_id","birth_date","sex_code","race","known_date"\n', "a header and no lines. Deliver"),
        (pupil_lines(ROW).replace(b"race", b"ras"), "lacks the column(s) race. Deliver"),
        (pupil_lines(ROW).replace(b",", b";"), "seem to be divided by ';' and not by ','"),
        (pupil_lines(ROW).replace(b"race", b"race,Race"), "has the column(s) Race, race twice. Deliver"),
        (pupil_lines(ROW).replace(b"race", b"race,Jan,jan"), "has the column(s) number 5, number 6 twice. Deliver"),
        (pupil_lines(ROW, "P2,\0"), "holds NUL bytes, so it is no utf-8 text. If it is UTF-16"),
        (pupil_lines(ROW).decode().encode("utf-16-le"), "If it is UTF-16 without a mark, say `encoding: utf-16-le`"),
        (pupil_lines(ROW) + b"P2,\xff\n", "is not utf-8: byte 88 cannot be decoded. Export it again as utf-8, or say"),
        (pupil_lines(ROW, ROW.replace("M", '"M'), ROW), "a quote that opens on line 3 is not closed"),
    ],
)
def test_what_is_no_table_of_text_is_refused(content: bytes, told: str, tmp_path: Path) -> None:
    """The message names the file, what is wrong and what to do, and no cell of a pupil."""
    with pytest.raises(GateError) as refused:
        loaded(tmp_path, content)
    assert "leerlingen.csv" in str(refused.value) and told in str(refused.value)
    assert CANARY not in str(refused.value)


def test_one_quote_that_is_not_closed_loses_no_row_in_silence(tmp_path: Path) -> None:
    """One of 2,001 rows: refused, with the line where the quote opens."""
    rows = good_rows(2_001)
    rows[1_000] = rows[1_000].replace(",F", ',"F')
    with pytest.raises(GateError, match="a quote that opens on line 1002 is not closed"):
        loaded(tmp_path, pupil_lines(*rows))


LONG = "x" * (MOST_CHARACTERS + 1)


@pytest.mark.parametrize(
    ("lines", "bad"),
    [
        (["a,b,c,d,e", "a,b,c,d", "f,b,c,d,e"], [(3, "cells")]),
        (["a,b,c,d,e", "a,b,c,d,e,f", "f,b,c,d,e"], [(3, "cells")]),
        (["a,b,c,d,e", "", "f,b,c,d,e"], []),
        (["a,b,c,d,e", 'a,"b', 'c",d', "f,b,c,d,e"], [(3, "cells"), (4, "cells")]),
        (["a,b,c,d,e", f"a,b,c,{LONG},e", "f,b,c,d,e"], [(3, "field_too_long")]),
        (["a,b,c,d,e\r", "f,b,c,d,e"], []),
        (["a,b,c,d,e", 'f,"b\n2",c,d,e', "g,b"], [(5, "cells")]),
    ],
)
def test_a_line_that_does_not_fit_is_set_aside_with_its_number(
    lines: list[str], bad: list[tuple[int, str]], tmp_path: Path
) -> None:
    """The others keep the numbers that they have in the file; a blank line is no line."""
    file, rows, _ = loaded(tmp_path, pupil_lines(*lines))
    assert list(file.bad_lines) == bad
    text = pupil_lines(*lines).decode().splitlines()
    assert [str(row[1]) for row in rows] == [text[int(str(row[0])) - 1].split(",")[0] for row in rows]
    assert file.lines_in == len(rows) + len(bad) and len(rows) >= 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False], ids=["closed", "open"])
def test_the_end_of_a_line_is_a_matter_of_taste(end: str, last: bool, tmp_path: Path) -> None:
    """Unix, Windows or an old Mac, and whether the last line is closed."""
    text = pupil_lines(*good_rows(3)).decode().replace("\n", end)
    file, rows, _ = loaded(tmp_path, (text if last else text.removesuffix(end)).encode())
    assert (file.lines_in, [row[0] for row in rows]) == (3, [2, 3, 4])


@pytest.mark.parametrize(
    ("declared", "written", "found"),
    [
        ("detect", "utf-8", "utf-8"),
        ("detect", "utf-8-sig", "utf-8-sig"),
        ("detect", "utf-16", "utf-16"),
        ("utf-8", "utf-8-sig", "utf-8-sig"),
        ("utf-16-le", "utf-16-le", "utf-16-le"),
        ("latin-1", "latin-1", "latin-1"),
        ("cp1252", "cp1252", "cp1252"),
    ],
)
def test_letters_survive_the_encoding_that_is_declared_or_marked(
    declared: str, written: str, found: str, tmp_path: Path
) -> None:
    """What arrives is what was meant, and how it was read is remembered; the delivered file itself is left as it was."""
    content = pupil_lines("P1,2010-01-01,F,Zoë Ångström,2019-09-01").decode().encode(written)
    file, rows, _ = loaded(tmp_path, content, replace(PUPIL_KIND, encoding=declared))
    assert (rows[0][4], file.encoding) == ("Zoë Ångström", found)
    assert file.original.read_bytes() == content


def test_columns_that_no_mapping_reads_are_told(tmp_path: Path) -> None:
    """They are left out, and the order of the others does not matter."""
    content = b"extra,known_date,race,sex_code,birth_date,pupil_id\nx,2019-09-01,r,M,2010-01-01,P1\n"
    file, rows, _ = loaded(tmp_path, content)
    assert file.unused == ["extra"] and rows == [(2, "P1", "2010-01-01", "M", "r", "2019-09-01")]


def spoiled_gzip() -> bytes:
    """A packed file with a byte changed in its middle."""
    packed = bytearray(gzip.compress(pupil_lines(*good_rows(3000))))
    packed[len(packed) // 3 : len(packed) // 3 + 40] = b"\xff" * 40
    return bytes(packed)


@pytest.mark.parametrize(
    "content",
    [b"no gzip", gzip.compress(pupil_lines(ROW), mtime=0)[:-9], spoiled_gzip()],
    ids=["no gzip", "cut off", "spoiled"],
)
def test_a_packed_file_that_is_broken_is_refused(content: bytes, tmp_path: Path) -> None:
    """No gzip at all, cut off, or altered."""
    with pytest.raises(GateError, match="leerlingen.csv.gz cannot be read: .* Deliver the file again"):
        admitted(tmp_path, content, "leerlingen.csv.gz")


def test_a_packed_file_that_unpacks_to_far_more_than_text_does_is_refused(tmp_path: Path) -> None:
    """Twenty megabytes of one letter, in twenty kilobytes."""
    with pytest.raises(GateError, match="more than 200 times its size"):
        admitted(tmp_path, gzip.compress(b"a" * (20 << 20)), "leerlingen.csv.gz")

"""Bad input, one by one: accepted rightly, set aside with its rule, or refused with a message, through the library and the command line."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from bad_input import (
    BAD_ROWS,
    bomb,
    encrypted,
    good_tables,
    lines,
    lying,
    reordered,
    spoil,
    with_bad_rows,
    workbook,
    write,
)

from data_contracts import contracts
from warehouse import staging
from warehouse.connection import working_store
from warehouse.gate import GateError
from warehouse.home import Home
from warehouse.landing import deliver
from warehouse.quarantine import QuarantineError
from warehouse.set_aside import set_aside
from warehouse.source import source_system

Runner = Callable[..., CompletedProcess[str]]
TABLES = staging.in_order([c for c in contracts().values() if c.name != "identities"])

REFUSED_BY = (GateError, QuarantineError)

ACCEPTED = [
    ("BOM", spoil("pupils", lambda c: b"\xef\xbb\xbf" + c)),
    ("UTF-16", spoil("pupils", lambda c: c.decode().encode("utf-16"))),
    ("line ends of Windows", spoil("pupils", lambda c: c.replace(b"\n", b"\r\n"))),
    ("mixed line ends", spoil("pupils", lines(lambda rows: [*rows[:9], rows[9].replace(b"\n", b"\r\n"), *rows[10:]]))),
    ("extra column", spoil("pupils", lines(lambda rows: [r.replace(b"\n", b",extra\n") for r in rows]))),
    ("reordered columns", spoil("pupils", reordered)),
    ("formula text", spoil("schools", lambda c: c.replace(b"De Wilg", b"=cmd"))),
    ("last line not closed", spoil("pupils", lambda c: c.removesuffix(b"\n"))),
]
SET_ASIDE = [
    ("truncated last line", spoil("pupils", lambda c: c[:-25]), "pupils.csv", 1001, "cells"),
    ("1 MB field", spoil("pupils", lambda c: c.replace(b"P0000", b"P" * (1 << 20) + b"0", 1)), "pupils.csv", 2, "field_too_long"),
    ("a cell too many", spoil("pupils", lines(lambda r: [*r[:5], r[5].replace(b"\n", b",x\n"), *r[6:]])), "pupils.csv", 6, "cells"),
]  # fmt: skip
REFUSED = [
    ("cp1252 that is not declared", spoil("schools", lambda c: c.replace(b"De Wilg", b"De Zo\xeb")), "schools.csv is not utf-8: byte"),
    ("NUL bytes", spoil("pupils", lambda c: c.replace(b"P0005", b"P\x00005")), "pupils.csv holds NUL bytes"),
    ("missing column", spoil("pupils", lambda c: c.replace(b"birth_date", b"geboren")), "pupils.csv lacks the column(s) birth_date"),
    ("duplicate column", spoil("pupils", lambda c: c.replace(b"race", b"race,sex_code")), "has the column(s) sex_code twice"),
    ("unclosed quote", spoil("pupils", lambda c: c.replace(b"P0005", b'"P0005')), "a quote that opens on line 7 is not closed"),
    ("empty file", spoil("pupils", lambda c: b""), "pupils.csv is empty"),
    ("header only", spoil("pupils", lines(lambda rows: rows[:1])), "pupils.csv has a header and no lines"),
    ("zip bomb", bomb, "delivery.zip unpacks to more than"),
    ("encrypted zip", encrypted, "delivery.zip is locked with a password"),
    ("zip that lies about a size", lying, "delivery.zip cannot be unpacked"),
    ("decimal commas in every row", spoil("attendance_by_year", lambda c: c.replace(b",10,", b',"1,5",')), "`type:absent_half_days`"),
    ("unknown code in every row", spoil("absences", lambda c: c.replace(b",Z,", b",Q,")), "Unknown code 'Q'; nearest known:"),
]  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    return Home(tmp_path / "home").create()


def balanced(files: list[dict[str, object]]) -> bool:
    return all(f["lines_in"] == f["accepted"] + f["quarantined"] + f["duplicates"] for f in files)  # type: ignore[operator]


@pytest.mark.parametrize(("name", "spoiled"), ACCEPTED, ids=[case[0] for case in ACCEPTED])
def test_it_is_accepted(
    aanboord: Runner, home: Home, tmp_path: Path, name: str, spoiled: Callable[[Path], Path]
) -> None:
    """All rows come in, by the library and by the command line, which says that it was delivered before."""
    made, is_new = deliver(home, spoiled(tmp_path / "in"), "aanboord")
    assert is_new and balanced(made.files) and set_aside(home) == []
    assert sum(counts["accepted"] for counts in made.tables.values()) == sum(map(len, good_tables().values()))
    again = aanboord("deliver", tmp_path / "in", "--system", "aanboord", "--home", home.root)
    assert again.returncode == 0 and "delivered before" in again.stdout


@pytest.mark.parametrize(("name", "spoiled", "file", "line", "rule"), SET_ASIDE, ids=[case[0] for case in SET_ASIDE])
def test_a_line_is_set_aside(
    aanboord: Runner,
    home: Home,
    tmp_path: Path,
    name: str,
    spoiled: Callable[[Path], Path],
    file: str,
    line: int,
    rule: str,
) -> None:
    """That line with its rule, and no other; the account adds up."""
    done = aanboord("deliver", spoiled(tmp_path / "in"), "--json", "--home", home.root)
    assert done.returncode == 0, done.stderr
    assert balanced(json.loads(done.stdout)["files"])
    assert [(row.file, row.line, row.rule) for row in set_aside(home)] == [(file, line, rule)]


@pytest.mark.parametrize(("name", "spoiled", "told"), REFUSED, ids=[case[0] for case in REFUSED])
def test_it_is_refused(
    aanboord: Runner, home: Home, tmp_path: Path, name: str, spoiled: Callable[[Path], Path], told: str
) -> None:
    """By the library and the command line: one message with what, where and what to do, exit status 1; nothing of it stays."""
    source = spoiled(tmp_path / "in")
    with pytest.raises(REFUSED_BY, match=re.escape(told)):
        deliver(home, source, "aanboord")
    done = aanboord("deliver", source, "--system", "aanboord", "--json", "--home", home.root)
    assert (done.returncode, done.stderr.count("Refused.")) == (1, 1), done.stdout + done.stderr
    assert told in done.stderr and told in " ".join(json.loads(done.stdout)["reasons"])
    assert not list(home.deliveries.iterdir()) and not list(home.temp.iterdir()) and not list(home.mapped.iterdir())


OWN = """
title: Own
encoding: {encoding}
keys: {{pupil: insz}}
files:
  leerlingen: {{pattern: "leerlingen*", required: true, columns: [insz, geboren]}}
"""
OWN_SQL = """
select insz as pupil_id, geboren as birth_date, null as sex_code, null as municipality_code, null as race,
    date '2023-09-01' as known_date, _file, _line
from leerlingen
"""


def own_delivery(folder: Path, encoding: str, *rows: str) -> list[str]:
    """A delivery of a system of one's own with pupils by their number; the arguments of `deliver`."""
    (folder / "mappings" / "own").mkdir(parents=True)
    (folder / "mappings" / "own" / "source.yaml").write_text(OWN.format(encoding=encoding), encoding="utf-8")
    (folder / "mappings" / "own" / "pupils.sql").write_text(OWN_SQL, encoding="utf-8")
    (folder / "in").mkdir()
    (folder / "in" / "leerlingen.csv").write_bytes("\n".join(["insz,geboren", *rows, ""]).encode("cp1252"))
    return [str(folder / "in"), "--system", "own", "--mappings", str(folder / "mappings")]


def number(i: int) -> str:
    """A number that nobody has, with its check digits."""
    first = f"{i // 28 % 100:02}{1 + i // 2800:02}{1 + i % 28:02}000"
    return first + f"{97 - (2_000_000_000 + int(first)) % 97:02}"


def test_a_wrong_check_digit_is_set_aside(aanboord: Runner, home: Home, tmp_path: Path) -> None:
    """One of sixty, and numbers that begin with nought stay whole; the number is told nowhere."""
    rows = [f"{number(i)},2005-01-01" for i in range(60)]
    rows[7] = f"{number(7)[:-1]}{(int(number(7)[-1]) + 1) % 10},2005-01-01"
    done = aanboord("deliver", *own_delivery(tmp_path, "utf-8", *rows), "--home", home.root)
    assert done.returncode == 0, done.stderr
    assert [(row.line, row.rule, row.column) for row in set_aside(home)] == [(9, "key:pupil_id", "pupil_id")]
    assert rows[7][:11] not in done.stdout + done.stderr


def test_cp1252_that_is_declared_is_accepted(aanboord: Runner, home: Home, tmp_path: Path) -> None:
    """Its own letters in a text that no rule reads."""
    told = own_delivery(tmp_path, "cp1252", f"{number(1)},2005-01-01")
    path = tmp_path / "in" / "leerlingen.csv"
    path.write_bytes(
        path.read_bytes().replace(b"insz,geboren\n", b"insz,geboren,plaats\n").replace(b"-01\n", b"-01,Zo\xeb\n")
    )
    done = aanboord("deliver", *told, "--json", "--home", home.root)
    assert done.returncode == 0, done.stderr
    assert [(f["encoding"], f["unused"]) for f in json.loads(done.stdout)["files"]] == [("cp1252", ["plaats"])]


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("plain", ""),
        ("macros", "leerlingen.xlsx has macros"),
        ("formula", "leerlingen.xlsx has a formula in row 2"),
        ("locked", "leerlingen.xlsx is no workbook, or is locked with a password"),
    ],
)
def test_a_workbook_is_taken_in_or_refused(aanboord: Runner, home: Home, tmp_path: Path, kind: str, told: str) -> None:
    """By the library and the command line: values are taken in, and nothing that could run or that cannot be seen."""
    own = own_delivery(tmp_path, "utf-8")
    (tmp_path / "in" / "leerlingen.csv").unlink()
    workbook(tmp_path / "in" / "leerlingen.xlsx", [["insz", "geboren"], [number(1), "2005-01-01"]], kind)
    if told:
        with pytest.raises(GateError, match=told):
            deliver(home, tmp_path / "in", "own", tmp_path / "mappings")
    done = aanboord("deliver", *own, "--json", "--home", home.root)
    assert done.returncode == (1 if told else 0) and told in done.stderr, done.stderr
    if not told:
        assert [f["accepted"] for f in json.loads(done.stdout)["files"]] == [1]


@pytest.fixture(scope="module")
def spoiled_home(aanboord: Runner, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, dict[str, int]]:
    """A home that took in all bad rows at once, and the line of each."""
    folder = tmp_path_factory.mktemp("rows")
    tables, at = with_bad_rows()
    tables["enrolments"].append(
        tables["enrolments"][199] | {"enrolment_id": "E2nd", "school_id": "S2", "known_date": "2023-09-02"}
    )
    tables["schools"].append(tables["schools"][0] | {"school_id": "S2"})
    home = Home(folder / "home")
    for command in (["deliver", write(folder / "in", tables)], ["run", "--stage", "validate"]):
        done = aanboord(*command, "--home", home.root)
        assert done.returncode == 0, done.stdout + done.stderr
    return home, at


@pytest.mark.parametrize("bad", [b for b in BAD_ROWS if b.rule], ids=lambda bad: bad.name)
def test_a_bad_row_is_set_aside_with_its_rule(spoiled_home: tuple[Home, dict[str, int]], bad) -> None:
    """At mapping or at staging: its own line, and that rule; of two rows of one key one of the two."""
    home, at = spoiled_home
    found = [(row.line, row.rule) for row in set_aside(home, bad.table)]
    if bad.is_added:
        assert any(rule == bad.rule and line in (at[bad.name], BAD_ROWS.index(bad) * 10 + 2) for line, rule in found)
    else:
        assert (at[bad.name], bad.rule) in found


def test_an_absence_outside_any_enrolment_is_set_aside(spoiled_home: tuple[Home, dict[str, int]]) -> None:
    """The enrolment began after it; also of those whose enrolment or pupil was set aside, and of no other."""
    home, at = spoiled_home
    begun_later = at["absence outside any enrolment"]
    gone = {at[b.name] for b in BAD_ROWS if b.table in ("enrolments", "pupils") and not b.is_added}
    found = {row.line for row in set_aside(home, "absences") if row.rule in ("in_enrolment", "reference:pupil_id")}
    assert begun_later in found and found == gone


def test_the_account_adds_up_and_overlaps_only_warn(
    aanboord: Runner, spoiled_home: tuple[Home, dict[str, int]]
) -> None:
    """In `status` and `quarantine`; the second enrolment stays, and the page of data docs says so."""
    home, _ = spoiled_home
    status = json.loads(aanboord("status", "--json", "--home", home.root).stdout)
    (delivery,) = status["deliveries"]
    assert balanced(delivery["files"])
    listed = json.loads(aanboord("quarantine", "--json", "--home", home.root).stdout)
    assert listed["quarantine"] == status["quarantine"]
    assert sum(f["quarantined"] for f in delivery["files"]) == len({(r["file"], r["line"]) for r in listed["rows"]})
    outcomes = json.loads((home.data_docs / "enrolments.json").read_text(encoding="utf-8"))
    assert [(o["rule"], o["broken_count"]) for o in outcomes if not o["held"]] == [("no_second_enrolment", 2)]
    with working_store(home) as db:
        assert db.execute("select count(*) from core.enrolments where school_id = 'S2'").fetchall() == [(1,)]


def test_what_was_mended_is_taken_in_with_retry(aanboord: Runner, home: Home, tmp_path: Path) -> None:
    """A mapping of one's own is corrected; the landed file is mapped again, and nothing is set aside any more."""
    rows = [f"{number(i)},{'2005-01-01' if i else '1 januari 2005'}" for i in range(60)]
    told = own_delivery(tmp_path, "utf-8", *rows)
    assert aanboord("deliver", *told, "--home", home.root).returncode == 0
    exported = aanboord("quarantine", "--export", tmp_path / "mend", "--home", home.root)
    (path,) = (tmp_path / "mend").iterdir()
    assert exported.returncode == 0 and path.read_text(encoding="utf-8").splitlines()[1].endswith("1 januari 2005")
    assert path.stat().st_mode & 0o077 == 0
    sql = tmp_path / "mappings" / "own" / "pupils.sql"
    sql.write_text(
        OWN_SQL.replace("geboren as", "case geboren when '1 januari 2005' then '2005-01-01' else geboren end as")
    )
    done = json.loads(aanboord("quarantine", "--retry", "--json", "--home", home.root).stdout)
    assert (done["before"], done["rows"]) == (1, [])
    assert source_system("own", tmp_path / "mappings").mappings["pupils"] == sql.read_text()

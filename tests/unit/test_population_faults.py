"""Faults of sources, injected into a population: each is in the ledger, and intake does with it what the catalogue says."""

import json
from pathlib import Path

import pytest
from population_intake import core, read, set_aside, taken_in

from population import PopulationError, write_population
from population.delivering import Wishes, catalogue, ledger_path
from warehouse.connection import working_store
from warehouse.gate import GateError
from warehouse.home import Home
from warehouse.quarantine import QuarantineError

PUPILS, YEARS, LAST = 500, 5, 2023
TOGETHER = ("unknown_codes", "unknown_pupils", "duplicate_ids", "duplicate_lines")


def made(
    folder: Path,
    *faults: str,
    mapping: str = "aanboord",
    years: int = YEARS,
    monthly: bool = False,
    pupils: int = PUPILS,
) -> Path:
    """A population with those faults."""
    wishes = Wishes(mapping, faults, monthly)
    write_population(
        pupils=pupils, school_years=years, seed=6, last_school_year=LAST, out=folder / "out", wishes=wishes
    )
    return folder / "out"


def ledger(out: Path) -> dict[str, dict[str, dict]]:
    """The ledger's entries, by fault and file."""
    found: dict[str, dict[str, dict]] = {}
    for entry in json.loads(ledger_path(out).read_text())["faults"]:
        found.setdefault(entry["fault"], {})[entry["file"]] = entry
    return found


@pytest.fixture
def home(tmp_path) -> Home:
    """An empty home."""
    return Home(tmp_path / "home").create()


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> Path:
    """The same population without faults."""
    return made(tmp_path_factory.mktemp("plain"))


def lines(out: Path, name: str) -> list[str]:
    return (out / f"{name}.csv").read_text().splitlines()


def test_rows_that_are_wrong_are_set_aside_each_by_its_rule_and_no_others(home, tmp_path):
    out = made(tmp_path, *TOGETHER)
    told, reads = ledger(out), taken_in(home, [out], "aanboord")
    aside = set_aside(home, reads)
    assert aside.pop(("absences", "code:absence_code")) == told["unknown_codes"]["absences.csv"]["rows"] > 10
    # who is unknown is enrolled nowhere, too: a row counts under the first of its rules
    of_nobody = aside.pop(("absences", "reference:pupil_id"))
    assert aside.pop(("enrolments", "unique_key")) == told["duplicate_ids"]["enrolments.csv"]["rows"] == 5
    of_the_wrong_pupil = aside.pop(("absences", "in_enrolment"), 0)
    unknown = told["unknown_pupils"]["absences.csv"]["rows"]
    assert unknown - 5 <= of_nobody <= unknown  # of some the code is unknown, too
    assert of_the_wrong_pupil < 5 * 100 and aside == {}
    assert reads[0].duplicates("absences.csv") == told["duplicate_lines"]["absences.csv"]["rows"] > 10


def test_a_number_that_was_given_twice_is_nobodys(home, tmp_path):
    out = made(tmp_path, "reused_numbers", pupils=2000)
    told, reads = ledger(out)["reused_numbers"], taken_in(home, [out], "aanboord")
    numbers = set(told["pupils.csv"]["where"])
    aside = set_aside(home, reads)
    assert len(numbers) == 3 and aside[("pupils", "one_person")] == 6
    assert {rule for _, rule in aside} == {"one_person", "reference:pupil_id"}
    left = core(home, "aanboord", out, ["enrolments", "absences", "pupils"])
    assert not numbers & {cell for rows in left.values() for row in rows for cell in row}
    others = [line.split(",")[1] for line in lines(out, "enrolments")[1:]]
    assert len(left["enrolments"]) == sum(pupil not in numbers for pupil in others)


def test_a_merger_and_schools_that_register_little_are_accepted_as_told(home, tmp_path):
    out = made(tmp_path, "school_merger", "under_registering_school")
    told, reads = ledger(out)["school_merger"], taken_in(home, [out], "aanboord")
    assert set_aside(home, reads) == {} and told["absences.csv"]["rows"] > 100
    gone, stays = told["schools.csv"]["where"][0].split()[1:4:2]
    with working_store(home) as db:
        assert _count(db, f"enrolments where school_id = '{gone}' and school_year >= 2022") == 0
        assert _count(db, f"enrolments where school_id = '{stays}' and school_year >= 2022") > 20
        assert _count(db, f"clb_areas where school_id = '{gone}' and valid_to = date '2022-08-31'") == 1


def test_what_comes_late_or_never_is_accepted_as_told(home, tmp_path):
    out = made(tmp_path, "late_feed", "unregistered_gap")
    told, reads = ledger(out), taken_in(home, [out], "aanboord")
    assert set_aside(home, reads) == {}
    first, last = told["unregistered_gap"]["absences.csv"]["where"][0].split()[1:4:2]
    with working_store(home) as db:
        assert _count(db, f"absences where absence_date between date '{first}' and date '{last}'") == 0
        for school in (entry.split()[1] for entry in told["late_feed"]["absences.csv"]["where"]):
            of_school = f"absences where school_id = '{school}' and school_year = 2023"
            assert _count(db, f"{of_school} and known_date < absence_date + 75") == 0 < _count(db, of_school)


def test_what_is_not_registered_is_lacking_and_nothing_else_changes(tmp_path, plain):
    out = made(tmp_path, "under_registering_school")
    entry = ledger(out)["under_registering_school"]["absences.csv"]
    whole, left = set(lines(plain, "absences")), set(lines(out, "absences"))
    schools = {told.split()[1] for told in entry["where"]}
    lost = [line.split(",") for line in whole - left]
    concerned = [cells for cells in (line.split(",") for line in whole) if cells[1] in schools and cells[4] >= "2022"]
    assert left < whole and len(lost) == entry["rows"] and {cells[1] for cells in lost} == schools
    assert 0.65 < len(lost) / len(concerned) < 0.85
    for name in ("enrolments", "school_days", "pupils"):
        assert lines(out, name) == lines(plain, name)


@pytest.mark.parametrize(
    ("fault", "error", "message"),
    [
        ("swapped_columns", QuarantineError, "ends_after_start"),
        ("missing_column", GateError, "absence_code"),
        ("wrong_encoding", GateError, "cannot be decoded"),
    ],
)
def test_a_file_that_is_wrong_is_refused_whole(home, tmp_path, fault, error, message):
    out = made(tmp_path, fault, years=1)
    assert sum(entry["rows"] for entry in ledger(out)[fault].values()) > 0
    with pytest.raises(error, match=message):
        read(home, out, "aanboord")


def test_of_a_file_that_was_cut_off_the_half_line_is_set_aside(home, tmp_path, plain):
    out = made(tmp_path, "cut_off_file")
    lost, reads = ledger(out)["cut_off_file"]["absences.csv"]["rows"], taken_in(home, [out], "aanboord")
    assert set_aside(home, reads) == {("", "cells"): 1}
    with working_store(home) as db:
        assert _count(db, "absences") == len(lines(plain, "absences")) - 1 - lost


def test_a_mistyped_insz_is_set_aside(home, tmp_path):
    out = made(tmp_path, "wrong_check_digits", mapping="discimus", years=2)
    entry = ledger(out)["wrong_check_digits"]["afwezigheden.csv"]
    aside = set_aside(home, taken_in(home, [out], "discimus"))
    assert aside == {("absences", "key:pupil_id"): entry["rows"]} and entry["rows"] > 10


def test_month_by_month_a_file_that_is_wrong_is_the_last_one(home, tmp_path):
    out = made(tmp_path, "missing_column", "late_feed", years=1, monthly=True)
    *good, last = sorted(out.iterdir())
    assert ["absence_code" in (folder / "absences.csv").read_text().split("\n", 1)[0] for folder in (*good, last)] == [
        *(True for _ in good),
        False,
    ]
    read(home, good[-1], "aanboord")
    with pytest.raises(GateError, match="absence_code"):
        read(home, last, "aanboord")


def test_the_ledger_lies_beside_the_delivery_and_names_made_up_keys_only(tmp_path):
    out = made(tmp_path, *(name for name, fault in catalogue().items() if fault.get("form") != "discimus"))
    assert ledger_path(out).parent == out.parent and all(path.suffix == ".csv" for path in out.iterdir())
    told, names = ledger(out), (out / "identities.csv").read_text(encoding="cp1252").splitlines()[1:]
    assert set(told) == {name for name, fault in catalogue().items() if fault.get("form") != "discimus"}
    for entries in told.values():
        assert sum(entry["rows"] for entry in entries.values()) > 0
        for entry in entries.values():
            assert {entry["fault"], entry["what"], entry["intake"]} and len(entry["where"]) <= 1_000
    text = ledger_path(out).read_text()
    assert not any(name.split(",")[2] in text for name in names)


def test_the_same_seed_spoils_the_same(tmp_path):
    faults = ("unknown_codes", "school_merger", "duplicate_ids")
    first, again = (made(tmp_path / name, *faults, years=2) for name in ("first", "again"))
    assert ledger(first) == ledger(again)
    assert [p.read_bytes() for p in sorted(first.iterdir())] == [p.read_bytes() for p in sorted(again.iterdir())]


@pytest.mark.parametrize(
    ("wishes", "years", "message"),
    [
        (Wishes(faults=("nonsense",)), 5, "There is no fault nonsense"),
        (Wishes(faults=("wrong_check_digits",)), 5, "The form aanboord cannot have"),
        (Wishes("discimus", ("reused_numbers",)), 5, "The form discimus cannot have"),
        (Wishes(faults=("reused_numbers",)), 2, "needs at least 5 school years"),
        (Wishes("klingon"), 5, "There is no mapping klingon"),
    ],
)
def test_a_wish_that_cannot_be_granted_is_refused_before_anything_is_written(tmp_path, wishes, years, message):
    with pytest.raises(PopulationError, match=message):
        write_population(pupils=PUPILS, school_years=years, seed=6, out=tmp_path / "out", wishes=wishes)
    assert list(tmp_path.iterdir()) == []


def _count(db, rows: str) -> int:
    return db.execute(f"select count(*) from core.{rows}").fetchall()[0][0]


def test_the_documentation_tells_of_every_fault():
    text = (Path(__file__).parents[2] / "docs" / "population.md").read_text(encoding="utf-8")
    told = [line.split("`")[1] for line in text.splitlines() if line.startswith("| `") and "--" not in line]
    assert sorted(told) == sorted(catalogue())

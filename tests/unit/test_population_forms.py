"""The same population in another form, and month by month: intake makes the same of it."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from population_intake import TABLES, core, set_aside, taken_in

from data_contracts import contract
from population import write_population
from population.delivering import Wishes
from population.delivering.discimus import KINDS, MOST_NUMBERS, insz
from warehouse.connection import memory_store
from warehouse.home import Home

ALL = [table.name for table in TABLES]
BOTH = sorted({*KINDS} - {"identities"})
UNTIL = dt.date(2023, 11, 30)


def made(out: Path, **wishes) -> Path:
    """A population of two school years, the second hardly begun."""
    write_population(
        pupils=400, school_years=2, seed=8, last_school_year=2023, known_until=UNTIL, out=out, wishes=Wishes(**wishes)
    )
    return out


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> Path:
    """The delivery in the project's own form, in one piece."""
    return made(tmp_path_factory.mktemp("plain") / "out")


@pytest.fixture(scope="module")
def expected(plain) -> dict:
    """What it is in `core`."""
    home = Home(plain.parent / "home")
    assert set_aside(home, taken_in(home, [plain], "aanboord")) == {}
    return core(home, "aanboord", plain, ALL)


def test_discimus_tells_the_same_as_the_own_form(plain, expected, tmp_path):
    home = Home(tmp_path / "home")
    assert set_aside(home, taken_in(home, [made(tmp_path / "out", mapping="discimus")], "discimus")) == {}
    told = core(home, "discimus", plain, BOTH, ["pupils.known_date"])
    # childcare may have known a child before; Discimus knows those who are enrolled
    enrolled = {row[1] for row in expected["enrolments"]}
    pupils = [row[:-1] for row in expected["pupils"] if row[0] in enrolled]
    assert told == {name: expected[name] for name in BOTH} | {"pupils": pupils}
    assert all(told.values())


def test_the_months_together_tell_the_same_as_one_delivery(plain, expected, tmp_path):
    folders = sorted(made(tmp_path / "out", monthly=True).iterdir())
    assert [folder.name for folder in folders][:3] == ["2022-09", "2022-10", "2022-11"]
    assert folders[-1].name == "2023-11" and "2023-08" not in {folder.name for folder in folders}
    home = Home(tmp_path / "home")
    assert set_aside(home, taken_in(home, folders, "aanboord")) == {}
    assert core(home, "aanboord", plain, ALL) == expected


def test_a_month_tells_what_became_known_in_it_and_whom_it_speaks_of(tmp_path):
    folder = made(tmp_path / "out", monthly=True)
    with memory_store([tmp_path], tmp_path) as db:
        for month in sorted(path.name for path in folder.iterdir()):
            day = f"date '{month}-01'"
            for name in ("absences", "certificates", "qualifications", "socio_economic"):
                file = folder / month / f"{name}.csv"
                if file.exists():
                    late = f"select count(*) from '{file}' where known_date >= {day} + interval 1 month"
                    assert db.execute(late).fetchall() == [(0,)]
            enrolments, pupils = folder / month / "enrolments.csv", folder / month / "pupils.csv"
            unknown = f"select count(*) from '{enrolments}' anti join '{pupils}' using (pupil_id)"
            assert db.execute(unknown).fetchall() == [(0,)]
            early = (
                f"select count(*) from '{enrolments}' where cast(end_known_date as date) >= {day} + interval 1 month"
            )
            assert db.execute(early).fetchall() == [(0,)]


def test_an_enrolment_is_told_open_and_again_when_its_end_is_known(tmp_path):
    folder = made(tmp_path / "out", monthly=True)
    with memory_store([tmp_path], tmp_path) as db:
        told = db.execute(
            f"""select count(*) filter (end_known_date is null) as opened, count(end_known_date) as ended
            from read_csv('{folder}/*/enrolments.csv', union_by_name=true) where school_year = 2022 group by enrolment_id"""
        ).fetchall()
    assert {ended for _, ended in told} == {1} and {opened for opened, _ in told} <= {0, 1}
    assert sum(opened for opened, _ in told) > 0.9 * len(told)


def test_made_up_numbers_differ_fit_the_rule_and_belong_to_nobody():
    numbers = np.concatenate([np.arange(5_000), np.arange(MOST_NUMBERS - 5_000, MOST_NUMBERS)])
    found = insz(numbers).to_pylist()
    assert len(set(found)) == len(found)
    for number in found:
        nine, check = int(number[:9]), int(number[9:])
        assert len(number) == 11 and number[6:9] in ("000", "999")
        assert check in (97 - nine % 97, 97 - (2_000_000_000 + nine) % 97)
    with pytest.raises(ValueError, match="numbers that nobody has"):
        insz(np.array([MOST_NUMBERS]))


@pytest.mark.parametrize(
    "wishes", [{"monthly": True}, {"mapping": "discimus"}, {"faults": ("unknown_codes", "late_feed")}]
)
def test_the_number_of_threads_changes_no_byte_in_any_form(tmp_path, monkeypatch, wishes):
    monkeypatch.setattr("population.absences.BLOCK", 100)
    for threads in (1, 3):
        out = tmp_path / str(threads)
        write_population(pupils=300, school_years=2, seed=5, out=out, threads=threads, wishes=Wishes(**wishes))
    one, three = (
        {str(p.relative_to(tmp_path / name)): p.read_bytes() for p in (tmp_path / name).rglob("*.csv")}
        for name in ("1", "3")
    )
    assert one == three and one
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_the_own_form_month_by_month_has_the_contracts_columns(tmp_path):
    for path in made(tmp_path / "out", monthly=True).rglob("*.csv"):
        assert path.read_text().split("\n", 1)[0].split(",") == contract(path.stem).column_names

"""What the population refuses, before a file is written, and which years it delivers."""

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from population import checks, write_population


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("pupils", 0),
        ("pupils", -5),
        ("school_years", 0),
        ("school_years", -1),
        ("seed", -1),
        ("last_school_year", 1800),
        ("threads", 0),
    ],
)
def test_an_impossible_argument_is_refused_before_anything_is_written(tmp_path, argument, value):
    arguments = {"pupils": 100, "school_years": 1, "seed": 1, argument: value}
    with pytest.raises(ValueError, match=f"{argument} is {value}"):
        write_population(**arguments, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_used_is_refused_before_anything_is_written(tmp_path):
    full = tmp_path / "full"
    full.mkdir()
    (full / "something.txt").write_text("mine")
    file = tmp_path / "file"
    file.write_text("mine")
    for out, truth, reason in [
        (full, None, "not empty"),
        (file, None, "is a file"),
        (file / "below", None, "cannot be made"),
        (Path("/proc/nowhere"), None, "cannot be made"),
        (tmp_path / "new", full, "not empty"),
        (tmp_path / "new", tmp_path / "new" / "truth", "lies in the delivery"),
    ]:
        with pytest.raises(ValueError, match=reason):
            write_population(pupils=100, school_years=1, seed=1, out=out, truth=truth)
    assert not (tmp_path / "new").exists()
    assert (full / "something.txt").read_text() == "mine"


def test_too_little_room_is_refused_with_what_is_needed_and_free(tmp_path, monkeypatch):
    monkeypatch.setattr("population.checks.shutil.disk_usage", lambda path: (10**12, 0, 3 * 10**9))
    with pytest.raises(ValueError, match=r"need about 15\.6 GB, and the disk of .* has 3\.0 GB free"):
        write_population(pupils=1_200_000, school_years=10, seed=1, out=tmp_path / "new" / "out")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_room_that_is_asked_for_is_enough_and_no_more_than_double(tmp_path, form):
    write_population(pupils=2_000, school_years=4, seed=1, out=tmp_path / "out", form=form)
    written = sum(path.stat().st_size for path in (tmp_path / "out").iterdir())
    assert written < 2_000 * 4 * checks.BYTES_A_PUPIL_YEAR[form] < 2 * written


def test_the_years_asked_for_are_the_years_delivered(tmp_path):
    write_population(pupils=60, school_years=2, seed=1, out=tmp_path / "out", last_school_year=2021)
    connection = duckdb.connect()
    years = connection.execute(
        f"""select school_year, min(start_date), max(end_date)
        from '{tmp_path}/out/enrolments.csv' group by 1 order by 1"""
    ).fetchall()
    assert [year for year, _, _ in years] == [2020, 2021]
    assert years[0][1] == dt.date(2020, 9, 1) and years[1][2] == dt.date(2022, 6, 30)

"""The bytes of a population: the same for the same seed, on any number of threads, and the same rows in every form."""

import pyarrow.parquet as pq

from data_contracts import contract
from population import write, write_population


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    folders = []
    for name, seed in [("first", 3), ("again", 3), ("other", 4)]:
        folders.append(tmp_path / name)
        write_population(pupils=300, school_years=2, seed=seed, out=tmp_path / name, truth=tmp_path / f"{name}_truth")
    first, again, other = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert first == again
    assert first["absences.csv"] != other["absences.csv"]
    truths = [
        {path.name: path.read_bytes() for path in (tmp_path / f"{name}_truth").iterdir()} for name in ("first", "again")
    ]
    assert len(truths[0]) == 5 and truths[0] == truths[1]


def test_the_number_of_threads_changes_no_byte(tmp_path, monkeypatch):
    monkeypatch.setattr("population.absences.BLOCK", 100)
    for threads in (1, 2, 8):
        folder = tmp_path / str(threads)
        write_population(
            pupils=400, school_years=2, seed=5, out=folder / "out", truth=folder / "truth", threads=threads
        )
    one, two, eight = (
        {path.name: path.read_bytes() for path in (tmp_path / name).rglob("*.*")} for name in ("1", "2", "8")
    )
    assert one == two == eight
    assert one["absences.csv"].count(b"\n") > 5_000


def test_the_same_rows_are_in_parquet_as_in_csv(tmp_path):
    for form in ("csv", "parquet"):
        write_population(pupils=300, school_years=2, seed=3, out=tmp_path / form, form=form)
    for name in write.DELIVERED:
        table = pq.read_table(tmp_path / "parquet" / f"{name}.parquet")
        file = tmp_path / "csv" / f"{name}.csv"
        assert file.exists() == (len(table) > 0)
        if not file.exists():
            continue
        text = [line.split(",") for line in file.read_text().splitlines()]
        assert text[0] == contract(name).column_names == table.column_names
        cells = [[_cell(value) for value in row.values()] for row in table.to_pylist()]
        assert cells == text[1:]


def _cell(value):
    value = int(value) if isinstance(value, float) and value.is_integer() else value
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)

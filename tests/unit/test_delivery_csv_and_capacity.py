"""What the CSV of a list promises, and how the hours of a centre become a number of pupils."""

import csv
import datetime as dt
from pathlib import Path

import delivery_example as ex
import pytest

from delivery import DeliveryError, build_list, read_capacity, words, write_csv

DAY = dt.date(2026, 10, 1)
SETTINGS = """
default:
  - {valid_from: 2020-09-01, hours_per_week: 10, hours_per_talk: 2, weeks_per_list: 4}
centres:
  "012345":
    - {valid_from: 2026-09-01, hours_per_week: 7, hours_per_talk: 1.5, weeks_per_list: 4}
    - {valid_from: 2025-09-01, hours_per_week: 0, hours_per_talk: 1.5, weeks_per_list: 4}
"""


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(keepends=True), delimiter=";"))


def settings(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "capacity.yaml"
    path.write_text(text)
    return path


def test_the_csv_holds_every_row_with_its_key_and_a_line_for_a_closed_moment(tmp_path):
    source, about = ex.example()
    risk_list = build_list(ex.CLB, source, ex.names, about)
    rows = rows_of(write_csv(risk_list, tmp_path / "lijst.csv"))
    keys = [row.row_key for row in risk_list.duties] + [row.row_key for part in risk_list.moments for row in part.rows]
    keys += [row.row_key for row in (*risk_list.transitions, *risk_list.handovers, *risk_list.supports)]
    assert [row["Rijsleutel"] for row in rows if row["Rijsleutel"]] == keys
    assert [row["Redenen"] for row in rows if not row["Rijsleutel"]] == [words.why_no_list(risk_list.moments[1])]
    assert {(row["Gegevens tot"], row["Lijst gemaakt op"]) for row in rows} == {("31/03/2026", "02/04/2026")}


def test_the_csv_has_decimal_commas_and_no_formulas(tmp_path):
    source = ex.source([ex.score("p1", 0.25)], [], [])
    risk_list = build_list(ex.CLB, source, lambda pupils: {"p1": ("=1+1", "@x", "-5")}, ex.about())
    row = next(row for row in rows_of(write_csv(risk_list, tmp_path / "lijst.csv")) if row["Rijsleutel"])
    assert row["Kans"] == "0,2500"
    assert (row["Voornaam"], row["Naam"], row["Stamnr."]) == ("'=1+1", "'@x", "'-5")


def test_the_csv_is_the_same_twice(tmp_path):
    source, about = ex.example()
    paths = [write_csv(build_list(ex.CLB, source, ex.names, about), tmp_path / name) for name in ("a.csv", "b.csv")]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_hours_become_whole_pupils_by_centre_and_date(tmp_path):
    capacity = read_capacity(settings(tmp_path, SETTINGS))
    assert capacity.for_centres(["099999", "012345"], DAY) == {"012345": 18, "099999": 20}
    assert capacity.pupils_per_list("012345", dt.date(2026, 8, 31)) == 0
    assert capacity.pupils_per_list("012345", dt.date(2025, 8, 31)) == 20


def test_the_settings_of_the_package_hold_today():
    assert read_capacity().pupils_per_list("012345", DAY) == 40


def test_a_day_before_every_setting_is_refused(tmp_path):
    with pytest.raises(DeliveryError, match="No capacity for CLB 012345"):
        read_capacity(settings(tmp_path, SETTINGS)).pupils_per_list("012345", dt.date(2019, 1, 1))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("default: [", "cannot be read as YAML"),
        ("centres: {}", "no list `default`"),
        ("default: []", "no settings"),
        ("default: [{valid_from: 2020-09-01}]", "and nothing else"),
        (SETTINGS.replace("hours_per_talk: 2", "hours_per_talk: 0"), "hours_per_talk is 0"),
        (SETTINGS.replace("hours_per_week: 7", "hours_per_week: -7"), "centre 012345"),
        (SETTINGS.replace("2020-09-01", "soon"), "must be a date"),
        (SETTINGS.replace("hours_per_week: 10", "hours_per_week: .nan"), "numbers from 0"),
    ],
)
def test_a_wrong_setting_is_refused_with_where_it_stands(tmp_path, text, message):
    with pytest.raises(DeliveryError, match=message):
        read_capacity(settings(tmp_path, text))


def test_a_missing_settings_file_is_named(tmp_path):
    with pytest.raises(DeliveryError, match="capacity.yaml cannot be read"):
        read_capacity(tmp_path / "capacity.yaml")

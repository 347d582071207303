"""What mapping SQL may call: a cell that cannot be read stays as it is."""

from pathlib import Path

import pytest
from intake_example import PUPIL_SQL, admitted, mapped, pupil_lines, rows_of


@pytest.mark.parametrize(
    ("sql", "cell", "means"),
    [
        ("dutch_date(race)", "31-01-2020", "2020-01-31"),
        ("dutch_date(race)", "1/2/2020", "2020-02-01"),
        ("dutch_date(race)", "2020-02-01", "2020-02-01"),
        ("dutch_date(race)", "31-13-2020", "31-13-2020"),
        ("decimal_comma(race)", "-2;5".replace(";", ","), "-2.5"),
        ("decimal_comma(race)", "2.5", "2.5"),
        ("decimal_comma(race)", "twee", "twee"),
        ("yes_or_no(race)", "Ja", "true"),
        ("yes_or_no(race)", "misschien", "misschien"),
        ("code_of('sex', race)", "Meisje", "F"),
        ("code_of('sex', race)", "onzijdig", "onzijdig"),
        ("official_letter(race)", "D", "Z"),
        ("official_letter(race)", "R03", "R"),
        ("official_letter(race)", "Q", "Q"),
        ("cast(is_absence(race) as varchar)", "°", "false"),
        ("cast(is_absence(race) as varchar)", "B", "true"),
        ("cast(school_year_of(race) as varchar)", "2020-08-31", "2019"),
        ("cast(school_year_of(race) as varchar)", "2020-09-01", "2020"),
        ("(select maps_to from codes where list = 'absence_code' and code = race)", "D", "Z"),
    ],
)
def test_what_mapping_sql_may_call(sql: str, cell: str, means: str, tmp_path: Path) -> None:
    """A cell that cannot be read stays as it is, so that it is set aside and not lost."""
    row = f'P1,2010-01-01,M,"{cell}",2019-09-01'
    mapped(tmp_path, [admitted(tmp_path, pupil_lines(row))], PUPIL_SQL.replace("race,", f"{sql} as race,"))
    assert rows_of(tmp_path / "mapped" / "pupils.parquet", "race") == [(means,)]

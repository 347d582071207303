"""Canaries: names, numbers and spoiled cells that stand nowhere else, planted in a delivery.

Belongs here: planting them, and deliveries that hold one and are refused. Not here: searching (`every_byte`), or what a test expects.
"""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from every_byte import synthetic_number

ANY = re.compile(rb"(?i)kanarie|vogel[0-9]{5}")
MINE = """
title: A mapping of one's own
delimiter: ","
encoding: utf-8
files:
  leerlingen: {pattern: "leerlingen*", columns: [nummer, geboren], required: true}
"""
GOOD_SQL = """
select nummer as pupil_id, geboren as birth_date, 'M' as sex_code, null as municipality_code, null as race,
    '2019-09-01' as known_date, _file, _line from leerlingen
"""
BAD_SQL = GOOD_SQL.replace("nummer as", "cast(cast(nummer as integer) as varchar) as")


def planted(source: Path, out: Path) -> set[bytes]:
    """Copy a delivery with a canary in every name and number, and in cells that are wrong; returns the numbers."""
    shutil.copytree(source, out)
    header, *lines = (out / "pupils.csv").read_text(encoding="utf-8").splitlines()
    births = dict(line.split(",")[:2] for line in lines)
    taken: set[str] = set()
    number_of = {pupil: free_number(birth, taken) for pupil, birth in births.items()}
    for path in sorted(out.iterdir()):
        text = re.sub(r"P0\d{6}", lambda found: number_of[found.group()], path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8")
    (out / "identities.csv").write_text(canary_names(out / "identities.csv"), encoding="utf-8")
    wrong = [("Kanariesleutel1", "Kanariecel", "M"), ("Kanariesleutel2", "2010-03-04", "Kanariecode")]
    row = dict.fromkeys(header.split(","), "") | {"known_date": "2019-09-01"}
    with (out / "pupils.csv").open("a", encoding="utf-8") as file:
        for pupil, birth, sex in wrong:
            cells = row | {"pupil_id": pupil, "birth_date": birth, "sex_code": sex}
            file.write(",".join(cells.values()) + "\n")
    return {number.encode() for number in number_of.values()}


def free_number(birth: str, taken: set[str]) -> str:
    """A number that nobody has: a day is moved on where two were born on one.

    None begins with 000: six-digit numbers of schools, packed side by side (000341 000201 000131), hold such a one by chance.
    """
    year = int(birth[:4])
    for month in range(int(birth[5:7]), 13):
        for day in range(1, 29):
            number = synthetic_number(f"{year}-{month:02}-{day:02}")
            if number not in taken and not number.startswith("000"):
                taken.add(number)
                return number
    return free_number(f"{year - 40}-01-01", taken)


def canary_names(path: Path) -> str:
    """The identities, each with a first and a last name of its own and a register number that nobody has."""
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    columns = header.split(",")
    rows = [dict(zip(columns, line.split(","), strict=True)) for line in lines]
    for i, row in enumerate(rows):
        row |= {"first_name": f"Kanarie{i:05}q", "last_name": f"Vogel{i:05}q", "register_number": row["pupil_id"]}
    return "\n".join([header, *(",".join(row.values()) for row in rows)]) + "\n"


def no_header(folder: Path) -> None:
    """The first line of data stands where the names of columns should."""
    lines = (folder / "identities.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "identities.csv").write_text("".join(lines[1:]), encoding="utf-8")


def unclosed_quote(folder: Path) -> None:
    """A quote before a name that is never closed."""
    spoil(folder / "identities.csv", lambda text: text.replace("Kanarie00007q", '"Kanarieweigering', 1))


def nul_bytes(folder: Path) -> None:
    """A name with a byte that is no text."""
    spoil(folder / "identities.csv", lambda text: text.replace("Kanarie00007q", "Kanarieweigering\0", 1))


def cell_too_many(folder: Path) -> None:
    """A cell more than the header, in every line."""
    spoil(folder / "identities.csv", lambda text: re.sub(r"(\d)\n", r"\1,Kanarieweigering\n", text))


def names_for_dates(folder: Path) -> None:
    """Names where dates should stand, in every line."""
    spoil(folder / "pupils.csv", lambda text: re.sub(r",(19|20)\d\d-\d\d-\d\d,", ",Kanarieweigering,", text))


def names_for_codes(folder: Path) -> None:
    """Names where codes should stand, in every line."""
    spoil(folder / "pupils.csv", lambda text: re.sub(r",[MF],", ",Kanarieweigering,", text))


def name_for_a_column(folder: Path) -> None:
    """A name where the name of a column should stand."""
    spoil(folder / "pupils.csv", lambda text: text.replace("sex_code", "Kanarieweigering", 1))


def column_too_many(folder: Path) -> None:
    """A column that nobody asked for, called by a name, twice."""
    spoil(folder / "pupils.csv", lambda text: text.replace("\n", ",Kanarieweigering,Kanarieweigering\n"))


REFUSED = [
    no_header,
    unclosed_quote,
    nul_bytes,
    cell_too_many,
    names_for_dates,
    names_for_codes,
    name_for_a_column,
    column_too_many,
]


def spoil(path: Path, change: Callable[[str], str]) -> None:
    """Change a file; a change that changes nothing would test nothing."""
    text = path.read_text(encoding="utf-8")
    assert change(text) != text
    path.write_text(change(text), encoding="utf-8")


def own_mapping(folder: Path, sql: str) -> None:
    """A system of one's own with two pupils."""
    mine = folder / "mappings" / "mine"
    mine.mkdir(parents=True, exist_ok=True)
    (mine / "source.yaml").write_text(MINE, encoding="utf-8")
    (mine / "pupils.sql").write_text(sql, encoding="utf-8")
    (folder / "own").mkdir(exist_ok=True)
    lines = "nummer,geboren\nKanariesleutel3,2010-03-04\nKanariesleutel4,2011-03-04\n"
    (folder / "own" / "leerlingen.csv").write_text(lines, encoding="utf-8")

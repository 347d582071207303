"""A delivery of three files in the project's own form, small enough to draw.

Belongs here: writing and spoiling it. Not here: what a test expects of it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
from tables import draw, read

from data_contracts import contract
from warehouse.boxes import key_pair
from warehouse.gate import GatedFile, admit
from warehouse.home import Home
from warehouse.reading import Task, read_files
from warehouse.source import SourceFile, SourceSystem, source_system

CANARY = "Kanarievogel"
HEADER = ("pupil_id", "birth_date", "sex_code", "race", "known_date")
PUPIL_KIND = SourceFile("leerlingen", "leerlingen*", HEADER, required=True, delimiter=",", encoding="utf-8")
PUPIL_SQL = """
    select pupil_id, birth_date, sex_code, null as municipality_code, race, known_date, _file, _line
    from leerlingen
"""
DRAWN = {
    "pupils": """
        pupil_id | birth_date | sex_code | known_date
        P1       | 2010-03-04 | M        | 2019-09-01
        P2       | 2011-05-06 | F        | 2019-09-01
    """,
    "schools": """
        school_id | school_name | level_code | known_date
        S1        | De Wilg     | primary    | 2010-09-01
    """,
    "enrolments": """
        enrolment_id | pupil_id | school_id | school_year | level_code | grade | start_date | known_date
        E1           | P1       | S1        | 2019        | primary    | 4     | 2019-09-01 | 2019-09-01
        E2           | P2       | S1        | 2019        | primary    | 3     | 2019-09-01 | 2019-09-01
    """,
}


def write_delivery(folder: Path, **drawn: str) -> Path:
    """The files of the delivery, some of them drawn anew; columns that are not drawn are empty."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, drawing in {**DRAWN, **drawn}.items():
        header, rows = read(drawing)
        lines = [[dict(zip(header, row, strict=True)).get(c, "") for c in contract(name).column_names] for row in rows]
        text = [",".join(cells) for cells in [contract(name).column_names, *lines]]
        (folder / f"{name}.csv").write_text("\n".join(text) + "\n", encoding="utf-8")
    return folder


def pupil_lines(*rows: str) -> bytes:
    """A file of pupils as it is delivered."""
    return "".join(line + "\n" for line in (",".join(HEADER), *rows)).encode()


def good_rows(count: int) -> list[str]:
    """Lines of pupils in which nothing is wrong."""
    return [f"G{i},2010-01-{i % 28 + 1:02},F,,2019-09-01" for i in range(count)]


def admitted(folder: Path, content: bytes, name: str = "leerlingen.csv", kind: SourceFile = PUPIL_KIND) -> GatedFile:
    """One file that went through the gate."""
    (folder / "scratch").mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return admit(folder / name, kind, folder / "scratch")


def mapped(folder: Path, files: Sequence[GatedFile], sql: str = PUPIL_SQL, table: str = "pupils") -> dict[str, Any]:
    """Files of pupils, mapped to `folder/mapped`; what `read_files` tells of it."""
    kinds = tuple({file.kind.name: file.kind for file in files}.values())
    return read_files(list(files), SourceSystem("drawn", "drawn", kinds, {table: sql}), task(folder))


def task(folder: Path) -> Task:
    """What reading has to know, with keys of nothing."""
    return Task("", str(folder), None, None, "00" * 32, key_pair()[1].hex(), "00" * 32, {})


def mapped_table(folder: Path, table: str, **drawn: str) -> dict[str, Any]:
    """One table of a delivery in the project's own form, mapped to `folder/mapped`."""
    system, delivery = source_system("aanboord"), write_delivery(folder / "in", **drawn)
    kind = system.kind_of(f"{table}.csv")
    assert kind is not None
    gated = admitted(folder, (delivery / f"{table}.csv").read_bytes(), f"{table}.csv", kind)
    return mapped(folder, [gated], system.mappings[table], table)


def rows_of(parquet: Path, columns: str = "*") -> list[tuple[object, ...]]:
    """All rows of a Parquet file, in the order that they stand there."""
    with duckdb.connect() as db:
        return db.execute(f"select {columns} from read_parquet('{parquet}')").fetchall()


def set_aside(folder: Path) -> str:
    """What was quarantined, as a drawing."""
    rows = rows_of(folder / "mapped" / "quarantine.parquet", "_line, rule")
    return draw(("_line", "rule"), [(str(line), str(rule)) for line, rule in rows])


def tree(home: Home, *names: str) -> dict[str, bytes]:
    """Every file in folders of a home; in what a refused delivery may not touch where none is named."""
    folders = names or ("landed", "deliveries", "mapped", "publications", "vault", "tmp")
    files = [p for name in folders for p in sorted((home.root / name).rglob("*")) if p.is_file()]
    return {str(p.relative_to(home.root)): p.read_bytes() for p in files}

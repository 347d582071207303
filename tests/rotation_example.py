"""A home with two deliveries of three pupils, for tests of rotation.

Belongs here: making it, and what it says whatever its pseudonyms are. Not here: what a test expects of it.
"""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import duckdb
from intake_example import write_delivery

from warehouse.home import Home
from warehouse.landing import deliver, deliveries
from warehouse.pseudonym import pseudonym_key, pseudonyms
from warehouse.source import source_system
from warehouse.vault import names_of

ROOT = Path(__file__).parents[1]
TODAY = dt.date(2025, 3, 1)
AFTER = dt.date(2025, 9, 1)
TABLES = ("pupils", "enrolments", "schools")
NATURALS = {"pupil": ("P1", "P2", "P3"), "enrolment": ("E1", "E2", "E3")}
IDENTITIES = """
    pupil_id | first_name | last_name    | register_number | known_date
    P1       | Jan        | Kanarievogel | 00017           | 2019-09-01
    P2       | An         | Peeters      | 00018           | 2019-09-01
"""
SECOND = {
    "pupils": """
        pupil_id | birth_date | sex_code | known_date
        P2       | 2011-05-06 | F        | 2020-09-01
        P3       | 2012-07-08 | M        | 2020-09-01
    """,
    "enrolments": """
        enrolment_id | pupil_id | school_id | school_year | level_code | grade | start_date | known_date
        E3           | P3       | S1        | 2020        | primary    | 3     | 2020-09-01 | 2020-09-01
    """,
    "identities": """
        pupil_id | first_name | last_name | register_number | known_date
        P2       | Anna       | Peeters   | 00018           | 2020-09-01
        P3       | Piet      | Claes     | 00019           | 2020-09-01
    """,
}


def home_of_three(folder: Path) -> Home:
    """A home with two deliveries of three pupils."""
    made = Home(folder / "home").create()
    deliver(made, write_delivery(folder / "first", identities=IDENTITIES), "aanboord")
    deliver(made, write_delivery(folder / "second", **SECOND), "aanboord")
    return made


def naturals_of(home: Home, key: str = "") -> dict[str, str]:
    """Natural key -> pseudonym under the key in force, or another one."""
    secret, system = pseudonym_key(home, key), source_system("aanboord")
    hashed = {}
    for kind, naturals in NATURALS.items():
        hashed |= dict(zip(naturals, pseudonyms(secret, system.namespace(kind), kind, naturals), strict=True))
    return hashed


def mapped(home: Home) -> dict[str, list[tuple[object, ...]]]:
    """All mapped rows of every delivery, by table, as they stand under the key in force."""
    found: dict[str, list[tuple[object, ...]]] = {}
    with duckdb.connect() as db:
        for delivery in deliveries(home):
            for table in TABLES:
                rows = db.execute(f"from read_parquet('{delivery.parquet(home, table)}')").fetchall()
                found.setdefault(table, []).extend(rows)
    return found


def named(rows: dict[str, list[tuple[object, ...]]], pseudonym_of: dict[str, str]) -> dict[str, list[str]]:
    """The same rows with natural keys in the place of pseudonyms, in an order of their own."""
    natural = {pseudonym: key for key, pseudonym in pseudonym_of.items()}
    return {table: sorted(str([natural.get(str(c), c) for c in row]) for row in found) for table, found in rows.items()}


def state_of(home: Home) -> tuple[dict[str, list[str]], dict[str, tuple[str, str, str]]]:
    """What a home says, with natural keys in the place of pseudonyms: its rows, and its names."""
    pseudonym_of = naturals_of(home)
    names = names_of(home, [pseudonym_of[p] for p in NATURALS["pupil"]])
    return named(mapped(home), pseudonym_of), {p: names[pseudonym_of[p]] for p in NATURALS["pupil"]}


def child(code: str, *arguments: str) -> subprocess.Popen[str]:
    """A process of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )

"""What `docs/own_data.md` promises: its commands run as they stand there, and give what it says."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from tables import draw, read

from warehouse.connection import working_store
from warehouse.home import Home

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "docs" / "own_data_example"
Runner = Callable[..., CompletedProcess[str]]


def commands() -> list[list[str]]:
    """Every command of the page, in order."""
    text = (ROOT / "docs" / "own_data.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines()]


@pytest.fixture(scope="module")
def home(aanboord: Runner, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home in which every command of the page was run."""
    folder = tmp_path_factory.mktemp("own_data")
    for command in commands():
        assert command[0] == "aanboord"
        told = [str(ROOT / word) if word.startswith("docs/") else word for word in command[1:]]
        told = [str(folder / word) if word == "to_mend" else word for word in told]
        done = aanboord(*told, "--home", str(folder / "home"))
        assert done.returncode == 0, done.stderr
    return Home(folder / "home")


def test_the_example_becomes_what_the_page_says(home: Home) -> None:
    """One absence was taken back, one corrected; being late is left out on purpose, and nothing is set aside."""
    with working_store(home) as db:
        rows = db.execute(
            "select p.birth_date, a.absence_date, day_part_code, absence_code, a.known_date, a.superseded_date"
            " from core.absences as a inner join core.pupils as p using (pupil_id) order by all"
        ).fetchall()
        schools = db.execute("select school_id, school_name from core.schools order by all").fetchall()
        road = db.execute(
            "select school_id, grade, exit_reason_code from core.enrolments order by grade, start_date"
        ).fetchall()
        assert db.execute("select count(*) from stored.set_aside").fetchall() == [(0,)]
    assert draw(("born", "day", "part", "code", "known", "until"), [tuple(map(str, row)) for row in rows]) == draw(
        *read("""
        born       | day        | part | code | known      | until
        2012-11-17 | 2023-10-10 | AM   | B    | 2023-10-31 | 2023-11-30
        2013-05-04 | 2023-10-09 | AM   | B    | 2023-11-30 | 9999-12-31
        2013-05-04 | 2023-10-09 | AM   | Z    | 2023-10-31 | 2023-11-30
        2013-05-04 | 2023-10-09 | PM   | Z    | 2023-10-31 | 9999-12-31
        """)
    )
    assert schools == [("S1", "De Zoë"), ("S2", "Het Plein")]
    assert road == [("S1", 4, None), ("S1", 5, "school_change"), ("S2", 5, None)]


def test_the_sql_of_the_page_is_that_of_the_example() -> None:
    """What a reader copies is what is tested."""
    text = (ROOT / "docs" / "own_data.md").read_text(encoding="utf-8")
    for shown in re.findall(r"```sql\n(.*?)```", text, re.DOTALL):
        assert any(shown in path.read_text(encoding="utf-8") for path in EXAMPLE.rglob("*.sql"))

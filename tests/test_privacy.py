"""Nobody is named where nobody may be: canaries are planted in a delivery, and every byte that comes of it is searched.

A canary is a name, a number or a spoiled cell that stands nowhere else. It may stand in the list of the pupil's own centre, if it
is a name; everywhere else it may not: no database, log, event, check result, message, file name, or list of another centre.
"""

import csv
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest
from canaries import ANY, BAD_SQL, GOOD_SQL, REFUSED, own_mapping, planted
from conftest import Runner
from every_byte import Part, everything, possible_numbers

from warehouse.home import Home
from warehouse.publication import current

DIGITS, PSEUDONYM = re.compile(rb"(?=([0-9]{11}))"), re.compile(rb"[0-9a-f]{20}")
COUNTS_ALONE = ("dagster", "models", "evaluations", "scores", "deliveries")
SHOWING = (
    ["status"],
    ["status", "--json"],
    ["quarantine"],
    ["quarantine", "--json"],
    ["evaluate"],
    ["keys", "status"],
    ["lists"],
    ["lists", "--format", "csv"],
)


@dataclass
class Story:
    """A home with planted canaries, what every command printed, how it ended and should have, and what was found."""

    home: Home
    numbers: set[bytes]
    printed: list[tuple[str, bytes]] = field(default_factory=list)
    endings: list[tuple[str, int, int]] = field(default_factory=list)
    found: dict[str, set[bytes]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def story(aanboord: Runner, small_delivery: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Everything that can be done with a home, well and badly, with every byte searched at the end."""
    folder = tmp_path_factory.mktemp("privacy")
    home = Home(folder / "home")
    told = Story(home, planted(small_delivery, folder / "planted"))

    def do(*arguments: object, ends: int = 0, at: Home = home) -> None:
        done = aanboord(*arguments, "--home", at.root)
        command = " ".join(Path(str(argument)).name for argument in arguments)
        told.printed.append((command, (done.stdout + done.stderr).encode()))
        told.endings.append((command, done.returncode, ends))

    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AANBOORD_TRACEBACK", "1")
        do("deliver", folder / "planted")
        own_mapping(folder, GOOD_SQL)
        do("deliver", folder / "own", "--system", "mine", "--mappings", folder / "mappings")
        do("run")
        for command in SHOWING:
            do(*command)
        do("quarantine", "--export", folder / "export")
        for change in REFUSED:
            shutil.copytree(folder / "planted", folder / change.__name__)
            change(folder / change.__name__)
            do("deliver", folder / change.__name__, "--system", "aanboord", ends=1)
        own_mapping(folder, BAD_SQL)
        home.last_run.unlink()  # so that there is work
        do("run", ends=1)  # a traceback ends with 1
        own_mapping(folder, GOOD_SQL)
        failing_check(home, folder / "failing")
        do("run", ends=1, at=Home(folder / "failing"))
        do("status", at=Home(folder / "failing"))
        do("keys", "rotate")
    told.found = searched(home.root, told.numbers) | {
        f"failing/{where}": found
        for where, found in searched(folder / "failing", told.numbers).items()
        if not where.startswith(("mapped", "warehouse.duckdb"))  # where the test itself put it
    }
    yield told


def failing_check(home: Home, copy: Path) -> None:
    """A copy of the home in which a mapped table holds what its contract forbids, so that a check says no."""
    shutil.copytree(home.root, copy, symlinks=True)
    Home(copy).last_run.unlink()
    path = max(copy.glob("mapped/*/*/pupils.parquet"), key=lambda p: p.stat().st_size)
    with duckdb.connect() as db:
        rows = "select * replace (case when row_number() over () = 1 then 'Kanarieregel' else sex_code end as sex_code)"
        db.execute(f"create table t as {rows} from read_parquet('{path}')")
        db.execute(f"copy t to '{path}' (format parquet)")


def searched(root: Path, numbers: set[bytes]) -> dict[str, set[bytes]]:
    """Where canaries stand under a folder."""
    return {part.where: hits for part in everything(root) if (hits := canaries(part, numbers))}


def canaries(part: Part, numbers: set[bytes]) -> set[bytes]:
    """Planted names, cells and numbers, and numbers that somebody could have."""
    found = {hit.group() for hit in ANY.finditer(part.content)}
    found |= {number for number in DIGITS.findall(part.content) if number in numbers}
    return found | possible_numbers(part.content) if part.is_text else found


def pseudonyms_of(home: Home) -> set[bytes]:
    """Of every pupil that was published."""
    with current(home).open() as db:
        return {row[0].encode() for row in db.execute("select pupil_id from pupils").fetchall()}


def test_the_story_went_as_it_should(story: Story) -> None:
    """Each command ended as it had to; a fault that nobody meant would hide what it prints."""
    assert [ending for ending in story.endings if ending[1] != ending[2]] == []


def test_the_canaries_can_be_found(small_delivery: Path, tmp_path: Path) -> None:
    """A search that finds nothing where they were planted would prove nothing."""
    numbers = planted(small_delivery, tmp_path / "planted")
    found = searched(tmp_path, numbers)
    assert len(found["planted/pupils.csv"] & numbers) == len(numbers) > 2_000
    assert len(found["planted/identities.csv"] & numbers) > 2_000
    assert {b"Kanarie"} <= found["planted/pupils.csv"] | found["planted/identities.csv"]
    assert found["planted/enrolments.csv"] <= numbers and not possible_numbers(b" ".join(numbers))
    assert possible_numbers(b"number 93051822361, or 00012556777, not 93051822362") == {
        b"93051822361",
        b"00012556777",
    }


def test_nobody_is_named_in_what_a_home_keeps(story: Story) -> None:
    """Neither in landed files, mapped tables, databases, Dagster's history, check results, publications nor the vault."""
    assert {
        where: hits for where, hits in story.found.items() if not where.startswith(("lists/", "failing/lists/"))
    } == {}


def test_nobody_is_named_in_what_is_printed(story: Story) -> None:
    """Whatever the command, and however it ended; not by a pseudonym either."""
    named = {command: hits for command, text in story.printed if (hits := canaries(Part(command, text), story.numbers))}
    assert named == {} and sum(len(text) for _, text in story.printed) > 5_000
    pupils = pseudonyms_of(story.home)
    assert [command for command, text in story.printed if pupils & {*PSEUDONYM.findall(text)}] == []


def test_no_pseudonym_stands_in_what_is_kept_of_a_run(story: Story) -> None:
    """Dagster's history, models, evaluations and manifests speak of counts."""
    pupils = pseudonyms_of(story.home)
    kept = [found for name in COUNTS_ALONE for found in everything(story.home.root / name)]
    assert len(pupils) > 2_000 and len(kept) > 100
    assert [part.where for part in kept if pupils & {*PSEUDONYM.findall(part.content)}] == []


def test_a_list_names_pupils_of_its_own_centre_alone(story: Story) -> None:
    """Nobody is named in a file of a centre who never was in one of its schools; and there are names, in Excel and in CSV."""
    own = own_names(story.home.root.parent / "planted")
    listed = names_in_lists(story.home)
    assert len(own) >= 2 and {centre for centre, _ in listed} == set(own)
    assert {kind for _, kind in listed} == {".csv", ".xlsx"}
    everybody = {name for names in own.values() for name in names}
    for (centre, _), names in listed.items():
        assert names and len(everybody - own[centre]) > 100
        assert names <= own[centre]


def own_names(delivery: Path) -> dict[str, set[bytes]]:
    """The canaries of the pupils who were in a school of each centre, from the delivered files themselves."""
    centre_of = {row["school_id"]: row["clb_id"] for row in rows_of(delivery / "clb_areas.csv")}
    name_of = {row["pupil_id"]: row["first_name"].encode() for row in rows_of(delivery / "identities.csv")}
    own: dict[str, set[bytes]] = {}
    for row in rows_of(delivery / "enrolments.csv"):
        own.setdefault(centre_of[row["school_id"]], set()).add(name_of[row["pupil_id"]])
    return own


def rows_of(path: Path) -> list[dict[str, str]]:
    """The lines of a delivered file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def names_in_lists(home: Home) -> dict[tuple[str, str], set[bytes]]:
    """By centre and kind of file, the first names in its list."""
    found: dict[tuple[str, str], set[bytes]] = {}
    for where, content, _ in everything(home.lists):
        named = re.search(r"lijst_(\w+)_\d{4}-\d\d-\d\d(\.\w+)", where)
        if named:
            found.setdefault((named[1], named[2]), set()).update(
                m.group() for m in re.finditer(rb"Kanarie\d{5}q", content)
            )
    return found

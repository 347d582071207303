"""Whatever dies in the middle of a night: what was published stays whole, and the next night comes to the same bytes.

`AANBOORD_KILLS` says how many random kills are tried: 20 where it is not set, and then every point gets one of the signals in turn. A
nightly run sets 200, and then every point gets every signal.
"""

import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest
from crashes import POINTS, SIGNALS, night
from intake_example import write_delivery

from warehouse import audit
from warehouse.home import Home
from warehouse.publication import PublicationError, current, publications

KILLS = int(os.environ.get("AANBOORD_KILLS", "20"))
MORE = {
    "pupils": """
        pupil_id | birth_date | sex_code | known_date
        P3       | 2012-03-04 | M        | 2019-10-01
    """,
    "enrolments": """
        enrolment_id | pupil_id | school_id | school_year | level_code | grade | start_date | known_date
        E3           | P3       | S1        | 2019        | primary    | 2     | 2019-10-01 | 2019-10-01
    """,
}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Path, str]:
    """A home with one publication, the delivery of the next night, and the id that this night must come to."""
    folder = tmp_path_factory.mktemp("crashes")
    home, second = Home(folder / "home"), write_delivery(folder / "second", **MORE)
    assert night(home.root, write_delivery(folder / "first")).wait(120) == 0
    shutil.copytree(home.root, folder / "wanted", symlinks=True)
    assert night(folder / "wanted", second).wait(120) == 0
    wanted = current(Home(folder / "wanted")).id
    assert wanted != current(home).id
    return home, second, wanted


@pytest.fixture
def home(before: tuple[Home, Path, str], tmp_path: Path) -> Home:
    """A copy to kill things in."""
    shutil.copytree(before[0].root, tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


def check_whole(home: Home, allowed: set[str]) -> None:
    """The pointer names a whole publication, the old one or the new one, and the audit chain holds."""
    published = current(home)
    assert published.id in allowed and published.problems() == []
    with published.open() as db:
        assert db.execute("select count(*) from pupils").fetchall()[0][0] in (2, 3)
    assert audit.problems(home) == []


def left_behind(home: Home) -> list[str]:
    """What a finished night may not leave."""
    parts = [home.publications, home.deliveries, home.temp, home.landed, home.mapped]
    found = [p for part in parts for p in part.rglob("*")]
    return [
        str(p.relative_to(home.root))
        for p in found
        if p.name.startswith(".") or "partial" in p.name or p.parent == home.temp
    ]


def check_converges(home: Home, delivery: Path, wanted: str) -> None:
    """The next night comes to the very same bytes and clears away what was left."""
    again = night(home.root, delivery)
    assert again.wait(120) == 0, again.stderr.read().decode() if again.stderr else ""
    assert current(home).id == wanted and current(home).problems() == []
    assert [p.id for p in publications(home)] == [wanted] and left_behind(home) == []


PAIRS = [
    pytest.param(point, name, id=f"{told} {name}")
    for number, (told, point) in enumerate(POINTS.items())
    for turn, name in enumerate(SIGNALS)
    if KILLS >= 200 or turn == number % len(SIGNALS)
]


@pytest.mark.parametrize(("point", "name"), PAIRS)
def test_a_night_that_is_killed_at_a_point(home: Home, before: tuple[Home, Path, str], point: str, name: str) -> None:
    """At every named point, with every signal."""
    old, wanted = current(home).id, before[2]
    process = night(home.root, before[1], point, name)
    assert process.wait(120) != 0, "the point was never reached"
    check_whole(home, {old, wanted})
    check_converges(home, before[1], wanted)


def test_nights_that_are_killed_at_random(before: tuple[Home, Path, str], tmp_path: Path) -> None:
    """At any moment, several times in the same home, and at the end a night that is not."""
    chosen, wanted = random.Random(11), before[2]
    home = Home(tmp_path / "home")
    shutil.copytree(before[0].root, home.root, symlinks=True)
    old = current(home).id
    for _ in range(KILLS):
        process = night(home.root, before[1])
        time.sleep(chosen.uniform(0.2, 3.0))
        process.send_signal(signal.SIGKILL)
        process.wait(60)
        check_whole(home, {old, wanted})
    check_converges(home, before[1], wanted)


def test_a_home_that_is_killed_on_its_first_night_has_no_publication(
    before: tuple[Home, Path, str], tmp_path: Path
) -> None:
    """Rather than half of one; the next night makes it."""
    home = Home(tmp_path / "home")
    assert night(home.root, before[1], POINTS["publishing: before the switch"]).wait(120) != 0
    with pytest.raises(PublicationError, match="Nothing is published"):
        current(home)
    assert night(home.root, before[1]).wait(120) == 0 and current(home).problems() == []

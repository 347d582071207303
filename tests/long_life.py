"""A home over a long life, as a machine that Hypothesis drives: any step in any order, and a dictionary that says what must be there.

Belongs here: the steps, what must hold after each, and how many lives there are: `AANBOORD_LIVES` in all, of `AANBOORD_STEPS` each; a
hundred of 30 steps where they are not set. Not here: the world that it lives in (`small_world`). Two files, `test_long_life` and
`test_longer_life`, live half of them each, so that two processes share them.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from small_world import (
    ERASURE_POINTS,
    NIGHT_POINTS,
    PUPILS,
    SYSTEM,
    Killed,
    night,
    ready_to_be_killed,
    take_out,
    write_news,
    write_system,
)

from warehouse import audit
from warehouse.child import kept_ready
from warehouse.erasure import erase
from warehouse.home import Home
from warehouse.pseudonym import pseudonym_key, pseudonyms
from warehouse.publication import current, publications
from warehouse.publishing import point_to
from warehouse.traces import traces

LIVES, STEPS = int(os.environ.get("AANBOORD_LIVES", "100")), int(os.environ.get("AANBOORD_STEPS", "30"))
SETTINGS = settings(
    max_examples=LIVES // 2,  # each of two files lives half of them
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=[*HealthCheck],
)
BIRTHS = [f"20{year}-0{month}-1{day}" for year in (10, 11) for month in (3, 7) for day in (1, 5)]
FEW = st.dictionaries(st.sampled_from(PUPILS), st.sampled_from(BIRTHS), min_size=1, max_size=3)
IN_MEMORY = Path("/dev/shm")


@pytest.fixture(scope="module", autouse=True)
def ready() -> Iterator[None]:
    """All that lives need: ready processes, and one thread, since so small a world has no work for more."""
    with pytest.MonkeyPatch.context() as settings_:
        settings_.setenv("AANBOORD_THREADS", "1")
        with kept_ready(), ready_to_be_killed() as Life.killed:
            yield


def half(number: int) -> Any:
    """The test of one half of the lives; each half is drawn by its own number."""
    made = seed(number)(type(f"Half{number}", (Life,), {})).TestCase
    made.settings = SETTINGS
    return made


class Life(RuleBasedStateMachine):
    """What was told of each pupil, on which day, is the model; the home must publish the same."""

    killed: ClassVar[Killed]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="life-", dir=IN_MEMORY if IN_MEMORY.is_dir() else None))
        self.mappings = str(write_system(self.folder / "mappings"))
        self.home = Home(self.folder / "home")
        self.day, self.told, self.gone = 0, dict[str, str](), set[str]()
        self.published: dict[str, dict[str, str]] = {}

    @initialize(births=st.lists(st.sampled_from(BIRTHS), min_size=2, max_size=2))
    def first_night(self, births: list[str]) -> None:
        """Two pupils are delivered and published."""
        self._night(dict(zip(PUPILS, births, strict=False)))

    @rule(news=FEW)
    def deliver(self, news: dict[str, str]) -> None:
        """Pupils are told of, for the first time or again: an erased one does not come back."""
        self._night(news)

    @precondition(lambda self: self.told)
    @rule(which=st.integers(0, 8), birth=st.sampled_from(BIRTHS))
    def correct(self, which: int, birth: str) -> None:
        """Somebody who is known is told again, with another day of birth or the same: the later telling counts."""
        self._night({self._known(which): birth})

    @rule()
    def publish(self) -> None:
        """A night in which nothing came in publishes what is known: also after an older one was put in force."""
        night(self.home, "", self.mappings)
        self.published[current(self.home).id] = dict(self.told)

    @rule(which=st.integers(0, 9))
    def roll_back(self, which: int) -> None:
        """An older publication is put in force; the next night publishes anew."""
        kept = publications(self.home)
        point_to(self.home, kept[which % len(kept)])

    @rule(news=FEW, point=st.sampled_from(NIGHT_POINTS))
    def be_killed(self, news: dict[str, str], point: str) -> None:
        """A night is killed; what was published stays, or is the new one; and the same night again comes to its end."""
        delivery, known = self._drawn(news), [p.id for p in publications(self.home)]
        type(self).killed(night, self.home, point, str(delivery), self.mappings)
        left = current(self.home)
        assert left.problems() == [] and (left.id in known or left.manifest["deliveries"])
        self._end(delivery, news)

    @precondition(lambda self: self.told)
    @rule(which=st.integers(0, 8), point=st.none() | st.sampled_from(ERASURE_POINTS))
    def erase(self, which: int, point: str | None) -> None:
        """Somebody is taken out; where that is killed, the same erasure again comes to its end."""
        pupil, in_force = self._known(which), self.published[current(self.home).id]
        if point:
            type(self).killed(take_out, self.home, point, pupil)
            assert current(self.home).problems() == []
        erase(self.home, [pupil])
        del self.told[pupil]
        self.gone.add(pupil)
        self.published = {current(self.home).id: {p: birth for p, birth in in_force.items() if p != pupil}}

    @invariant()
    def the_publication_is_what_was_told(self) -> None:
        """Whichever is in force holds exactly what was told when it was made."""
        if not self.published:
            return
        published = current(self.home)
        pupils, transport = (pq.read_table(published.tables[name]).to_pylist() for name in ("pupils", "transport"))
        born, travel = (
            {row["pupil_id"]: str(row["birth_date"]) for row in pupils},
            {row["pupil_id"] for row in transport},
        )
        assert born == self._under_pseudonyms(self.published[published.id]) and travel == {*born}

    @invariant()
    def nobody_who_was_erased_is_left(self) -> None:
        """Not in any file; and the audit chain holds."""
        if self.gone:
            assert [p for p, has_one in traces(self.home, sorted(self.gone)) if has_one] == []
        assert audit.problems(self.home) == []

    def teardown(self) -> None:
        """The home goes with its life."""
        shutil.rmtree(self.folder)

    def _known(self, which: int) -> str:
        return sorted(self.told)[which % len(self.told)]

    def _night(self, news: dict[str, str]) -> None:
        self._end(self._drawn(news), news)

    def _end(self, delivery: Path, news: dict[str, str]) -> None:
        night(self.home, str(delivery), self.mappings)
        self.told |= {pupil: birth for pupil, birth in news.items() if pupil not in self.gone}
        self.published[current(self.home).id] = dict(self.told)

    def _drawn(self, news: dict[str, str]) -> Path:
        self.day += 1
        known = f"2019-{9 + self.day // 28:02}-{self.day % 28 + 1:02}"
        return write_news(self.folder / f"night{self.day}", news, known)

    def _under_pseudonyms(self, told: dict[str, str]) -> dict[str, str]:
        key = pseudonym_key(self.home)
        return {pseudonyms(key, SYSTEM, "pupil", [pupil])[0]: birth for pupil, birth in told.items()}

"""A home over a long life: deliver, correct, erase, publish, roll back and be killed, in any order, against a dictionary.

`AANBOORD_LIVES` says how many lives are tried and `AANBOORD_STEPS` how long each is (3 of 8 steps where they are not set; 100 of 30 for a
long run: a step takes about two seconds of a processor, so that this is hours and no part of every test run).
"""

import os
import shutil
import tempfile
from pathlib import Path

from crashes import POINTS, night
from crashes import _work as quiet_night
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from intake_example import write_delivery

from warehouse import audit
from warehouse.erasure import erase
from warehouse.home import Home
from warehouse.pseudonym import pseudonym_key, pseudonyms
from warehouse.publication import current, publications
from warehouse.publishing import point_to
from warehouse.traces import traces

LIVES, STEPS = int(os.environ.get("AANBOORD_LIVES", "3")), int(os.environ.get("AANBOORD_STEPS", "8"))
PUPILS = [f"P{n:08}" for n in range(1, 7)]
BIRTHS = [f"20{year}-0{month}-1{day}" for year in (10, 11) for month in (3, 7) for day in (1, 5)]

TWO = st.dictionaries(st.sampled_from(PUPILS), st.sampled_from(BIRTHS), min_size=1, max_size=2)


class Life(RuleBasedStateMachine):
    """What was told of each pupil, on which day, is the model; the home must publish the same."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="life-"))
        self.home = Home(self.folder / "home")
        self.day, self.told, self.gone = 0, dict[str, str](), set[str]()
        self.published: dict[str, dict[str, str]] = {}

    @initialize(births=st.lists(st.sampled_from(BIRTHS), min_size=2, max_size=2))
    def first_night(self, births: list[str]) -> None:
        """Two pupils are delivered and published."""
        self._night(dict(zip(PUPILS, births, strict=False)))

    @rule(news=st.dictionaries(st.sampled_from(PUPILS), st.sampled_from(BIRTHS), min_size=1, max_size=3))
    def deliver(self, news: dict[str, str]) -> None:
        """New pupils, and others told again: a later telling counts, an erased pupil does not come back."""
        self._night(news)

    @rule(
        news=st.dictionaries(st.sampled_from(PUPILS), st.sampled_from(BIRTHS), min_size=1, max_size=2),
        point=st.sampled_from([*POINTS.values()]),
    )
    def be_killed(self, news: dict[str, str], point: str) -> None:
        """A night is killed; what was published stays, and the same night again comes to its end."""
        delivery, before = self._drawn(news), current(self.home).id
        night(self.home.root, delivery, point).wait(120)
        assert current(self.home).problems() == [] and (current(self.home).id == before or point)
        self._end(delivery, news)

    @precondition(lambda self: self.told)
    @rule(which=st.integers(0, 5))
    def erase(self, which: int) -> None:
        """Somebody is taken out."""
        pupil = sorted(self.told)[which % len(self.told)]
        erase(self.home, [pupil])
        del self.told[pupil]
        self.gone.add(pupil)
        self.published = {current(self.home).id: dict(self.told)}

    @rule(which=st.integers(0, 9))
    def roll_back(self, which: int) -> None:
        """An older publication is put in force; the next night publishes anew."""
        kept = publications(self.home)
        point_to(self.home, kept[which % len(kept)])

    @invariant()
    def the_publication_is_what_was_told(self) -> None:
        """Whichever is in force holds exactly what was told when it was made."""
        if not self.published:
            return
        published = current(self.home)
        with published.open() as db:
            rows = dict(db.execute("select pupil_id, cast(birth_date as varchar) from pupils").fetchall())
        assert rows == self._under_pseudonyms(self.published[published.id])

    @invariant()
    def nobody_who_was_erased_is_left(self) -> None:
        """Not in any file; and the audit chain holds."""
        if self.gone:
            assert [p for p, has_one in traces(self.home, sorted(self.gone)) if has_one] == []
        assert audit.problems(self.home) == []

    def teardown(self) -> None:
        """The home goes with its life."""
        shutil.rmtree(self.folder)

    def _night(self, news: dict[str, str]) -> None:
        self._end(self._drawn(news), news)

    def _end(self, delivery: Path, news: dict[str, str]) -> None:
        quiet_night(self.home.root, delivery)
        self.told |= {pupil: birth for pupil, birth in news.items() if pupil not in self.gone}
        self.published[current(self.home).id] = dict(self.told)

    def _drawn(self, news: dict[str, str]) -> Path:
        self.day += 1
        known = f"2019-{9 + self.day // 28:02}-{self.day % 28 + 1:02}"
        rows = "\n".join(f"{pupil} | {birth} | F | {known}" for pupil, birth in sorted(news.items()))
        school = f"school_id | school_name | level_code | known_date\nS1 | De Wilg | primary | {known}"
        enrolments = "enrolment_id | pupil_id | school_id | school_year | level_code | grade | start_date | known_date"
        enrolled = "\n".join(f"E{p} | {p} | S1 | 2019 | primary | 3 | 2019-09-01 | {known}" for p in sorted(news))
        return write_delivery(
            self.folder / f"night{self.day}",
            pupils=f"pupil_id | birth_date | sex_code | known_date\n{rows}",
            schools=school,
            enrolments=f"{enrolments}\n{enrolled}",
        )

    def _under_pseudonyms(self, told: dict[str, str]) -> dict[str, str]:
        key = pseudonym_key(self.home)
        return {pseudonyms(key, "aanboord", "pupil", [pupil])[0]: birth for pupil, birth in told.items()}


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=LIVES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=[*HealthCheck],
)

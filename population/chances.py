"""What the truth answers: the true chances of one target on one day, and on which days it is asked.

Belongs here: the answer, the days, what each target is made of. Not here: how a chance adds up (`moments`, `within_the_year`, `early`).
The names are those of `features/moments.yaml`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from population.common import Floats, Ints, day
from population.reasons import Reasons
from population.settings import section

CHUNK = 400_000  # pupils times worlds that live on at a time


@dataclass(frozen=True)
class Chances:
    """True chances of one target on one day: one entry a pupil."""

    moment: str
    target: str
    day: int
    pupil: Ints
    chance: Floats
    why: Reasons


Work = Callable[[], list[Chances]]  # takes a while, and may be done beside others
# by day, one entry an enrolment, three rows: half-days away before it, those of code B, and since how many it is away without a break
Counted = dict[int, Ints]
EVENTS = {
    "rough_start_primary": ("absence", "failing"), "lost_in_first_stage": ("absence",),
    "lost_after_first_stage": ("absence", "leaving"), "serious_absence": ("absence",),
    "serious_absence_or_exit": ("absence", "leaving"), "leaves_unqualified_24m": ("leaving",),
    "left_unqualified": ("failing", "leaving"),
}  # fmt: skip


def days_asked(school_year: int) -> list[int]:
    """Every day on which a moment within the year is asked."""
    return sorted({one for those in dates(school_year).values() for one in those})


def dates(school_year: int) -> dict[str, list[int]]:
    """The days of each moment within the year."""
    in_year = [_on(school_year, text) for text in section("truth")["in_year_days"]]
    onward = [_on(school_year, section("truth")["onward_day"])]
    return {
        "in_year_primary": in_year, "in_year_secondary": in_year, "in_year_kindergarten": in_year,
        "secondary_to_onward": onward, "childcare_to_kindergarten": first_of_months(school_year),
    }  # fmt: skip


def first_of_months(school_year: int) -> list[int]:
    """First days of the months in which there is school, but September."""
    return [day(school_year + (month < 9), month, 1) for month in (10, 11, 12, 1, 2, 3, 4, 5, 6)]


def _on(school_year: int, text: str) -> int:
    month, date = (int(part) for part in text.split("-"))
    return day(school_year + (month < 9), month, date)


def mean_over(values: Floats, worlds: int) -> Floats:
    """Mean over the worlds of values that hold world after world."""
    mean: Floats = values.reshape(worlds, -1).mean(axis=0)
    return mean

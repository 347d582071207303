"""How half-days away add up in a part of a year of kindergarten, without a draw.

Belongs here: their distribution, and stays of weeks of a child who comes now and then: those to come, and one that goes on. Not here: how
often a child of that state is away (`presence`). Spells have geometric length and come at random, and where two meet a half-day counts
once; so mean and variance follow from how likely no spell covers one half-day, and two. The number is taken as a beta number between none
and all of them; but that a child who comes now and then may have no stay in a part of a year, and then is away as others are.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from population import counts
from population.common import Floats, Ints
from population.settings import section

STEP = 2.0  # half-days of a year looked at together
NUMBERS = np.concatenate(
    [[0.0], np.geomspace(0.25, 120.0, 20)]
)  # usual spells a year; between them a straight line will do
_LEAST = 1e-6


@dataclass(frozen=True)
class Away:
    """Half-days away in a part of a year that has `room` for so many: most are away little, and a few very much."""

    mean: Floats
    variance: Floats
    room: Floats

    def more_than(self, spare: Floats) -> Floats:
        """Chance of more half-days away than can be spared."""
        from scipy.special import betainc  # type: ignore[import-untyped]

        room = np.maximum(self.room, _LEAST)
        mean = np.clip(self.mean / room, _LEAST, 1.0 - _LEAST)
        widest = mean * (1.0 - mean)
        size = widest / np.clip(self.variance / room**2, 1e-4 * widest, 0.999 * widest) - 1.0
        over: Floats = betainc((1.0 - mean) * size, mean * size, 1.0 - np.clip((spare + 0.5) / room, 0.0, 1.0))
        return np.where(spare < 0, 1.0, over)


@dataclass(frozen=True)
class NowAndThen:
    """Half-days away of children who come now and then: as usual ones where no long stay falls in the part of the year, else more."""

    none: float  # chance of no long stay
    usual: Away
    longer: Away

    def more_than(self, spare: Floats) -> Floats:
        """Chance of more half-days away than can be spared."""
        return self.none * self.usual.more_than(spare) + (1.0 - self.none) * self.longer.more_than(spare)


def met(mean: Floats, variance: Floats, part: float) -> Away:
    """Few spells, of any kind: what they would add up to if none met, and its variance."""
    room = np.full(len(mean), max(counts.YEAR_HALF_DAYS * part, 1.0))
    share = np.exp(-mean / room)
    return Away(room * (1.0 - share), variance * share**2 + 0.25, room)


def now_and_then(number: Floats, kept: Floats, part: float) -> NowAndThen:
    """Children with so many usual spells a year, of whose half-days away the school keeps a share."""
    stays = section("irregular")["stays"]
    none = float(np.exp(-stays * part))
    usual, either = _covered(part, 0.0, False).at(number), _covered(part, stays, False).at(number)
    mean = (either[0] - none * usual[0]) / (1.0 - none)
    square = (either[1] + either[0] ** 2 - none * (usual[1] + usual[0] ** 2)) / (1.0 - none)
    return NowAndThen(none, _kept(*usual, kept, part), _kept(mean, square - mean**2, kept, part))


def on_a_stay(number: Floats, kept: Floats, part: float) -> Away:
    """The same children, when the part begins within a long stay."""
    return _kept(*_covered(part, section("irregular")["stays"], True).at(number), kept, part)


def is_long(running: Ints) -> Floats:
    """Chance that who comes now and then, and is away since so many half-days, is on a long stay and not on a usual spell."""
    often, usual = section("absence_regimes")["under_5"]["A"]
    long = section("irregular")
    of_long, of_usual = (
        number * (1.0 - 1.0 / length) ** (running - 1)
        for number, length in ((long["stays"], long["half_days"]), (often, usual))
    )
    chance: Floats = of_long / (of_long + of_usual)
    return chance


def _kept(mean: Floats, variance: Floats, kept: Floats, part: float) -> Away:
    """As the school registers them."""
    return Away(mean * kept, variance * kept**2 + mean * kept * (1.0 - kept), counts.YEAR_HALF_DAYS * part * kept)


@dataclass(frozen=True)
class _Covered:
    """Mean and variance of half-days under a spell, for each of `NUMBERS`."""

    mean: Floats
    variance: Floats

    def at(self, number: Floats) -> tuple[Floats, Floats]:
        return np.interp(number, NUMBERS, self.mean), np.interp(number, NUMBERS, self.variance)


@cache
def _covered(part: float, stays: float, running: bool) -> _Covered:
    """With so many long stays a year beside the usual spells; the part may begin within one."""
    middle = (np.arange(max(1, round(counts.YEAR_HALF_DAYS * part / STEP))) + 0.5) * STEP
    often = section("absence_regimes")["under_5"]["A"][1], section("irregular")["half_days"]
    known = _in_stay(middle, stays) if running else np.ones(len(middle))
    found = [_moments(middle, [(number, often[0]), (stays, often[1])], known) for number in NUMBERS]
    return _Covered(*np.array(found).T)


def _in_stay(middle: Floats, stays: float) -> Floats:
    """Chance that the stay of the first day is over, and every other one that ran then."""
    length = section("irregular")["half_days"]
    left = np.exp(-middle / length)
    expected = stays * length / counts.YEAR_HALF_DAYS
    others = expected / -np.expm1(-expected) - 1.0
    over: Floats = (1.0 - left) * np.exp(-others * left)
    return over


def _moments(middle: Floats, spells: list[tuple[float, float]], known: Floats) -> tuple[float, float]:
    """Mean and variance of half-days under a spell; `known` is the chance that what ran on the first day is over."""
    running = [number * length / counts.YEAR_HALF_DAYS * -np.expm1(-middle / length) for number, length in spells]
    first = np.minimum.outer(np.arange(len(middle)), np.arange(len(middle)))
    apart = np.abs(middle[:, None] - middle)
    expected: Floats = np.sum(running, axis=0)
    both = sum(ran[first] * np.exp(-apart / length) for ran, (_, length) in zip(running, spells, strict=True))
    none = np.exp(-expected)
    of_two = np.exp(both - expected[:, None] - expected) * known[first]
    single = none * known
    mean = STEP * float((1.0 - single).sum())
    return mean, STEP**2 * float((of_two - single[:, None] * single).sum())

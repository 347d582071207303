"""How half-days away add up in a part of a year of kindergarten, in closed form.

Belongs here: their distribution, and stays of weeks of a child who comes now and then: those to come, and one that goes on. Not here: how
often a child of that state is away (`presence`). Spells have geometric length and come at random; their half-days are taken as a gamma
number, but that a child who comes now and then may have no stay in a part of a year, and then is away as others are.
"""

from dataclasses import dataclass

import numpy as np

from population import counts
from population.common import Floats, Ints
from population.settings import section

RESTS = -np.log1p(-(np.arange(8) + 0.5) / 8)  # of an exponential number of mean 1, eight equally likely ones


@dataclass(frozen=True)
class Away:
    """Half-days away in a part of a year, as a gamma number: most are away little, and a few very much."""

    mean: Floats
    variance: Floats

    def more_than(self, spare: Floats) -> Floats:
        """Chance of more half-days away than can be spared."""
        from scipy.special import gammaincc  # type: ignore[import-untyped]

        mean, variance = np.maximum(self.mean, 1e-6), np.maximum(self.variance, 0.25)
        chance: Floats = gammaincc(mean**2 / variance, np.maximum(spare + 0.5, 0.0) * mean / variance)
        return np.where(spare < 0, 1.0, chance)

    def of(self, share: Floats) -> "Away":
        """In a share of the part of the year."""
        return Away(self.mean * share, self.variance * share)

    def take(self, rows: Ints) -> "Away":
        return Away(self.mean[rows], self.variance[rows])


@dataclass(frozen=True)
class NowAndThen:
    """Half-days away of children who come now and then: as usual ones where no long stay falls in the part of the year, else more."""

    none: Floats  # chance of no long stay
    usual: Away
    longer: Away

    def more_than(self, spare: Floats) -> Floats:
        """Chance of more half-days away than can be spared."""
        return self.none * self.usual.more_than(spare) + (1.0 - self.none) * self.longer.more_than(spare)

    def more_than_after(self, rest: Floats, part: float, spare: Floats) -> Floats:
        """The same where a stay goes on: mean over what may be left of it (k, n); other spells show in what comes after that."""
        room = counts.YEAR_HALF_DAYS * part
        chance: Floats = np.mean([self._of(1.0 - left / room).more_than(spare - left) for left in rest], axis=0)
        return chance

    def _of(self, share: Floats) -> "NowAndThen":
        """In a share of the part of the year."""
        share = np.maximum(share, 0.0)
        return NowAndThen(self.none**share, self.usual.of(share), self.longer.of(share))

    def take(self, rows: Ints) -> "NowAndThen":
        return NowAndThen(self.none[rows], self.usual.take(rows), self.longer.take(rows))


def long_stays(stays: Floats) -> tuple[Floats, Floats, Floats]:
    """Chance that none of so many expected long stays comes, and mean and variance of their half-days where one does."""
    half_days = section("irregular")["half_days"]
    some = np.maximum(-np.expm1(-stays), 1e-12)
    mean = stays * half_days / some
    return 1.0 - some, mean, (stays * (2.0 * half_days**2 - half_days) + (stays * half_days) ** 2) / some - mean**2


def met(mean: Floats, variance: Floats, part: Floats) -> Away:
    """Spells that meet count once."""
    room = np.maximum(counts.YEAR_HALF_DAYS * part, 1.0)
    share = np.exp(-mean / room)
    return Away(room * (1.0 - share), variance * share**2 + 0.25)


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


def rest_of_stay(kept: Floats, part: float) -> Floats:
    """(k, n) equally likely half-days that are left of a stay, as the school registers them: its length has no memory."""
    half_days = np.minimum(RESTS * section("irregular")["half_days"], counts.YEAR_HALF_DAYS * part)
    rest: Floats = half_days[:, None] * kept[None, :]
    return rest

"""Each published figure beside the one that a delivery reaches: how far it is off, and whether that is near enough.

Belongs here: comparing and the table. Not here: who counts (`figures`), reading (`census`).
"""

import csv
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from population.census import Census, census_of
from population.common import Bools, Floats, Ints
from population.figures import FLANDERS, groups, question

TOLERANCE = {"main": (0.05, 0.005), "other": (0.10, 0.01)}  # relative, or absolute for shares: the larger one
COVID_YEARS = (2019, 2020)
NOT_POOLED = ("pop", "kenmerk_", "oki", "dual", "transport", "toah", "kleuter_290")  # these move from year to year
SECURE = 0.5  # a year by itself is used where its sampling error is below so much of what is allowed


@dataclass(frozen=True)
class Published:
    """One published figure; `year` is the calendar year in which its school year starts, None where it names none."""

    key: str
    group: str
    year: int | None
    value: float
    unit: str
    mark: str
    importance: str
    remark: str
    not_modelled: str


@dataclass(frozen=True)
class Compared:
    """A published figure beside the value reached; `reached` is None where `reason` says why."""

    figure: Published
    reached: float | None
    years: str
    counted: int
    reason: str = ""
    error: float = 0.0  # standard error of the value reached

    @property
    def deviation(self) -> float | None:
        return None if self.reached is None else self.reached - self.figure.value

    @property
    def verdict(self) -> str:
        """`within`, `outside`, `too few` where chance alone may have carried it outside, or `not modelled`."""
        if self.deviation is None:
            return "not modelled"
        off = abs(self.deviation) - allowed(self.figure) * (1 + 1e-9)
        return "within" if off <= 0 else "too few" if off <= 2 * self.error else "outside"


def published() -> list[Published]:
    """The figures, with older ones scaled as their remark says."""
    text = (files("population") / "published.csv").read_text(encoding="utf-8")
    return [_published(line) for line in csv.DictReader(text.splitlines())]


def _published(line: dict[str, str]) -> Published:
    year = int(line["year"][:4]) if line["year"][:4].isdigit() else None
    value = float(line["value"]) * float(line["scale"])
    names = ("unit", "mark", "importance", "remark", "not_modelled")
    return Published(line["key"], line["group"], year, value, *(line[name] for name in names))


def allowed(figure: Published) -> float:
    """How far a value may be off; of a share above one half, relative to what lacks from 1."""
    relative, absolute = TOLERANCE[figure.importance]
    if not figure.unit.startswith("share"):
        return relative * figure.value
    return max(relative * min(figure.value, 1.0 - figure.value), absolute)


def check(folder: Path, truth: Path | None = None) -> list[Compared]:
    """Compare every published figure with a delivery in the population's own form."""
    return compare(census_of(folder, truth))


def compare(census: Census) -> list[Compared]:
    """Compare every published figure."""
    years = np.arange(census.year.min(), census.year.max() + 1)
    named = groups(census)
    return [_compare(census, named, figure, years) for figure in published()]


def _compare(census: Census, named: dict[str, Bools], figure: Published, years: Ints) -> Compared:
    if figure.not_modelled:
        return Compared(figure, None, "", 0, figure.not_modelled)
    share = question(census, named, figure.key, figure.group)
    if share is None:
        return Compared(figure, None, "", 0, "only the truth keeps this of a pupil: give --truth")
    meant, among = share
    index = census.year - years[0]
    if figure.key == "kleuter_enrolled":
        index = census.birth_year + 5 - years[0]
        among = among & (index >= 0) & (index < len(years) - 1)
    of: Ints = np.bincount(index[among], minlength=len(years))[: len(years)]
    hits: Floats = np.bincount(index[among], (meant * 1.0)[among], minlength=len(years))[: len(years)].astype(float)
    return _reached(figure, years, hits, of)


def _reached(figure: Published, years: Ints, hits: Floats, of: Ints) -> Compared:
    chosen = _years(figure, years, of)
    counted = int(of[chosen].sum())
    if counted == 0:
        return Compared(figure, None, "", 0, "nobody in this delivery to count")
    share = float(hits[chosen].sum() / counted)
    scale = FLANDERS if figure.unit == "pupils" else 1
    value, error = share * scale, _error(share, counted) * scale
    named = str(years[chosen][0]) if chosen.sum() == 1 else f"{years[chosen][0]}-{years[chosen][-1]}, pooled"
    return Compared(figure, value, named, counted, figure.remark, error)


def _error(share: float, counted: int) -> float:
    """Standard error of a share; none for means."""
    inside = min(max(share, 0.0), 1.0)
    return float(np.sqrt(inside * (1.0 - inside) / counted))


def _years(figure: Published, years: Ints, of: Ints) -> Bools:
    """The year of the figure, the nearest one delivered, or all usual years where one is too few to tell."""
    usual: Bools = (of > 0) & ~np.isin(years, COVID_YEARS) | (years == figure.year) & (of > 0)
    if figure.year is None:
        return usual
    can_be = of > 0
    distance = np.where(can_be, np.abs(years - figure.year), 99)
    one: Bools = years == years[int(np.argmin(distance))]
    n = max(int(of[one].sum()), 1)
    share = np.clip(figure.value / FLANDERS if figure.unit == "pupils" else figure.value, 0.0, 1.0)
    error = np.sqrt(share * (1 - share) / n) * (FLANDERS if figure.unit == "pupils" else 1)
    secure = figure.key.startswith(NOT_POOLED) or error < SECURE * allowed(figure)
    return one if secure else usual


def summary(compared: list[Compared]) -> dict[str, int]:
    """How many figures are near enough, are not, or are not modelled."""
    verdicts = [line.verdict for line in compared]
    return {name: verdicts.count(name) for name in ("within", "outside", "too few", "not modelled")}

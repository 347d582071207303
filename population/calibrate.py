"""Fits the figures marked FIT to the published ones: live, count, compare, move each figure a little, again.

Belongs here: which figure of the settings answers for which published one. Not here: the mechanism, the comparison (`check`).
Run with `python -m population.calibrate --pupils 60000 --rounds 8`; it writes `fitted.yaml`. With `--populations 4` every round
follows the mean of four populations, so that no figure is fitted to the chance of one.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from population.census import census_of
from population.check import Compared, compare, summary
from population.make import write_population
from population.settings import get, put, settings

Distances = Callable[[str], float]  # of a figure `key group year`: log-odds of the published value over the one reached


@dataclass(frozen=True)
class Fit:
    """One figure of the settings, and what the published figures say of it: so much more (log or log-odds)."""

    path: str
    pull: dict[str, float]
    is_factor: bool = False
    low: float = -20.0
    high: float = 20.0


def _factor(path: str, low: float = 0.0, high: float = 1e6, **pull: float) -> Fit:
    return Fit(path, {name.replace("__", " "): weight for name, weight in pull.items()}, True, low, high)


def _added(path: str, **pull: float) -> Fit:
    return Fit(path, {name.replace("__", " "): weight for name, weight in pull.items()})


LANGUAGE, MOTHER = "characteristics.home_language", "characteristics.mother_low_education"
FITS = (
    _factor(f"{LANGUAGE}.2017", kenmerk_thuistaal__kleuter=0.9),
    _factor(f"{LANGUAGE}.2012", kenmerk_thuistaal__lager=0.9),
    _factor(f"{LANGUAGE}.2008", kenmerk_thuistaal__so_voltijds=0.9),
    _factor(f"{LANGUAGE}.2003", kenmerk_thuistaal__so_voltijds=0.9),
    _factor(f"{MOTHER}.2017", kenmerk_moeder__kleuter=0.9),
    _factor(f"{MOTHER}.2012", kenmerk_moeder__lager=0.9),
    _factor(f"{MOTHER}.2008", kenmerk_moeder__so_voltijds=0.9),
    _factor(f"{MOTHER}.2003", kenmerk_moeder__so_voltijds=0.9),
    _factor("characteristics.mix.means.schooling", oki_ge3__secundair=0.4),
    _factor("characteristics.mix.language.deprivation", oki_ge3__secundair=0.4),
    _added("progress.track.mother", kenmerk_moeder__so_aso=0.5),
    _added("progress.track.mother_lower", kenmerk_moeder__so_bso=-0.6),
    _added("progress.track.delay", delay1plus__so_aso=0.6, delay1plus__so_bso=-0.3),
    _added("progress.part_time.mother", kenmerk_moeder__dbso=0.6),
    _added("unauthorised.offset.kindergarten_5", kleuter_290_incl_P__5y=-0.6),
    _added("unauthorised.offset.kindergarten_6", pa30__kleuter_6plus=0.7),
    _added("unauthorised.offset.primary", pa30__lager=0.7),
    _added("unauthorised.offset.first_stage", pa30__so_voltijds=0.7),
    _added("unauthorised.offset.tso", pa30__so_voltijds=0.7),
    _added("unauthorised.offset.kso", pa30__so_voltijds=0.7),
    _added("unauthorised.offset.aso", pa30__so_aso=0.7),
    _added("unauthorised.offset.bso", pa30__so_bso=0.7),
    _added("unauthorised.offset.okan", pa30__so_okan=0.7),
    _added("unauthorised.offset.buso", pa30__buso=0.7),
    _added("unauthorised.offset.dbso", pa30__dbso=0.7),
    _added("unauthorised.year.2018", pa30__secundair_minors__2018=0.6),
    _factor("absence_regimes.five.P.0", kleuter_290_actual__5y=-0.25),
    _factor("moves.very_late_kindergarten_share", kleuter_enrolled__5y=-0.7),
    _factor("irregular.share.3", kleuter_150__3y=-0.7),
    _factor("irregular.share.4", kleuter_185__4y=-0.7),
    _factor("progress.prolonged_kindergarten", delay1plus__lager=0.6, delay1plus__so_graad1=0.4),
    _factor("progress.repeat_primary.0", repeat__lager_year1=0.8),
    _factor("progress.repeat_primary.1", repeat__lager_year2=0.8),
    *(_factor(f"progress.repeat_primary.{grade}", repeat__lager=0.6) for grade in (2, 3, 4)),
    _factor("progress.repeat_primary.5", repeat__lager_year6=0.8),
    _factor("progress.not_passed.first_stage", repeat__so_graad1=0.5, delay1plus__so_graad1=0.3, repeat__so=0.2),
    _factor("progress.not_passed.aso", c_attest__so_aso=0.6, repeat__so=0.3),
    _factor("progress.not_passed.tso", c_attest__so_tso=0.6, repeat__so=0.3),
    _factor("progress.not_passed.bso", c_attest__so_bso=0.6, repeat__so=0.3),
    *(_factor(f"progress.restricted.{form}", b_attest__so=0.8) for form in ("first_stage", "aso", "tso", "kso", "bso")),
    _added("progress.track_cuts.aso", pop__so_aso=-0.6),
    _added("progress.track_cuts.tso", pop__so_bso=0.5),
    _factor("progress.kso_share", pop__so_kso=0.8),
    _added("progress.part_time.base", pop__dbso=0.6, vsv__delay1=0.4, vsv__so_bso=-0.4),
    _factor("special.to_primary", pop__buso=0.8),
    _added("leaving.base", vsv__delay0=0.4, vsv__total=0.4),
    _added("leaving.aso", vsv__so_aso=0.7, vsv__total=-0.5),
    _added("leaving.tso", vsv__so_tso=0.7, vsv__total=-0.5),
    _added("leaving.kso", vsv__so_kso=0.7, vsv__total=-0.5),
    _added("leaving.bso", vsv__so_bso=0.7, vsv__total=-0.5),
    _factor("leaving.dbso_qualified", high=0.95, vsv__dbso=-0.5),
    _factor("leaving.buso_qualified", high=0.97, vsv__total=-0.3),
    _added("leaving.delay_1", vsv__delay1=0.7, vsv__delay0=-0.4, vsv__total=-0.3),
    _added("leaving.delay_2", vsv__delay2plus=0.7, vsv__delay0=-0.4, vsv__total=-0.3),
    _added("leaving.boy", vsv__boys=0.5, vsv__girls=-0.5),
    _added("leaving.home_language", vsv__home_not_nl=0.6, vsv__home_nl_only=-0.8),
    _added("leaving.mother.0", vsv__mother_no_primary=0.6),
    _added("leaving.mother.3", vsv__mother_higher_ed=0.6),
    _factor("moves.exclusion.secondary", excl_definitive__so_voltijds=0.9),
    _added("moves.exclusion_form.6", excl_definitive__dbso=0.8),
    _added("moves.exclusion_form.7", excl_definitive__buso=0.8),
    _factor("moves.switch.secondary", switch_in_year__so=1.0),
    _factor("dual.share.tso", dual__so=0.9),
    _factor("dual.share.bso", dual__so=0.9),
    _factor("happenings.by_need.long_illness.share.primary", **{"toah__basis+so": 0.9}),
    _factor("happenings.by_need.long_illness.share.secondary", **{"toah__basis+so": 0.9}),
)  # fmt: skip


def distances(compared: list[Compared]) -> dict[str, float]:
    """How far the published value lies above the one reached, in log-odds (shares) or logs (counts), by name of the figure."""
    found: dict[str, float] = {}
    for line in compared:
        if line.reached is not None:
            name = f"{line.figure.key} {line.figure.group}"
            found.setdefault(name, _distance(line))
            found[f"{name} {line.figure.year}"] = _distance(line)
    return found


def _distance(line: Compared) -> float:
    assert line.reached is not None
    both = np.array([line.figure.value, line.reached])
    if line.figure.unit.startswith("share"):
        both = np.clip(both, 1e-4, 1 - 1e-4)
        both = both / (1 - both)
    return float(np.clip(np.log(both[0] / both[1]), -1.0, 1.0))


def move(values: dict[str, float], far: dict[str, float], damping: float) -> None:
    """Move every fitted figure towards the published ones."""
    for fit in FITS:
        step = damping * sum(weight * far.get(name, 0.0) for name, weight in fit.pull.items())
        moved = values[fit.path] * np.exp(step) if fit.is_factor else values[fit.path] + step
        values[fit.path] = round(float(np.clip(moved, fit.low, fit.high)), 5)


def reach(pupils: int, seed: int, school_years: int) -> list[Compared]:
    """Live with the settings as they are, and compare."""
    with tempfile.TemporaryDirectory() as folder:
        out, truth = Path(folder) / "out", Path(folder) / "truth"
        write_population(
            pupils=pupils, school_years=school_years, seed=seed, out=out, truth=truth, form="parquet", chances=False
        )  # fmt: skip
        return compare(census_of(out, truth))


def mean_distances(several: list[list[Compared]]) -> dict[str, float]:
    """Mean of the distances over populations, of the figures that each of them reaches."""
    found = [distances(compared) for compared in several]
    return {
        name: float(np.mean([one[name] for one in found])) for name in found[0] if all(name in one for one in found)
    }


def main() -> None:
    """Fit, and keep in `fitted.yaml` what came nearest."""
    given = _arguments()
    values = {fit.path: get(settings(), fit.path) for fit in FITS}
    best, kept = -1, values
    for number in range(given.rounds):
        first = given.seed + number * given.populations * (not given.same_seed)
        several = [reach(given.pupils, first + k, given.school_years) for k in range(given.populations)]
        within = sum(summary(compared)["within"] for compared in several)
        sys.stdout.write("".join(f"{number} {_told(compared)}\n" for compared in several))
        sys.stdout.flush()
        if within > best:
            best, kept = within, dict(values)
        move(values, mean_distances(several), given.damping)
        for path, value in values.items():
            put(settings(), path, value)
        _write(kept)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("pupils", 60_000), ("rounds", 8), ("seed", 77), ("school-years", 10), ("populations", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--damping", type=float, default=0.7)
    parser.add_argument("--same-seed", action="store_true", help="the same people in every round, for the last ones")
    return parser.parse_args()


def _told(compared: list[Compared]) -> str:
    off = [c for c in compared if c.verdict in ("outside", "too few")]
    outside = ", ".join(f"{c.figure.key} {c.figure.group} {c.reached:.4g} for {c.figure.value:.4g}" for c in off)
    return f"{summary(compared)} {outside}"


def _write(values: dict[str, float]) -> None:
    head = "# Made by `python -m population.calibrate`: figures of settings.yaml, by path, fitted to published.csv.\n"
    target = Path(__file__).with_name("fitted.yaml")
    target.write_text(head + yaml.safe_dump(values, sort_keys=True), encoding="utf-8")


if __name__ == "__main__":
    main()

"""Made rows for the benchmarks of models: pupils followed over school years, with a known mechanism.

Belongs here: those rows and the columns that describe them. Not here: any measuring. They are drawn, not simulated lives: what is
measured is time, not how well anybody can be foreseen.
"""

import numpy as np
import pandas as pd

from data_contracts import Column

FIRST_YEAR = 2014
ENVIRONMENT = 6  # of the features, the last ones describe a school
FLAGS = {0: "flag_absence", 1: "rule_b", 5: "flag_delay"}


def made_rows(
    pupils: int, school_years: int, n_features: int, *, seed: int = 0
) -> tuple[pd.DataFrame, tuple[Column, ...]]:
    """One row a pupil and year: keys, features with 8 % missing, a label that closes a year later."""
    rng = np.random.default_rng(seed)
    schools = max(20, pupils // 120)
    school = rng.integers(0, schools, pupils)
    place = rng.normal(size=schools)
    need = rng.normal(size=pupils) + 0.5 * place[school]
    years = [_year(rng, need, place[school], school, n_features, FIRST_YEAR + k) for k in range(school_years)]
    return pd.concat(years, ignore_index=True), columns(n_features)


def columns(n_features: int) -> tuple[Column, ...]:
    """The features as contracts would describe them."""
    return tuple(_column(j, n_features) for j in range(n_features))


def _column(j: int, n_features: int) -> Column:
    said: dict[str, object] = {"malleable": j % 2 == 0, "dated": "until", "unit": "half-days" if j % 4 == 1 else ""}
    said |= {"sentence_nl": f"kenmerk {j} is {{value}}", "sentence_en": f"feature {j} is {{value}}"}
    said |= {"role": "environment"} if j >= n_features - ENVIRONMENT else {}
    said |= {"flag": FLAGS[j]} if j in FLAGS else {}
    return Column(f"f{j:02d}", "number", "made", custom=said)


def _year(
    rng: np.random.Generator,
    need: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    place: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    school: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    n_features: int,
    year: int,
) -> pd.DataFrame:
    n = len(need)
    made = {f"f{j:02d}": _feature(rng, place if j >= n_features - ENVIRONMENT else need, j) for j in range(n_features)}
    chance = 1 / (1 + np.exp(2.6 - 1.1 * need))
    schools = np.char.add("s", school.astype(str)).astype(object)
    return pd.DataFrame(
        {
            "pupil_id": [f"p{k:07d}" for k in range(n)],
            "moment": "made",
            "prediction_date": pd.Timestamp(year + 1, 1, 31).date(),
            "school_year": year,
            "school_id": schools,
            "first_school_id": schools,
            **made,
            "label": (rng.random(n) < chance).astype(float),
            "closes_date": pd.Timestamp(year + 2, 1, 31).date(),
        }
    )


def _feature(
    rng: np.random.Generator, need: "np.ndarray[tuple[int], np.dtype[np.float64]]", j: int
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    drawn = 0.6 / (1 + j / 4) * need + rng.normal(size=len(need))
    shaped = (drawn, np.floor(np.exp(drawn)), (drawn > 0.5).astype(float), np.round(drawn, 1))[j % 4]
    return np.where(rng.random(len(need)) < 0.08, np.nan, shaped)

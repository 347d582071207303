"""A small cohort with a known mechanism, for the tests of `models`.

Belongs here: rows and the columns that describe them. Not here: any expectation.
"""

import numpy as np
import pandas as pd

from data_contracts import Column


def column(name: str, classification: str = "", **custom: object) -> Column:
    """A feature column as a contract would describe it."""
    return Column(name, "number", name, classification=classification, custom={"dated": "until", **custom})


COLUMNS = (
    column(
        "absence_rate",
        direction="increasing",
        malleable=True,
        unit="share",
        flag="flag_absence",
        sentence_nl="was {value} van de halve dagen afwezig",
        sentence_en="was absent {value} of the half-days",
    ),
    column(
        "delay_years",
        direction="increasing",
        unit="years",
        flag="flag_delay",
        sentence_nl="heeft {value} jaar schoolse vertraging",
        sentence_en="is {value} years behind",
    ),
    column("is_boy", sentence_nl="is een jongen", sentence_en="is a boy"),
    column("noise", sentence_nl="ruis {value}", sentence_en="noise {value}"),
    column(
        "school_share", role="environment", sentence_nl="school {value}", sentence_en="school {value}", unit="share"
    ),
    column("unauthorised_ytd", role="rule", flag="rule_b"),
    column("empty", sentence_nl="leeg {value}", sentence_en="empty {value}"),
)
NAMES = [one.name for one in COLUMNS]


YEARS = (2020, 2021, 2022)


def cohort(n: int = 1500, *, seed: int = 0, years: tuple[int, ...] = YEARS, n_schools: int = 30) -> pd.DataFrame:
    """Rows of several school years; labels close a year after the prediction date; a tenth of values is missing."""
    rng = np.random.default_rng(seed)
    school, year = rng.integers(0, n_schools, n), np.array(years)[rng.integers(0, len(years), n)]
    school_share = (school + 0.5) / n_schools
    absence, delay = rng.beta(1, 12, n), rng.integers(0, 3, n)
    log_odds = -2.6 + 9 * absence + 0.7 * delay + 1.0 * school_share
    frame = pd.DataFrame(
        {
            "pupil_id": [f"p{k}" for k in rng.permutation(n)],
            "moment": "primary_to_secondary",
            "prediction_date": [pd.Timestamp(y + 1, 6, 30).date() for y in year],
            "school_year": year,
            "school_id": [f"s{k:02d}" for k in school],
            "first_school_id": [f"s{k:02d}" for k in school],
            "absence_rate": absence,
            "delay_years": delay.astype(float),
            "is_boy": rng.integers(0, 2, n).astype(float),
            "noise": rng.normal(size=n),
            "school_share": school_share,
            "unauthorised_ytd": rng.poisson(60 * absence).astype(float),
            "empty": np.nan,
            "label": (rng.random(n) < 1 / (1 + np.exp(-log_odds))).astype(float),
            "closes_date": [pd.Timestamp(y + 2, 6, 30).date() for y in year],
        }
    )
    for name in ("absence_rate", "delay_years", "unauthorised_ytd"):
        frame.loc[rng.random(n) < 0.1, name] = np.nan
    return frame

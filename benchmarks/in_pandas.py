"""Some feature tables as one would write them in pandas, to compare with: the same columns, the same values.

Belongs here: those functions. Not here: measuring them (`features_engines`). Each takes the tables that its SQL file reads, with what was
known before the day of the run, and gives the columns of its contract.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from data_contracts import contract

Tables = Mapping[str, pd.DataFrame]
KEYS = ["pupil_id", "moment", "prediction_date"]
GROUPS = {"unauthorised": 1, "illness": 2, "personal": 3, "excused": 4}
STARTS = {"10d": 0, "20d": 1, "40d": 2, "60d": 3}
CODES = {"B": 1, "Z": 2, "D": 2, "P": 3, "R": 4, "C": 4, "J": 4, "H": 0, "M": 0}


def decisions(given: Tables) -> pd.DataFrame:
    """As `features/tables/decisions.sql`."""
    known = _known(given["cohort"].merge(given["certificates"], on="pupil_id", suffixes=("", "_fact")))
    known = known.sort_values([*KEYS, "school_year_fact", "certificate_date"])
    known["step"] = known["certificate_code"].map({"A": 0, "B": 1, "C": 2})
    known["is_b"], known["is_c"] = known["certificate_code"] == "B", known["certificate_code"] == "C"
    grouped = known.groupby(KEYS, sort=False)
    found = grouped[["is_b", "is_c"]].sum().set_axis(["b_decision_count", "c_decision_count"], axis=1)
    return found.assign(last_decision_step=grouped.nth(-1).set_index(KEYS)["step"]).reset_index()


def deprivation(given: Tables) -> pd.DataFrame:
    """As `features/tables/deprivation.sql`."""
    cohort, threshold = given["cohort"], given["thresholds"].set_index("rule")["threshold"]["allowance_series"]
    known = _known(cohort.merge(given["socio_economic"], on="pupil_id", suffixes=("", "_fact")))
    known = known.sort_values([*KEYS, "school_year_fact"])
    newer, asked_before = known["school_year_fact"] >= threshold, known["school_year"] < threshold
    known["comparable"] = known["school_allowance"].astype("float").where(newer | asked_before)
    parts = ["school_allowance", "mother_low_education", "neighbourhood_delay"]
    known[parts] = known[parts].astype("float")
    grouped = known.groupby(KEYS, sort=False)
    found = grouped[parts].last()  # of each, the last that is not missing
    found["school_allowance_years_share"] = grouped["comparable"].mean()
    found["characteristic_count"] = found[parts].sum(axis=1, min_count=3)
    return cohort[KEYS].merge(found.reset_index(), how="left", on=KEYS)


def registration_completeness(given: Tables) -> pd.DataFrame:
    """As `features/tables/registration_completeness.sql`."""
    cohort, asked = given["cohort"], ["school_id", "prediction_date"]
    questions = cohort.loc[
        cohort["school_id"].notna(), ["school_id", "school_year", "prediction_date"]
    ].drop_duplicates()
    days = _known(questions.merge(given["school_days"], on=["school_id", "school_year"]))
    taught = days[days["school_date"] < days["prediction_date"]].groupby(asked).size().rename("taught")
    told = _known(questions.merge(given["absences"], on=["school_id", "school_year"]))
    told["delay"] = (told["known_date"] - told["absence_date"]).dt.days
    found = told.groupby(asked).agg(days=("absence_date", "nunique"), delay=("delay", "mean")).join(taught, how="outer")
    found["registered_days_share"] = found["days"] / found["taught"]
    found = found.rename(columns={"delay": "registration_delay_days"}).reset_index()
    return cohort.merge(found, how="left", on=asked)


def absence_counts(given: Tables) -> pd.DataFrame:
    """As `features/tables/absence_counts.sql`."""
    absent = _known(
        _spans(given["cohort"], given["school_window"]).merge(given["absences"], on=["pupil_id", "school_year"])
    )
    absent = absent[absent["absence_date"] < absent["until_date"]]
    half_day = [*KEYS, "absence_date", "day_part_code"]
    absent = absent.merge(given["explained_absence"], how="left", on=half_day)
    starts = [absent["absence_date"] >= absent[f"start_{name}_date"] for name in STARTS]
    absent["step"] = np.select(starts, list(STARTS.values()), absent["outer_step"])
    by_code = absent["absence_code"].map(CODES).fillna(5)
    absent["code_group"] = np.select([absent["why"] == "helped", absent["why"] == "excluded"], [0, 5], by_code)
    counted = absent.groupby([*KEYS, "step", "code_group"]).size().rename("half_days").reset_index()
    found = counted[KEYS].drop_duplicates().set_index(KEYS)
    for window, steps in {
        **{name: range(step + 1) for name, step in STARTS.items()},
        "ytd": range(5),
        "last_year": [5],
    }.items():
        within = counted[counted["step"].isin(steps)]
        for group, codes in {"absent": range(1, 6), **{name: [code] for name, code in GROUPS.items()}}.items():
            sums = within[within["code_group"].isin(codes)].groupby(KEYS)["half_days"].sum()
            found[f"{group}_{window}"] = sums.reindex(found.index).fillna(0)
    return found.reset_index()


def _spans(cohort: pd.DataFrame, windows: pd.DataFrame) -> pd.DataFrame:
    """This school year, and the last up to the same day."""
    starts = ["school_id", "prediction_date", *(f"start_{name}_date" for name in STARTS)]
    now = cohort[[*KEYS, "school_year", "school_id"]].merge(
        windows[starts], how="left", on=["school_id", "prediction_date"]
    )
    now = now.drop(columns="school_id").assign(until_date=now["prediction_date"], outer_step=4)
    before = cohort[[*KEYS, "school_year"]].assign(outer_step=5, school_year=cohort["school_year"] - 1)
    before["until_date"] = before["prediction_date"] - pd.DateOffset(years=1)
    return pd.concat([now, before], ignore_index=True)


def _known(rows: pd.DataFrame) -> pd.DataFrame:
    """What was known before the prediction date and not superseded."""
    return rows[
        (rows["known_date"] < rows["prediction_date"]) & (rows["prediction_date"] <= rows["superseded_date"])
    ].copy()


IN_PANDAS: dict[str, Callable[[Tables], pd.DataFrame]] = {
    "absence_counts": absence_counts,
    "decisions": decisions,
    "deprivation": deprivation,
    "registration_completeness": registration_completeness,
}


def in_order(name: str, found: pd.DataFrame) -> list[tuple[Any, ...]]:
    """The rows of a table in the columns of its contract, ordered, with numbers that can be compared."""
    table = contract(name, "feature")
    rows = found[table.column_names].sort_values(table.primary_key)
    numbers = rows.drop(columns=KEYS).astype("float").round(9).to_numpy().tolist()
    return [
        (*key, *(None if np.isnan(n) else n for n in row))
        for key, row in zip(rows[KEYS].astype(str).to_numpy().tolist(), numbers, strict=True)
    ]

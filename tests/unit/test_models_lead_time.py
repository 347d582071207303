"""What lead time promises: days between the first list that held a pupil and the day on which it happened."""

import datetime as dt

import numpy as np
import pandas as pd

from models.lead_time import LEAST_PUPILS, lead_time

DATES = [dt.date(2024, 10, 1), dt.date(2024, 11, 1), dt.date(2024, 12, 1)]
HEAD = {"moment": "m", "target": "t"}


def rows(n: int, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Pupils asked about on three dates; to two thirds it happens, on a day of their own."""
    rng = np.random.default_rng(seed)
    event = [dt.date(2024, 12, 2) + dt.timedelta(days=int(day)) for day in rng.integers(0, 200, n)]
    label = (rng.random(n) < 0.66).astype(float)
    frame = pd.DataFrame(
        {
            "pupil_id": np.repeat([f"p{k:04d}" for k in range(n)], len(DATES)),
            "prediction_date": DATES * n,
            "label": np.repeat(label, len(DATES)),
            "event_date": np.repeat([e if y else None for e, y in zip(event, label, strict=True)], len(DATES)),
        }
    )
    return frame, rng.random(len(frame))


def test_it_is_the_median_over_the_first_time_that_a_list_of_its_date_held_a_pupil() -> None:
    """Against a plain loop: each date has its own cut, and the first counts."""
    frame, probability = rows(400)
    (found,) = lead_time(HEAD, frame, probability, capacity_share=0.2)
    days: dict[str, int] = {}
    for date in DATES:
        of_date = frame.assign(p=probability)[frame["prediction_date"] == date].nlargest(80, "p")
        for _, row in of_date.iterrows():
            if row["pupil_id"] not in days:
                days[row["pupil_id"]] = (row["event_date"] - date).days if row["label"] == 1 else -1
    told = sorted(day for day in days.values() if day >= 0)
    assert found["n"] == len(told)
    assert found["median"]["value"] == told[(len(told) + 1) // 2 - 1]
    for quartile in ("first_quartile", "median", "third_quartile"):
        assert found[quartile]["low"] <= found[quartile]["value"] <= found[quartile]["high"]
    assert found["first_quartile"]["value"] < found["median"]["value"] < found["third_quartile"]["value"]


def test_a_list_of_each_centre_is_cut_by_itself() -> None:
    """With all high chances at one centre, the other centre's pupils are listed all the same."""
    frame, probability = rows(200)
    centre = pd.Series(np.where(np.arange(len(frame)) // 3 < 100, "a", "b"))
    low = np.where(centre == "a", probability + 1, probability)
    (apart,) = lead_time(HEAD, frame, low, capacity_share=0.4, centre=centre)
    (together,) = lead_time(HEAD, frame, probability, capacity_share=0.4)
    assert apart["n"] > 0.6 * together["n"]


def test_a_few_pupils_are_suppressed_and_without_any_day_nothing_is_told() -> None:
    frame, probability = rows(LEAST_PUPILS - 5)
    assert list(lead_time(HEAD, frame, probability, capacity_share=0.5)) == [{**HEAD, "suppressed": True}]
    assert list(lead_time(HEAD, frame.assign(event_date=None), probability, capacity_share=0.5)) == []

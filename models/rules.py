"""Statutory rules: which pupils a centre must act for, whatever any model says.

Belongs here: what each rule does with the counts of `features/rollups/duty_facts.sql` and the thresholds of the day. Not here: the
counts themselves, the thresholds (`data_contracts/thresholds/clb_rule.csv`), or the words (`delivery`). A score never comes in.
Not seen in the data, so not judged: chronic illness, and ten weeks of maternity leave.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_contracts.thresholds_in_force import thresholds

# The most pressing first: the order in which a list shows them.
RULES = (
    "problematic_two_years",
    "problematic_absence",
    "illness_21_days",
    "minimum_presence_5",
    "allowance_two_years",
    "absence_15",
    "absence_10",
    "guidance_file",
    "minimum_presence_4",
    "minimum_presence_3",
    "minimum_presence_2",
    "late_registration",
)
BANDS = ("absence_10", "absence_15", "problematic_absence")  # only the highest that was reached is told
KINDERGARTEN_AGES = (2, 3, 4, 5)  # on 31 December; 2 stands for younger than 3
REACHED, BELOW, OUT_OF_REACH, NOT_ON_TRACK = "reached", "below", "out_of_reach", "not_on_track"
PLACE = ["pupil_id", "school_id", "level_code", "grade", "study_form_code"]
COLUMNS = [*PLACE, "rule", "value", "threshold", "still_needed", "still_possible", "state", "known_until"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Presence:
    """Half-days present against a minimum, shape (n_pupils,) each; what is not known is NaN."""

    present: Floats
    minimum: Floats
    needed: Floats
    possible: Floats
    state: NDArray[np.object_]  # empty where the minimum is reached or can be at the pace until now


def duties(facts: pd.DataFrame) -> pd.DataFrame:
    """Every duty that holds on the day that the facts stand on.

    Parameters
    ----------
    facts
        Rows of `duty_facts`, all of one day.

    Returns
    -------
    DataFrame
        One row a pupil and rule, ordered by these: where the pupil is, value and threshold in the rule's unit; for the minima also the
        half-days still needed and still possible; state; and until when the facts were known.
    """
    if facts.empty:
        return pd.DataFrame(columns=COLUMNS)
    facts = facts.sort_values("pupil_id", kind="stable").reset_index(drop=True)
    on_date = pd.Timestamp(facts["as_of_date"].iloc[0]).date()
    limits = thresholds(on_date)
    parts = [_absence(facts, limits), _illness(facts, limits), _registration(facts, limits), *_minima(facts, on_date)]
    found = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return found.sort_values(["pupil_id", "rule"], kind="stable", ignore_index=True)[COLUMNS]


def _absence(facts: pd.DataFrame, limits: dict[str, int]) -> pd.DataFrame:
    """Half-days B: the guidance file, the highest band, and two school years on end."""
    count = np.where(_must_attend(facts, limits), _floats(facts, "b_count"), 0.0)
    reached = {rule: count >= limits[rule] for rule in ("guidance_file", *BANDS)}
    for lower, higher in zip(BANDS, BANDS[1:], strict=False):
        reached[lower] &= ~(count >= limits[higher])
    before = _floats(facts, "before_b_count")
    twice = limits["problematic_two_years"]
    reached["problematic_two_years"] = (count >= twice) & (before >= twice)
    parts = [_rows(facts, rule, holds, count, limits[rule], facts["b_known_date"]) for rule, holds in reached.items()]
    return pd.concat(parts, ignore_index=True)


def _illness(facts: pd.DataFrame, limits: dict[str, int]) -> pd.DataFrame:
    """Ill on end, still ill as far as can be known, and no lessons at home, by internet or in hospital."""
    as_of, back = pd.to_datetime(facts["as_of_date"]), pd.to_datetime(facts["back_date"])
    last, first = pd.to_datetime(facts["last_ill_date"]), pd.to_datetime(facts["first_ill_date"])
    days = np.asarray((last - first).dt.days, dtype=float) + 1.0
    # a school has some days to register: until then nobody knows that the pupil is back
    may_be_ill = back.isna() | ((as_of - back).dt.days <= limits["registration_days"])
    is_taught = facts["is_taught_elsewhere"].to_numpy(dtype=bool)
    held = (facts["level_code"] != "kindergarten") | (_age(facts) >= limits["full_duty_age"])
    holds = (days >= limits["illness_21_days"]) & may_be_ill.to_numpy() & ~is_taught & held.to_numpy()
    return _rows(facts, "illness_21_days", holds, days, limits["illness_21_days"], facts["last_ill_date"])


def _registration(facts: pd.DataFrame, limits: dict[str, int]) -> pd.DataFrame:
    """Half-days B that the school registered later than it may."""
    late = np.where(_must_attend(facts, limits), _floats(facts, "b_late_count"), 0.0)
    holds = late >= limits["late_registration"]
    return _rows(facts, "late_registration", holds, late, limits["late_registration"], facts["b_known_date"])


def _minima(facts: pd.DataFrame, on_date: dt.date) -> list[pd.DataFrame]:
    """Kindergarten: the minimum of the age; and two school years on end below it, where P counts as present."""
    parts, facts = [], facts[facts["level_code"] == "kindergarten"]
    until = facts["as_of_date"] - pd.Timedelta(days=1)
    for age in KINDERGARTEN_AGES:
        own = _presence(facts, age, on_date, acceptable_counts=False)
        holds = own.state != ""
        rule = f"minimum_presence_{age}"
        parts.append(_rows(facts, rule, holds, own.present, own.minimum, until, own))
        allowed = _presence(facts, age, on_date, acceptable_counts=True)
        twice = (allowed.state != "") & _below_before(facts, age - 1, on_date)
        both = np.full(len(facts), 2.0)
        parts.append(_rows(facts, "allowance_two_years", twice, both, 2, until, allowed))
    return parts


def _presence(facts: pd.DataFrame, age: int, on_date: dt.date, *, acceptable_counts: bool) -> Presence:
    """Pupils of one age in kindergarten against their minimum; those of another age have no state."""
    limits = thresholds(on_date)
    asked, possible = _floats(facts, "expected_count"), _floats(facts, "possible_count")
    present = np.maximum(asked - _floats(facts, "absent_count"), 0)
    if acceptable_counts and age == KINDERGARTEN_AGES[-1]:
        present = np.minimum(present + _floats(facts, "p_count"), asked)
    minimum = np.full(len(facts), float(limits[f"minimum_presence_{age}"]))
    needed = np.maximum(minimum - present, 0)
    is_over = np.asarray(facts["last_date"] < facts["as_of_date"])
    state = np.full(len(facts), "", dtype=object)
    slow = (asked >= limits["presence_judged_from"]) & (present * possible < needed * asked)
    state[slow] = NOT_ON_TRACK
    state[needed > possible] = OUT_OF_REACH
    state[is_over & (needed > 0)] = BELOW
    # who came too late in the year for the minimum did nothing wrong; at 5 the class council decides all the same
    reachable = (age == KINDERGARTEN_AGES[-1]) | (asked + np.nan_to_num(possible) >= minimum)
    is_of_age = np.asarray(_age(facts).clip(lower=KINDERGARTEN_AGES[0]) == age)
    state[~(is_of_age & (needed > 0) & reachable)] = ""
    return Presence(present, minimum, needed, np.where(is_over, 0.0, possible), state)


def _below_before(facts: pd.DataFrame, age: int, on_date: dt.date) -> Bools:
    """Whether a pupil was in kindergarten last school year and stayed below what was then the minimum of that age."""
    last_year = dt.date(on_date.year - (2 if on_date.month < 9 else 1), 9, 1)
    minimum = thresholds(last_year)[f"minimum_presence_{max(age, KINDERGARTEN_AGES[0])}"]
    asked = _floats(facts, "before_expected_count")
    present = asked - _floats(facts, "before_absent_count")
    was_there = np.asarray(facts["before_level_code"].fillna("") == "kindergarten")
    return was_there & (asked >= minimum) & (present < minimum)


def _must_attend(facts: pd.DataFrame, limits: dict[str, int]) -> Bools:
    """Where every absence needs a reason: not yet in kindergarten under 6, no longer from 18; an unknown age counts as in between."""
    in_kindergarten = facts["level_code"] == "kindergarten"
    old_enough = ~in_kindergarten | (_age(facts) >= limits["full_duty_age"])
    birth, as_of = pd.to_datetime(facts["birth_date"]), pd.to_datetime(facts["as_of_date"])
    is_before_birthday = (birth.dt.month > as_of.dt.month) | (
        (birth.dt.month == as_of.dt.month) & (birth.dt.day > as_of.dt.day)
    )
    years = as_of.dt.year - birth.dt.year - is_before_birthday.astype(int)
    return np.asarray(old_enough & ~(years >= limits["compulsory_until_age"]))


def _age(facts: pd.DataFrame) -> "pd.Series[float]":
    """Age on 31 December of the school year; NaN where the birth date is not known."""
    return facts["school_year"] - pd.to_datetime(facts["birth_date"]).dt.year


def _floats(facts: pd.DataFrame, name: str) -> Floats:
    return facts[name].to_numpy(dtype=float, na_value=np.nan)


def _rows(
    facts: pd.DataFrame,
    rule: str,
    holds: Bools,
    value: Floats,
    threshold: Floats | int,
    known_until: "pd.Series[pd.Timestamp]",
    presence: Presence | None = None,
) -> pd.DataFrame:
    """The duties of one rule, for the pupils whom it holds for."""
    made = facts[PLACE].assign(
        rule=rule, value=value, threshold=threshold, still_needed=np.nan, still_possible=np.nan, state=REACHED
    )
    if presence is not None:
        made = made.assign(still_needed=presence.needed, still_possible=presence.possible, state=presence.state)
    return made.assign(known_until=pd.to_datetime(known_until).dt.date)[np.asarray(holds)]

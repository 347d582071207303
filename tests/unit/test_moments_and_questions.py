"""What the table of contents promises: every question has its day, and no day is asked before it has come."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.contents import MomentError
from features.moments import Moment, Question, is_teaching_time, moment, moments, questions, school_year_of

DAYS = st.dates(dt.date(2015, 1, 1), dt.date(2030, 12, 31))
YEARS = st.integers(2015, 2030)


def days_of(asked: Moment) -> set[str]:
    """The days of the year on which a moment is asked."""
    return set(asked.yearly or asked.in_year)


def by_hand(asked: Moment, first_school_year: int, as_of: dt.date) -> set[dt.date]:
    """Walk over all days and ask of each whether it is one on which this moment is asked."""
    first = dt.date(first_school_year, 9, 1)
    days = (first + dt.timedelta(days=i) for i in range(max(0, (as_of - first).days + 1)))
    return {
        day
        for day in days
        if day.strftime("%m-%d") in days_of(asked) or (day == as_of and asked.in_year and day.month not in (7, 8))
    }


@settings(max_examples=40, deadline=None)
@given(first=YEARS, as_of=DAYS)
def test_the_questions_are_those_that_a_calendar_gives(first: int, as_of: dt.date) -> None:
    """Against walking over every day from the first school year to the day of the run."""
    for name, asked in moments().items():
        found = [q.prediction_date for q in questions(first, as_of, [name])]
        assert found == sorted(by_hand(asked, first, as_of))


@settings(max_examples=40, deadline=None)
@given(first=YEARS, as_of=DAYS)
def test_a_question_is_asked_once_never_before_its_day_and_in_order(first: int, as_of: dt.date) -> None:
    """Each with the school year that its day lies in."""
    asked = questions(first, as_of)
    keys = [(q.moment, q.prediction_date) for q in asked]
    assert keys == sorted(set(keys))
    assert all(q.prediction_date <= as_of and q.school_year == school_year_of(q.prediction_date) for q in asked)


@settings(max_examples=40, deadline=None)
@given(first=YEARS, as_of=DAYS, later=st.integers(0, 400))
def test_a_later_run_asks_all_that_an_earlier_one_asked(first: int, as_of: dt.date, later: int) -> None:
    """But for the day of the earlier run itself, which is no fixed day."""
    before = {replace(q, is_newest=False) for q in questions(first, as_of) if q.turn is not None}
    assert before <= {replace(q, is_newest=False) for q in questions(first, as_of + dt.timedelta(days=later))}


@settings(max_examples=40, deadline=None)
@given(first=YEARS, as_of=DAYS)
def test_each_pupil_has_a_turn_once_a_year_and_everybody_on_the_newest_date(first: int, as_of: dt.date) -> None:
    """The turns of a school year that is over are all there, once; what a later run adds does not change whose turn it is."""
    for name, asked in moments().items():
        found = questions(first, as_of, [name])
        assert [q.prediction_date for q in found if q.is_newest] == [q.prediction_date for q in found][-1:]
        for year in range(first, school_year_of(as_of)):
            fixed = [q for q in found if q.school_year == year]
            assert sorted(q.turn for q in fixed if q.turn is not None) == list(range(len(days_of(asked))))
            assert {q.turn_count for q in fixed} == {len(days_of(asked))}


def test_some_moments_are_all_questions_of_those_moments() -> None:
    """Asking for one moment changes nothing about it."""
    day = dt.date(2025, 3, 1)
    everything = questions(2022, day)
    for name in moments():
        assert questions(2022, day, [name]) == [q for q in everything if q.moment == name]


def test_within_the_year_the_day_of_the_run_itself_is_asked() -> None:
    """On a school day; in the summer nobody is asked, and on a fixed day only once."""
    march, fixed, july = (
        [q.prediction_date for q in questions(2024, day, ["in_year_primary"])]
        for day in (dt.date(2025, 3, 12), dt.date(2025, 4, 1), dt.date(2025, 7, 15))
    )
    winter = [dt.date(2024, month, 1) for month in (10, 11, 12)] + [dt.date(2025, month, 1) for month in (1, 2, 3)]
    assert march == [*winter, dt.date(2025, 3, 12)]
    assert fixed == [*winter, dt.date(2025, 4, 1)]
    assert july == [*winter, *(dt.date(2025, month, 1) for month in (4, 5, 6))]


def test_a_yearly_moment_is_asked_on_its_day_and_not_the_day_before() -> None:
    """30 June belongs to the school year that it ends."""
    assert questions(2024, dt.date(2025, 6, 29), ["primary_to_secondary"]) == []
    assert questions(2024, dt.date(2025, 6, 30), ["primary_to_secondary"]) == [
        Question("primary_to_secondary", dt.date(2025, 6, 30), 2024, is_newest=True)
    ]


@settings(max_examples=40, deadline=None)
@given(DAYS)
def test_a_school_year_runs_from_september_to_august(day: dt.date) -> None:
    """Every day lies between the first day of its school year and that of the next."""
    year = school_year_of(day)
    assert dt.date(year, 9, 1) <= day < dt.date(year + 1, 9, 1)


@settings(max_examples=40, deadline=None)
@given(DAYS)
def test_teaching_time_ends_with_june(day: dt.date) -> None:
    """Between 1 September and 30 June."""
    year = school_year_of(day)
    assert is_teaching_time(day) == (dt.date(year, 9, 1) <= day <= dt.date(year + 1, 6, 30))


def test_every_moment_is_asked_on_days_that_exist_every_year() -> None:
    """Either one day a year or several, never 29 February, each with a target, features and words in both languages."""
    for asked in moments().values():
        assert bool(asked.yearly) != bool(asked.in_year)
        assert all(dt.date.fromisoformat(f"2023-{day}") for day in days_of(asked))
        assert asked.main_target == asked.targets[0] and asked.features and asked.valid_days > 0
        assert asked.label_nl and asked.label_en and asked.horizon_nl


def test_an_unknown_moment_is_refused_with_those_that_there_are() -> None:
    """Asked for by itself or in a list."""
    for ask in (lambda: moment("nursery"), lambda: questions(2024, dt.date(2025, 1, 1), ["nursery"])):
        with pytest.raises(MomentError, match="Unknown moment `nursery`.*primary_to_secondary"):
            ask()

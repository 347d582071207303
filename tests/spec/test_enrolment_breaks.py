"""What `enrolment_breaks` promises."""

import datetime as dt

import pytest
from tables import weekdays

AS_OF = "as_of_date\n2024-02-01"


@pytest.fixture
def calendar():
    """Every weekday from 1 September 2023 to 1 February 2024 is a school day."""
    taught, until, rows = set(weekdays("2023-09-01", 110)), 0, []
    for i in range(154):
        day = (dt.date(2023, 9, 1) + dt.timedelta(days=i)).isoformat()
        before, until = until, until + (day in taught)
        rows.append(f"{day} | {before} | {until}")
    return "\n".join(["calendar_date | school_days_before | school_days_until", *rows])


def test_twenty_school_days_between_two_enrolments_are_a_break(feature, calendar):
    """Ana was out for 20 school days, Ben for 19, Cas for none."""
    enrolments = """
        enrolment_id | pupil_id | start_date | end_date   | exit_reason_code
        a1           | ana      | 2023-09-01 | 2023-09-29 | exclusion
        a2           | ana      | 2023-10-30 |            |
        b1           | ben      | 2023-09-01 | 2023-09-29 | school_change
        b2           | ben      | 2023-10-27 |            |
        c1           | cas      | 2023-09-01 | 2023-09-29 | school_change
        c2           | cas      | 2023-09-30 |            |
    """
    feature("enrolment_breaks", "rollups", enrolments=enrolments, calendar=calendar, as_of=AS_OF).gives("""
        pupil_id | start_date | end_date   | exit_reason_code | school_days_count
        ana      | 2023-09-29 | 2023-10-30 | exclusion        | 20
    """)


def test_a_break_may_run_until_today(feature, calendar):
    """Of Ana nothing more is known, Ben starts again after today; Cas has been out for only 19 school days."""
    enrolments = """
        enrolment_id | pupil_id | start_date | end_date   | exit_reason_code
        a1           | ana      | 2023-09-01 | 2024-01-03 |
        b1           | ben      | 2023-09-01 | 2024-01-03 | unknown
        b2           | ben      | 2024-09-01 |            |
        c1           | cas      | 2023-09-01 | 2024-01-04 | unknown
    """
    feature("enrolment_breaks", "rollups", enrolments=enrolments, calendar=calendar, as_of=AS_OF).gives("""
        pupil_id | start_date | end_date   | exit_reason_code | school_days_count
        ana      | 2024-01-03 |            |                  | 20
        ben      | 2024-01-03 | 2024-09-01 | unknown          | 20
    """)


def test_who_had_a_reason_to_stop_has_no_break(feature, calendar):
    """Ana left with a diploma, Ben without one (that is another label), Cas left Flanders."""
    enrolments = """
        enrolment_id | pupil_id | start_date | end_date   | exit_reason_code
        a1           | ana      | 2023-09-01 | 2023-09-29 | qualified
        b1           | ben      | 2023-09-01 | 2023-09-29 | unqualified
        c1           | cas      | 2023-09-01 | 2023-09-29 | left_flanders
    """
    feature("enrolment_breaks", "rollups", enrolments=enrolments, calendar=calendar, as_of=AS_OF).gives("pupil_id")


def test_enrolments_that_overlap_are_one_road(feature, calendar):
    """Ana and Ben had a second school within the first; Ana stays, Ben is out after it; Cas's second goes on longer."""
    enrolments = """
        enrolment_id | pupil_id | start_date | end_date   | exit_reason_code
        a1           | ana      | 2023-09-01 |            |
        a2           | ana      | 2023-09-11 | 2023-09-15 | unknown
        b1           | ben      | 2023-09-01 | 2023-09-29 | year_end
        b2           | ben      | 2023-09-11 | 2023-09-15 | unknown
        b3           | ben      | 2023-12-01 |            |
        c1           | cas      | 2023-09-01 | 2023-09-15 | school_change
        c2           | cas      | 2023-09-11 | 2024-01-31 | unknown
    """
    feature("enrolment_breaks", "rollups", enrolments=enrolments, calendar=calendar, as_of=AS_OF).gives("""
        pupil_id | start_date | end_date   | exit_reason_code | school_days_count
        ben      | 2023-09-29 | 2023-12-01 | year_end         | 44
    """)

"""What `expected_last_year` promises."""

from tables import each, weekdays

ROAD = """
    pupil_id | moment | prediction_date | enrolment_id | years_back | school_year | school_id | study_form_code | start_date | end_date   | until_date
    ana      | m      | 2023-10-02      | a            | 1          | 2022        | s1        |                 | 2022-09-01 | 2023-06-30 | 9999-12-31
    ana      | m      | 2023-10-02      | a2           | 0          | 2023        | s1        |                 | 2023-09-01 |            | 9999-12-31
    ben      | m      | 2023-10-02      | b            | 1          | 2022        | s1        |                 | 2022-09-01 | 2022-09-09 | 2022-09-12
    ben      | m      | 2023-10-02      | b2           | 1          | 2022        | s2        |                 | 2022-09-12 | 2023-06-30 | 9999-12-31
    cas      | m      | 2023-10-02      | c            | 1          | 2022        | s1        | dbso            | 2022-09-01 | 2023-06-30 | 9999-12-31
    dot      | m      | 2023-10-02      | d            | 1          | 2022        | s3        |                 | 2022-09-01 | 2023-06-30 | 9999-12-31
"""  # noqa: E501
DAYS = "school_id | school_date | school_year | half_days | known_date\n" + "\n".join(
    each(weekdays("2022-09-01", 60), f"{school} | DAY | 2022 | 2 | 2022-07-01") for school in ("s1", "s2", "s3")
)
REGISTERING = """
    school_id | school_year | first_known_date
    s1        | 2022        | 2022-09-05
    s2        | 2022        | 2022-09-05
    s3        | 2022        | 2023-10-02
"""


def test_last_year_counts_up_to_the_same_day(feature):
    """22 days from 1 to 30 September 2022 for Ana and Ben; Cas was in part-time school, Dot's school had registered nothing."""
    feature("expected_last_year", known_road=ROAD, school_days=DAYS, registering_schools=REGISTERING).gives("""
        pupil_id | expected_half_days_last_year
        ana      | 44
        ben      | 44
    """)


def test_months_without_registration_are_not_expected(feature):
    """Trap 4: the second half of September is such a time here."""
    gap = "rule | threshold | valid_from | valid_to\nregistration_gap | 0 | 2022-09-16 | 2022-09-30"
    drawn = {"known_road": ROAD, "school_days": DAYS, "registering_schools": REGISTERING, "thresholds": gap}
    feature("expected_last_year", **drawn).gives("""
        pupil_id | expected_half_days_last_year
        ana      | 22
        ben      | 22
    """)

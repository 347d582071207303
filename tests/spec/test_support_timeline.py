"""What `support_timeline` promises."""

TODAY = {"as_of": "as_of_date\n2024-03-01", "thresholds": "rule | threshold\nillness_21_days | 21"}
MEASURES = """
    measure_id | pupil_id | measure_code | start_date | end_date
    m1         | ana      | toah         | 2024-01-15 |
    m2         | ana      | leersteun_gc | 2023-09-01 |
    m3         | ben      | naft         | 2023-01-10 | 2023-05-01
    m4         | cas      | youth_care   | 2023-11-10 |
    m5         | dot      | time_out     | 2024-03-01 |
"""
ILLNESS = """
    pupil_id | first_ill_date | last_ill_date | back_date  | is_taught_elsewhere
    ana      | 2024-01-08     | 2024-01-28    |            | true
    eva      | 2024-01-08     | 2024-02-10    | 2024-02-12 | false
    fay      | 2024-01-08     | 2024-01-27    |            | false
"""
BREAKS = """
    pupil_id | start_date | end_date   | exit_reason_code
    cas      | 2023-11-03 | 2024-01-08 | school_change
    eva      | 2023-10-01 |            | exclusion
    gus      | 2022-10-01 | 2022-12-01 | school_change
"""


def test_measures_long_illness_and_breaks_of_this_school_year(feature):
    """Ben's ended before, Dot's starts today, Fay was ill for twenty days, Gus's break is of another year; leersteun is full time."""
    drawn = {"support_measures": MEASURES, "duty_illness": ILLNESS, "enrolment_breaks": BREAKS}
    feature("support_timeline", "rollups", **drawn, **TODAY).gives("""
        pupil_id | kind       | cause     | start_date | end_date
        ana      | toah       |           | 2024-01-15 |
        ana      | illness    | covered   | 2024-01-08 |
        cas      | youth_care |           | 2023-11-10 |
        cas      | break      | placement | 2023-11-03 | 2024-01-08
        eva      | illness    | uncovered | 2024-01-08 | 2024-02-12
        eva      | break      | exclusion | 2023-10-01 |
    """)

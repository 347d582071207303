"""What `work_attendance` promises."""

from tables import each, weekdays

COHORT = """
    pupil_id | moment | prediction_date | school_year | school_id | study_form_code
    ana      | m      | 2023-10-30      | 2023        | s1        | bso
    ben      | m      | 2023-10-30      | 2023        | s1        | tso
    cas      | m      | 2023-10-30      | 2023        | s1        |
    dot      | m      | 2023-10-30      | 2023        | s1        | dbso
    eli      | m      | 2023-10-30      | 2023        | s1        | bso
"""
WINDOW = """
    school_id | prediction_date | start_10d_date | start_20d_date | start_40d_date | start_60d_date | end_first_20d_date | fullest_week_half_days
    s1        | 2023-10-30      | 2023-10-16     | 2023-10-02     | 2023-09-04     | 2023-09-04     | 2023-09-29         | 10
"""  # noqa: E501
DAYS = "school_id | school_date | school_year | half_days | known_date\n" + each(
    weekdays("2023-09-04", 40), "s1 | DAY | 2023 | 2 | 2023-07-01"
)
SETTING = "rule | threshold\nwork_hours_half_day | 4"


def test_hours_at_work_become_half_days_from_the_start_of_the_agreement(feature):
    """Trap 5: of 10 half-days 20 hours are 5, 40 at most 9; Cas prepares, Dot's school is part-time, Eli's hours are unknown."""
    contracts = """
        contract_id | pupil_id | phase_code | start_date | end_date | work_hours_week | known_date
        a           | ana      | workplace  | 2023-10-16 |          | 20              | 2023-10-16
        b           | ben      | workplace  | 2023-09-01 |          | 40              | 2023-09-01
        c           | cas      | start_up   | 2023-09-01 |          | 20              | 2023-09-01
        d           | dot      | workplace  | 2023-09-01 |          | 20              | 2023-09-01
        e           | eli      | workplace  | 2023-09-01 |          |                 | 2023-09-01
    """
    drawn = {"cohort": COHORT, "school_window": WINDOW, "school_days": DAYS, "thresholds": SETTING}
    feature("work_attendance", dual_contracts=contracts, **drawn).gives("""
        pupil_id | work_half_days_10d | work_half_days_20d | work_half_days_40d | work_half_days_60d | work_half_days_first_20d | work_half_days_ytd
        ana      | 10                 | 10                 | 10                 | 10                 | 0                        | 10
        ben      | 18                 | 36                 | 72                 | 72                 | 36                       | 72
    """)  # noqa: E501


def test_what_was_not_known_does_not_count(feature):
    """Ana's agreement and Ben's end were known on the prediction date itself; Cas's end before; Dot has none."""
    contracts = """
        contract_id | pupil_id | phase_code | start_date | end_date   | work_hours_week | known_date | end_known_date
        a           | ana      | workplace  | 2023-10-16 |            | 20              | 2023-10-30 |
        b           | ben      | workplace  | 2023-10-16 | 2023-10-20 | 20              | 2023-10-16 | 2023-10-30
        c           | cas      | workplace  | 2023-10-16 | 2023-10-20 | 20              | 2023-10-16 | 2023-10-27
    """
    drawn = {"cohort": COHORT, "school_window": WINDOW, "school_days": DAYS, "thresholds": SETTING}
    feature("work_attendance", dual_contracts=contracts, **drawn).gives("""
        pupil_id | work_half_days_10d
        ben      | 10
        cas      | 5
    """)

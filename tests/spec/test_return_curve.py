"""What `return_curve` promises."""

from tables import each, weekdays

DAYS = "school_id | school_date | school_year | half_days\n" + each(weekdays("2024-01-08", 45), "s1 | DAY | 2023 | 2")


def test_absence_is_counted_week_by_week_after_the_end(feature):
    """Ana was absent one half-day in week 1 after her lessons at home and two in week 2; Ben's ended too short ago."""
    feature(
        "return_curve",
        "rollups",
        as_of="as_of_date\n2024-03-15",
        school_days=DAYS,
        enrolments="enrolment_id | pupil_id | school_id | start_date\na | ana | s1 | 2023-09-01\nb | ben | s1 | 2023-09-01",
        support_measures="""
            measure_id | pupil_id | measure_code | start_date | end_date
            m1         | ana      | toah         | 2023-11-06 | 2024-01-12
            m2         | ben      | toah         | 2023-11-06 | 2024-01-26
        """,
        absences="""
            pupil_id | absence_date | day_part_code
            ana      | 2024-01-12   | AM
            ana      | 2024-01-15   | AM
            ana      | 2024-01-22   | AM
            ana      | 2024-01-22   | PM
        """,
    ).gives("\n".join(["measure_code | week_number | pupil_count | expected_half_days | absent_half_days", *_weeks()]))


def _weeks():
    return [
        f"toah | {week} | 1 | 10 | {absent}" for week, absent in zip(range(1, 9), [1, 2, 0, 0, 0, 0, 0, 0], strict=True)
    ]

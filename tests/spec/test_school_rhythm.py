"""What `school_rhythm` promises."""

from tables import each, weekdays

HEADER = "school_id | school_year | school_date | half_days | known_date\n"
THRESHOLDS = "rule | threshold | valid_from | valid_to\nregistration_gap | 0 | 2020-03-16 | 2020-05-14"


def test_the_fullest_week_of_the_year_is_found(feature):
    """School s1 teaches five days a week and nine half-days; s2 on Monday and Tuesday (trap 5: local leave is no row)."""
    days = [
        *(
            f"s1 | 2023 | {day} | {1 if n % 5 == 2 else 2} | 2023-07-01"
            for n, day in enumerate(weekdays("2023-09-04", 10))
        ),
        *(f"s2 | 2023 | 2023-09-{day:02} | 2 | 2023-07-01" for day in (4, 5, 11)),
    ]
    feature("school_rhythm", "rollups", school_days=HEADER + "\n".join(days)).gives(
        "school_id | school_date | fullest_week_half_days\n"
        + each(weekdays("2023-09-04", 10), "s1 | DAY | 9")
        + "\n"
        + "\n".join(f"s2 | 2023-09-{day:02} | 4" for day in (4, 5, 11))
    )


def test_months_without_registration_are_no_school_days(feature):
    """Trap 4: of 13 March to 15 May 2020 only the first and the last day count, and none that was known too late."""
    days = (
        each(weekdays("2020-03-13", 46), "s1 | 2019 | DAY | 2 | 2019-07-01")
        + "\ns1 | 2019 | 2020-06-02 | 2 | 2020-07-16"
    )
    feature("school_rhythm", "rollups", school_days=HEADER + days, thresholds=THRESHOLDS).gives("""
        school_id | school_year | school_date | half_days | fullest_week_half_days
        s1        | 2019        | 2020-03-13  | 2         | 10
        s1        | 2019        | 2020-05-15  | 2         | 10
    """)

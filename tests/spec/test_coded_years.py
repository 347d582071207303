"""What `coded_years` promises."""


def test_a_year_is_coded_where_any_source_gives_codes(feature):
    """Half-days in 2021, yearly counts with code B in 2022, only totals in 2023, nothing in 2024."""
    drawn = {
        "absences": "pupil_id | school_year | absence_code\nana | 2021 | Z\nben | 2021 | B",
        "attendance_by_year": """
            pupil_id | school_year | absent_half_days | unauthorised_half_days
            ana      | 2022        | 10               | 0
            ben      | 2022        | 10               |
            ana      | 2023        | 10               |
        """,
    }
    feature("coded_years", "rollups", **drawn).gives(
        "school_year | is_coded\n"
        + "\n".join(f"{year} | {str(year in (2021, 2022)).lower()}" for year in range(2015, 2030))
    )


def test_a_year_with_months_without_registration_is_not_coded(feature):
    """Trap 4: nobody registered from 16 March to 14 May 2020, so a pupil who did not reach 30 in 2019-20 might have."""
    drawn = {
        "thresholds": "rule | threshold | valid_from | valid_to\nregistration_gap | 0 | 2020-03-16 | 2020-05-14",
        "absences": "pupil_id | school_year | absence_code\nana | 2018 | B\nana | 2019 | B\nana | 2020 | B",
    }
    feature("coded_years", "rollups", **drawn).gives(
        "school_year | is_coded\n"
        + "\n".join(f"{year} | {str(year in (2018, 2020)).lower()}" for year in range(2015, 2030))
    )

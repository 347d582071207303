"""What `coded_years` promises."""


def test_a_year_is_coded_where_any_source_gives_codes(feature):
    """Half-days in 2021, yearly counts with code B in 2022, only totals in 2023, nothing in 2024."""
    drawn = {
        "school_years": "school_year\n2021\n2022\n2023\n2024",
        "absences": "pupil_id | school_year | absence_code\nana | 2021 | Z\nben | 2021 | B",
        "attendance_by_year": """
            pupil_id | school_year | absent_half_days | unauthorised_half_days
            ana      | 2022        | 10               | 0
            ben      | 2022        | 10               |
            ana      | 2023        | 10               |
        """,
    }
    feature("coded_years", "rollups", **drawn).gives("""
        school_year | is_coded
        2021        | true
        2022        | true
        2023        | false
        2024        | false
    """)

"""What `registering_schools` promises."""


def test_the_first_day_on_which_an_absence_of_the_year_was_known(feature):
    """Trap 14: school s1 registered in both years; s2 in none and has no row."""
    absences = """
        pupil_id | school_id | school_year | absence_date | known_date
        ana      | s1        | 2022        | 2022-10-03   | 2022-10-05
        ben      | s1        | 2022        | 2022-11-07   | 2022-11-07
        ben      | s1        | 2023        | 2023-09-04   | 2023-09-06
    """
    feature("registering_schools", "rollups", absences=absences).gives("""
        school_id | school_year | first_known_date
        s1        | 2022        | 2022-10-05
        s1        | 2023        | 2023-09-06
    """)

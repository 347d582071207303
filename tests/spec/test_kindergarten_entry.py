"""What `kindergarten_entry` promises."""


def test_when_a_child_could_start(feature):
    """Ana in winter, Ben before the year began; Cas is in primary school, Dot was told of on the day itself, of Eli nothing is known."""
    drawn = {
        "cohort": """
            pupil_id | moment | prediction_date | school_year | level_code
            ana      | m      | 2024-05-01      | 2023        | kindergarten
            ben      | m      | 2023-11-01      | 2023        | kindergarten
            cas      | m      | 2024-05-01      | 2023        | primary
            dot      | m      | 2024-05-01      | 2023        | kindergarten
            eli      | m      | 2024-05-01      | 2023        | kindergarten
        """,
        "pupils": """
            pupil_id | birth_date | known_date
            ana      | 2021-07-10 | 2021-09-01
            ben      | 2021-01-31 | 2021-09-01
            cas      | 2017-07-10 | 2021-09-01
            dot      | 2021-07-10 | 2024-05-01
        """,
    }
    feature("kindergarten_entry", **drawn).gives("""
        pupil_id | entry_after_days
        ana      | 131
        ben      | -32
    """)


def test_a_child_of_whom_the_birth_date_is_not_known_has_no_day(feature):
    """A row that says so."""
    cohort = """
        pupil_id | moment | prediction_date | school_year | level_code
        ana      | m      | 2024-05-01      | 2023        | kindergarten
    """
    pupils = """
        pupil_id | birth_date | known_date
        ana      |            | 2021-09-01
    """
    feature("kindergarten_entry", cohort=cohort, pupils=pupils).gives("""
        pupil_id | entry_after_days
        ana      |
    """)

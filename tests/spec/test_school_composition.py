"""What `school_composition` promises."""

SOCIO_ECONOMIC = """
    pupil_id | school_year | school_allowance | mother_low_education | neighbourhood_delay | home_language_not_dutch | known_date
    ana      | 2023        | true             | true                 | true                | true                    | 2023-10-15
    ben      | 2023        | false            | true                 | false               | false                   | 2023-10-20
    cas      | 2023        |                  |                      |                     | true                    | 2023-10-15
    dot      | 2023        | true             | true                 | true                | true                    | 2023-10-15
    ana      | 2022        | false            | false                | false               | false                   | 2022-10-15
"""  # noqa: E501


def test_characteristics_of_the_pupils_of_1_october_are_counted(feature):
    """Ana started that day, Dot a day later; Cas's allowance, Eli's school and all of Fay are unknown."""
    enrolments = """
        pupil_id | school_id | school_year | start_date | known_date
        ana      | s1        | 2023        | 2023-10-01 | 2023-10-01
        ben      | s1        | 2023        | 2023-09-01 | 2023-09-01
        cas      | s1        | 2023        | 2023-09-01 | 2023-09-01
        dot      | s1        | 2023        | 2023-10-02 | 2023-10-02
        eli      |           | 2023        | 2023-09-01 | 2023-09-01
        fay      | s2        | 2023        | 2023-09-01 | 2023-09-01
    """
    feature("school_composition", "rollups", enrolments=enrolments, socio_economic=SOCIO_ECONOMIC).gives("""
        school_id | school_year | known_date | allowance_known_count | allowance_count | pupil_count | oki_sum
        s1        | 2023        | 2023-10-20 | 2                     | 1               | 3           | 6
    """)


def test_it_is_known_when_the_last_fact_is(feature):
    """That Ana was in s1 was known in March, so that of s1 is too; in s2 she counts once in spite of two classes."""
    enrolments = """
        pupil_id | school_id | school_year | start_date | known_date
        ben      | s1        | 2023        | 2023-09-01 | 2023-09-01
        ana      | s1        | 2023        | 2023-09-01 | 2024-03-01
        ana      | s2        | 2022        | 2022-09-01 | 2022-09-01
        ana      | s2        | 2022        | 2022-09-15 | 2022-12-01
    """
    feature("school_composition", "rollups", enrolments=enrolments, socio_economic=SOCIO_ECONOMIC).gives("""
        school_id | school_year | known_date | pupil_count | oki_sum
        s1        | 2023        | 2024-03-01 | 2           | 5
        s2        | 2022        | 2022-10-15 | 1           | 0
    """)

"""What every cohort promises: who is at school on the prediction date, as far as was known, once."""

import pytest

from features.sql import sql_tables

CHILDCARE = "childcare_to_kindergarten"  # asks by age, whether enrolled or not
NAMES = [name for name in sql_tables("cohorts") if name != CHILDCARE]
LEVELS = {
    "first_to_second_stage": ("secondary", "2"),
    "in_year_kindergarten": ("kindergarten", "1"),
    "in_year_primary": ("primary", "2"),
    "in_year_secondary": ("secondary", "3"),
    "kindergarten_to_primary": ("kindergarten", "3"),
    "primary_to_secondary": ("primary", "6"),
    "secondary_to_onward": ("secondary", "5"),
}
BORN = "\n".join(
    [
        "pupil_id | birth_date | known_date",
        *(f"{p} | 2005-01-01 | 2015-09-01" for p in ("ana", "ben", "cas", "dot", "eli")),
    ]
)


def asked(name, *others):
    """One question on 1 February 2024, and questions of other moments."""
    rows = "\n".join(f"{moment} | 2024-02-01 | 2023" for moment in (name, *others))
    return f"moment | prediction_date | school_year\n{rows}"


@pytest.mark.parametrize("name", NAMES)
def test_who_has_left_is_not_in(feature, name):
    """Ben's end was known the day before, Cas's on the day itself, which is Dot's last; Eli's year is long ago."""
    level, grade = LEVELS[name]
    enrolments = f"""
        pupil_id | school_id | school_year | level_code | grade   | start_date | end_date   | known_date | end_known_date
        ana      | s1        | 2023        | {level}    | {grade} | 2023-09-01 |            | 2023-09-01 |
        ben      | s1        | 2023        | {level}    | {grade} | 2023-09-01 | 2024-01-31 | 2023-09-01 | 2024-01-31
        cas      | s1        | 2023        | {level}    | {grade} | 2023-09-01 | 2024-01-15 | 2023-09-01 | 2024-02-01
        dot      | s1        | 2023        | {level}    | {grade} | 2023-09-01 | 2024-02-01 | 2023-09-01 | 2024-01-10
        eli      | s1        | 2022        | {level}    | {grade} | 2022-09-01 |            | 2022-09-01 |
    """
    drawn = {"asked": asked(name, "another_moment"), "enrolments": enrolments}
    feature(name, "cohorts", **drawn, **pupils_of(name)).gives(f"""
        pupil_id | moment | prediction_date | school_year | school_id | level_code | grade
        ana      | {name} | 2024-02-01      | 2023        | s1        | {level}    | {grade}
        cas      | {name} | 2024-02-01      | 2023        | s1        | {level}    | {grade}
        dot      | {name} | 2024-02-01      | 2023        | s1        | {level}    | {grade}
    """)


@pytest.mark.parametrize("name", NAMES)
def test_who_was_not_known_yet_is_not_in(feature, name):
    """Ana started the day before; Ben starts on the day itself; Cas's enrolment was known on the day itself."""
    level, grade = LEVELS[name]
    enrolments = f"""
        enrolment_id | pupil_id | school_year | level_code | grade   | start_date | known_date
        a            | ana      | 2023        | {level}    | {grade} | 2024-01-31 | 2024-01-31
        b            | ben      | 2023        | {level}    | {grade} | 2024-02-01 | 2024-01-15
        c            | cas      | 2023        | {level}    | {grade} | 2023-09-01 | 2024-02-01
    """
    feature(name, "cohorts", asked=asked(name), enrolments=enrolments, **pupils_of(name)).gives("""
        pupil_id
        ana
    """)


@pytest.mark.parametrize("name", NAMES)
def test_of_enrolments_that_overlap_the_newest_counts(feature, name):
    """Ana's second school is the newer one; Ben began in two on one day, and the first number counts."""
    level, grade = LEVELS[name]
    enrolments = f"""
        enrolment_id | pupil_id | school_id | school_year | level_code | grade   | start_date | known_date
        a1           | ana      | s1        | 2023        | {level}    | {grade} | 2023-09-01 | 2023-09-01
        a2           | ana      | s2        | 2023        | {level}    | {grade} | 2023-11-06 | 2023-11-06
        b2           | ben      | s2        | 2023        | {level}    | {grade} | 2023-09-01 | 2023-09-01
        b1           | ben      | s1        | 2023        | {level}    | {grade} | 2023-09-01 | 2023-09-01
    """
    feature(name, "cohorts", asked=asked(name), enrolments=enrolments, **pupils_of(name)).gives("""
        pupil_id | school_id
        ana      | s2
        ben      | s1
    """)


@pytest.mark.parametrize("name", NAMES)
def test_only_the_level_and_class_year_of_the_moment(feature, name):
    """One pupil in each class year of each level: the moment takes those of its level, or of its last year."""
    last = {"kindergarten": 3, "primary": 6, "secondary": 7}
    places = [(level, grade) for level in last for grade in range(1, last[level] + 1)]
    rows = [f"e | {lv}{g} | 2023 | {lv} | {g} | 2023-09-01 | 2023-09-01" for lv, g in places]
    born = [f"{lv}{g} | 2005-01-01 | 2015-09-01" for lv, g in places]
    wanted, only = LEVELS[name]
    last_year = name in ("kindergarten_to_primary", "primary_to_secondary", "first_to_second_stage")
    expected = [f"{lv}{g}" for lv, g in places if lv == wanted and (not last_year or str(g) == only)]
    header = "enrolment_id | pupil_id | school_year | level_code | grade | start_date | known_date"
    pupils = {"pupils": "\n".join(["pupil_id | birth_date | known_date", *born])} if pupils_of(name) else {}
    drawn = {"asked": asked(name), "enrolments": "\n".join([header, *rows])}
    feature(name, "cohorts", **drawn, **pupils).gives("\n".join(["pupil_id", *expected]))


def test_from_16_on_pupils_are_asked_about_onward_study_and_work(feature):
    """Ana turns 16 on the day itself, Ben a day later; Cas's birth date is unknown, Dot's came on the day itself."""
    enrolments = "enrolment_id | pupil_id | school_year | level_code | start_date | known_date\n" + "\n".join(
        f"{p} | {p} | 2023 | secondary | 2023-09-01 | 2023-09-01" for p in ("ana", "ben", "cas", "dot")
    )
    pupils = """
        pupil_id | birth_date | known_date
        ana      | 2008-02-01 | 2015-09-01
        ben      | 2008-02-02 | 2015-09-01
        cas      |            | 2015-09-01
        dot      | 2005-01-01 | 2024-02-01
    """
    drawn = {"asked": asked("secondary_to_onward"), "enrolments": enrolments, "pupils": pupils}
    feature("secondary_to_onward", "cohorts", **drawn).gives("pupil_id\nana")


@pytest.mark.parametrize("name", ["first_to_second_stage", "secondary_to_onward"])
def test_who_cannot_earn_a_qualification_is_out_of_scope(feature, name):
    """Trap 8: Ben follows OV1, Cas OV2, Dot an adapted curriculum (IAC); Ana follows OV4, and of Eli nothing is said."""
    level, grade = LEVELS[name]
    enrolments = f"""
        pupil_id | school_id | school_year | level_code | grade   | special_type_code | has_iac | start_date | known_date
        ana      | s1        | 2023        | {level}    | {grade} | OV4               | false   | 2023-09-01 | 2023-09-01
        ben      | s1        | 2023        | {level}    | {grade} | OV1               | false   | 2023-09-01 | 2023-09-01
        cas      | s1        | 2023        | {level}    | {grade} | OV2               |         | 2023-09-01 | 2023-09-01
        dot      | s1        | 2023        | {level}    | {grade} |                   | true    | 2023-09-01 | 2023-09-01
        eli      | s1        | 2023        | {level}    | {grade} |                   |         | 2023-09-01 | 2023-09-01
    """
    feature(name, "cohorts", asked=asked(name), enrolments=enrolments, pupils=BORN).gives("pupil_id\nana\neli")


@pytest.mark.parametrize("level", ["kindergarten", "primary", "secondary"])
def test_before_the_newest_date_a_pupil_is_asked_about_on_one_date_a_year(feature, level):
    """Three dates: 2023 and the day of birth say whose turn it is (of an unknown day: as on day 0); on the last all are asked."""
    name = f"in_year_{level}"
    dates = f"""
        moment | prediction_date | school_year | turn | turn_count | is_newest
        {name} | 2023-11-01      | 2023        | 0    | 3          | false
        {name} | 2023-12-01      | 2023        | 1    | 3          | false
        {name} | 2024-01-01      | 2023        | 2    | 3          | false
        {name} | 2024-01-15      | 2023        |      | 3          | true
    """
    pupils = """
        pupil_id | birth_date | known_date
        ana      | 2012-05-02 | 2015-09-01
        ben      | 2012-05-03 | 2015-09-01
        cas      | 2012-07-01 | 2015-09-01
    """
    enrolments = "enrolment_id | pupil_id | school_year | level_code | grade | start_date | known_date\n" + "\n".join(
        f"{p} | {p} | 2023 | {level} | 3 | 2023-09-01 | 2023-09-01" for p in ("ana", "ben", "cas", "dot")
    )
    feature(name, "cohorts", asked=dates, enrolments=enrolments, pupils=pupils).gives("""
        pupil_id | prediction_date
        ana      | 2023-11-01
        ben      | 2023-12-01
        cas      | 2024-01-01
        dot      | 2023-12-01
        ana      | 2024-01-15
        ben      | 2024-01-15
        cas      | 2024-01-15
        dot      | 2024-01-15
    """)


def test_a_child_is_asked_about_in_the_month_after_it_is_two_and_three_quarters(feature):
    """Ana is that old on the day, Ben was on the day after the one before; Cas was that very day, Dot will be tomorrow."""
    pupils = """
        pupil_id | birth_date | known_date
        ana      | 2021-05-01 | 2023-11-01
        ben      | 2021-04-02 | 2023-11-01
        cas      | 2021-04-01 | 2023-11-01
        dot      | 2021-05-02 | 2023-11-01
        eli      | 2021-04-15 | 2024-02-01
    """
    feature(CHILDCARE, "cohorts", asked=asked(CHILDCARE, "another"), pupils=pupils).gives("""
        pupil_id | prediction_date | school_year | school_id | level_code   | grade
        ana      | 2024-02-01      | 2023        |           | kindergarten |
        ben      | 2024-02-01      | 2023        |           | kindergarten |
    """)


def test_a_child_has_the_school_in_which_it_is_enrolled(feature):
    """Ana is, Ben's enrolment ended, Cas left Flanders, Dot came back, Eli's end and Fay's start were not known yet."""
    enrolments = """
        enrolment_id | pupil_id | school_id | grade | start_date | end_date   | exit_reason_code | known_date | end_known_date
        a1           | ana      | s1        | 1     | 2023-11-06 |            |                  | 2023-11-06 |
        b1           | ben      | s1        | 1     | 2023-11-06 | 2023-12-22 | unknown          | 2023-11-06 | 2023-12-22
        c1           | cas      | s1        | 1     | 2023-11-06 | 2023-12-22 | left_flanders    | 2023-11-06 | 2023-12-22
        d1           | dot      | s1        | 1     | 2023-11-06 | 2023-11-30 | left_flanders    | 2023-11-06 | 2023-12-22
        d2           | dot      | s2        | 1     | 2024-01-08 |            |                  | 2024-01-08 |
        e1           | eli      | s1        | 1     | 2023-11-06 | 2024-01-26 | left_flanders    | 2023-11-06 | 2024-02-01
        f1           | fay      | s1        | 1     | 2024-01-08 |            |                  | 2024-02-01 |
    """
    names = ("ana", "ben", "cas", "dot", "eli", "fay")
    pupils = "pupil_id | birth_date | known_date\n" + "\n".join(f"{p} | 2021-04-15 | 2023-11-01" for p in names)
    feature(CHILDCARE, "cohorts", asked=asked(CHILDCARE), pupils=pupils, enrolments=enrolments).gives("""
        pupil_id | school_id | grade
        ana      | s1        | 1
        ben      |           |
        dot      | s2        | 1
        eli      | s1        | 1
        fay      |           |
    """)


def pupils_of(name):
    """Only one cohort looks at the age."""
    return {"pupils": BORN} if name == "secondary_to_onward" else {}

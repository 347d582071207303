"""What every cohort promises: who is at school on the prediction date, as far as was known, once."""

import pytest

from features.sql import sql_tables

NAMES = list(sql_tables("cohorts"))
LEVELS = {
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
    last_year = name in ("kindergarten_to_primary", "primary_to_secondary")
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


def pupils_of(name):
    """Only one cohort looks at the age."""
    return {"pupils": BORN} if name == "secondary_to_onward" else {}

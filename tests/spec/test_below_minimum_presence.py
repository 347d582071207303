"""What `below_minimum_presence` promises."""

CODED = "school_year | is_coded\n2019 | true\n2020 | true\n2022 | false\n2023 | true\n2024 | true"
THRESHOLDS = """
    rule               | threshold | valid_from | valid_to
    minimum_presence_2 | 100       |            |
    minimum_presence_3 | 150       |            |
    minimum_presence_4 | 185       |            |
    minimum_presence_5 | 250       | 2017-09-01 | 2020-08-31
    minimum_presence_5 | 290       | 2020-09-01 |
"""
ASKED = {"as_of": "as_of_date\n2025-07-16", "coded_years": CODED, "thresholds": THRESHOLDS}
YEAR = "pupil_id | school_year | level_code | expected_half_days | absent_half_days\n"


def cohort(*names, year=2023):
    """These pupils on 1 April of a school year."""
    rows = "\n".join(f"{name} | m | {year + 1}-04-01 | {year}" for name in names)
    return f"pupil_id | moment | prediction_date | school_year\n{rows}"


def born(**years):
    """Pupils born on the last day of a year."""
    return "pupil_id | birth_date\n" + "\n".join(f"{name} | {year}-12-31" for name, year in years.items())


def test_the_minimum_depends_on_the_age_on_31_december(feature):
    """Ana of 2 needs 100, Ben of 3 150, Cas of 4 185, Dot of 5 290, Eli of 6 as at 5; Fay of 5 and Gus of 2 have it."""
    attendance = """
        pupil_id | school_year | level_code   | expected_half_days | absent_half_days
        ana      | 2023        | kindergarten | 300                | 201
        ben      | 2023        | kindergarten | 300                | 151
        cas      | 2023        | kindergarten | 300                | 116
        dot      | 2023        | kindergarten | 300                | 11
        eli      | 2023        | kindergarten | 300                | 11
        fay      | 2023        | kindergarten | 300                | 10
        gus      | 2023        | kindergarten | 300                | 200
    """
    pupils = born(ana=2021, ben=2020, cas=2019, dot=2018, eli=2017, fay=2018, gus=2021)
    drawn = {"cohort": cohort("ana", "ben", "cas", "dot", "eli", "fay", "gus"), "attendance_by_year": attendance}
    feature("below_minimum_presence", "labels", pupils=pupils, **drawn, **ASKED).gives("""
        pupil_id | label
        ana      | 1
        ben      | 1
        cas      | 1
        dot      | 1
        eli      | 1
        fay      | 0
        gus      | 0
    """)


def test_this_and_the_next_kindergarten_year_count(feature):
    """Ana misses next year's; Ben's was last year, Cas's in primary, Dot's later; Eli came too late, Fay just in time."""
    attendance = """
        pupil_id | school_year | level_code   | expected_half_days | absent_half_days
        ana      | 2023        | kindergarten | 300                | 10
        ana      | 2024        | kindergarten | 300                | 299
        ben      | 2022        | kindergarten | 300                | 299
        ben      | 2023        | kindergarten | 300                | 10
        cas      | 2023        | kindergarten | 300                | 10
        cas      | 2024        | primary      | 300                | 299
        dot      | 2023        | kindergarten | 300                | 10
        dot      | 2025        | kindergarten | 300                | 299
        eli      | 2023        | kindergarten | 149                | 20
        fay      | 2023        | kindergarten | 150                | 1
    """
    pupils = born(ana=2020, ben=2020, cas=2018, dot=2020, eli=2020, fay=2020)
    drawn = {"cohort": cohort("ana", "ben", "cas", "dot", "eli", "fay"), "attendance_by_year": attendance}
    feature("below_minimum_presence", "labels", pupils=pupils, **drawn, **ASKED).gives("""
        pupil_id | label
        ana      | 1
        ben      | 0
        cas      | 0
        dot      | 0
        eli      | 0
        fay      | 1
    """)


def test_nobody_can_say(feature):
    """Ana has no year, Ben no birth date; Cas left Flanders, Dot too after missing too much; Eli's time is not over."""
    attendance = """
        pupil_id | school_year | level_code   | expected_half_days | absent_half_days
        ben      | 2023        | kindergarten | 300                | 299
        cas      | 2023        | kindergarten | 300                | 10
        dot      | 2023        | kindergarten | 300                | 299
        eli      | 2024        | kindergarten | 300                | 299
    """
    drawn = {
        "cohort": cohort("ana", "ben", "cas", "dot") + "\neli | m | 2025-04-01 | 2024", "attendance_by_year": attendance,
        **ASKED, "pupils": born(ana=2019, cas=2019, dot=2019, eli=2019) + "\nben |",
        "departures": "pupil_id | left_date\ncas | 2024-03-25\ndot | 2024-08-31",
    }  # fmt: skip
    feature("below_minimum_presence", "labels", **drawn).gives("""
        pupil_id | label | closes_date
        ana      |       | 2025-07-15
        ben      |       | 2025-07-15
        cas      |       | 2025-07-15
        dot      | 1     | 2025-07-15
        eli      |       | 2026-07-15
    """)


def test_a_year_without_codes_is_not_asked_about(feature):
    """Where no absence of 2022-23 has a code nobody registered kindergarten: Ana has no row."""
    attendance = YEAR + "ana | 2022 | kindergarten | 300 | 299"
    drawn = {"cohort": cohort("ana", year=2022), "pupils": born(ana=2019), "attendance_by_year": attendance, **ASKED}
    feature("below_minimum_presence", "labels", **drawn).gives("pupil_id | label")


def test_the_minimum_of_the_year_itself_holds(feature):
    """At 5 it was 250 half-days in 2019-20 (Ana) and 290 from 2020-21 on (Ben)."""
    attendance = YEAR + "ana | 2019 | kindergarten | 300 | 45\nben | 2020 | kindergarten | 300 | 45"
    drawn = {"cohort": cohort("ana", year=2019) + "\nben | m | 2021-04-01 | 2020", "pupils": born(ana=2014, ben=2015)}
    feature("below_minimum_presence", "labels", attendance_by_year=attendance, **drawn, **ASKED).gives("""
        pupil_id | label
        ana      | 0
        ben      | 1
    """)

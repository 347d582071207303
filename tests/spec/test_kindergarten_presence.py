"""What `kindergarten_presence` promises."""

THRESHOLDS = """
    rule               | threshold | valid_from | valid_to
    minimum_presence_2 | 100       |            |
    minimum_presence_3 | 150       |            |
    minimum_presence_4 | 185       |            |
    minimum_presence_5 | 220       |            | 2017-08-31
    minimum_presence_5 | 250       | 2017-09-01 | 2020-08-31
    minimum_presence_5 | 290       | 2020-09-01 |
"""


def born(**years):
    """Pupils born on the last day of a year."""
    return "pupil_id | birth_date\n" + "\n".join(f"{name} | {year}-12-31" for name, year in years.items())


def test_the_minimum_depends_on_the_age_on_31_december(feature):
    """Ana is 2, Ben 3, Cas 4, Dot 5, Eli 6 as at 5; Fay was in primary school and of Gus no birth date is known."""
    attendance = "pupil_id | school_year | level_code | expected_half_days | absent_half_days\n" + "\n".join(
        f"{p} | 2023 | {'primary' if p == 'fay' else 'kindergarten'} | 300 | 11"
        for p in ("ana", "ben", "cas", "dot", "eli", "fay", "gus")
    )
    pupils = born(ana=2021, ben=2020, cas=2019, dot=2018, eli=2017, fay=2017) + "\ngus |"
    feature(
        "kindergarten_presence", "rollups", attendance_by_year=attendance, pupils=pupils, thresholds=THRESHOLDS
    ).gives("""
        pupil_id | school_year | expected_half_days | present_half_days | threshold
        ana      | 2023        | 300                | 289               | 100
        ben      | 2023        | 300                | 289               | 150
        cas      | 2023        | 300                | 289               | 185
        dot      | 2023        | 300                | 289               | 290
        eli      | 2023        | 300                | 289               | 290
    """)


def test_the_minimum_of_the_year_itself_holds(feature):
    """Trap 3: at 5 it was 220 half-days to 2016-17 (Ana), 250 to 2019-20 (Ben) and is 290 from 2020-21 on (Cas)."""
    attendance = """
        pupil_id | school_year | level_code   | expected_half_days | absent_half_days
        ana      | 2016        | kindergarten | 300                | 45
        ben      | 2019        | kindergarten | 300                | 45
        cas      | 2020        | kindergarten | 300                | 45
    """
    drawn = {"attendance_by_year": attendance, "pupils": born(ana=2011, ben=2014, cas=2015), "thresholds": THRESHOLDS}
    feature("kindergarten_presence", "rollups", **drawn).gives("""
        pupil_id | school_year | present_half_days | threshold
        ana      | 2016        | 255               | 220
        ben      | 2019        | 255               | 250
        cas      | 2020        | 255               | 290
    """)

"""What `duty_presence` promises."""

from tables import each, weekdays

HEADER = "school_id | school_date | school_year | half_days | known_date\n"
TEN_DAYS = weekdays("2023-09-04", 10)
DAYS = HEADER + "\n".join(each(TEN_DAYS, f"{school} | DAY | 2023 | 2 | 2023-07-01") for school in ("s1", "s2"))
ENROLMENT = "pupil_id | enrolment_id | school_id | school_year | level_code | start_date | end_date\n"
ANA = ENROLMENT + "ana | a | s1 | 2023 | kindergarten | 2023-09-01 |"
AFTER_SIX_DAYS = {"as_of": "as_of_date\n2023-09-12", "school_days": DAYS}


def test_what_was_asked_ends_before_the_day_and_what_is_possible_begins_on_it(feature):
    """Six days of two half-days are over, four are to come; primary school does not ask for a presence."""
    enrolments = ANA + "\nben | b | s1 | 2023 | primary | 2023-09-01 |"
    feature("duty_presence", "rollups", enrolments=enrolments, **AFTER_SIX_DAYS).gives("""
        pupil_id | expected_count | possible_count
        ana      | 12             | 8
    """)


def test_each_stretch_counts_for_its_own_days(feature):
    """Ben moved on the third day and a visit within counts not; Cas left after the fourth; Dot starts on the eighth."""
    enrolments = (
        ENROLMENT
        + """ben | b1 | s1 | 2023 | kindergarten | 2023-09-01 | 2023-10-01
        ben | b2 | s2 | 2023 | kindergarten | 2023-09-06 |
        ben | b3 | s1 | 2023 | kindergarten | 2023-09-07 | 2023-09-08
        cas | c1 | s1 | 2023 | kindergarten | 2023-09-01 | 2023-09-07
        dot | d1 | s1 | 2023 | kindergarten | 2023-09-13 |"""
    )
    feature("duty_presence", "rollups", enrolments=enrolments, **AFTER_SIX_DAYS).gives("""
        pupil_id | expected_count | possible_count
        ben      | 12             | 8
        cas      | 8              | 0
        dot      | 0              | 6
    """)


def test_what_is_possible_is_unknown_where_the_school_tells_only_the_days_that_were(feature):
    """Without a day to come nothing can be said; after the last day of the year nothing is possible any more."""
    past = HEADER + each(TEN_DAYS[:6], "s1 | DAY | 2023 | 2 | 2023-07-01")
    drawn = {"enrolments": ANA, "school_days": past}
    unknown = feature("duty_presence", "rollups", as_of="as_of_date\n2023-09-12", **drawn)
    unknown.gives("pupil_id | expected_count | possible_count\nana | 12 |")
    over = feature("duty_presence", "rollups", as_of="as_of_date\n2024-07-01", **drawn)
    over.gives("pupil_id | expected_count | possible_count\nana | 12 | 0")

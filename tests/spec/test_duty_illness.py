"""What `duty_illness` promises."""

from tables import each, weekdays

HEADER = "school_id | school_date | school_year | half_days | known_date\n"
WEEKS = [*weekdays("2023-11-06", 10), *weekdays("2023-11-27", 5)]  # a week of holiday between
DAYS = HEADER + each(WEEKS, "s1 | DAY | 2023 | 2 | 2023-07-01")
ABSENCE = "pupil_id | school_id | school_year | absence_date | day_part_code | absence_code | known_date\n"
TODAY = {"as_of": "as_of_date\n2023-12-04", "school_days": DAYS}


def ill(pupil, days, parts=("AM", "PM"), code="Z"):
    """Whole days ill, unless only some half-days are named."""
    return "\n".join(each(days, f"{pupil} | s1 | 2023 | DAY | {part} | {code} | DAY") for part in parts) + "\n"


def test_a_weekend_and_a_holiday_leave_no_gap_and_the_last_spell_counts(feature):
    """Ana was ill from the second week over the holiday; Ben twice, with a day between; Cas on the very last day."""
    absences = (
        ABSENCE + ill("ana", WEEKS[5:12]) + ill("ben", WEEKS[:2]) + ill("ben", WEEKS[3:5]) + ill("cas", WEEKS[14:])
    )
    feature("duty_illness", "rollups", absences=absences, **TODAY).gives("""
        pupil_id | first_ill_date | last_ill_date | back_date  | is_taught_elsewhere
        ana      | 2023-11-13     | 2023-11-28    | 2023-11-29 | false
        ben      | 2023-11-09     | 2023-11-10    | 2023-11-13 | false
        cas      | 2023-12-01     | 2023-12-01    |            | false
    """)


def test_half_a_day_ill_is_no_day_ill_and_neither_is_another_code(feature):
    """On Tuesday Ana was ill in the morning only; Ben was absent for another reason."""
    absences = ABSENCE + ill("ana", WEEKS[:1]) + ill("ana", WEEKS[1:2], ["AM"]) + ill("ben", WEEKS[:3], code="R")
    feature("duty_illness", "rollups", absences=absences, **TODAY).gives("""
        pupil_id | first_ill_date | last_ill_date
        ana      | 2023-11-06     | 2023-11-06
    """)


def test_lessons_count_that_ran_during_the_illness(feature):
    """Ana has lessons at home, Ben's ended before, Cas has flexible lessons that are no right of the ill."""
    measures = """
        measure_id | pupil_id | measure_code | start_date | end_date
        m1         | ana      | toah         | 2023-11-20 |
        m2         | ben      | sio          | 2023-09-04 | 2023-10-01
        m3         | cas      | naft         | 2023-11-20 |
    """
    absences = ABSENCE + "".join(ill(pupil, WEEKS[:12]) for pupil in ("ana", "ben", "cas"))
    feature("duty_illness", "rollups", absences=absences, support_measures=measures, **TODAY).gives("""
        pupil_id | is_taught_elsewhere
        ana      | true
        ben      | false
        cas      | false
    """)

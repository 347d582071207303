"""What `absence_pattern` promises."""

from tables import each, weekdays

COHORT = """
    pupil_id | moment | prediction_date | school_year
    ana      | m      | 2023-10-16      | 2023
    ben      | m      | 2023-10-16      | 2023
    cas      | m      | 2023-10-16      | 2023
    dot      | m      | 2023-10-16      | 2023
"""
EXPECTED = """
    pupil_id | moment | prediction_date | expected_half_days_first_20d | expected_half_days_ytd | is_registered
    ana      | m      | 2023-10-16      | 40                           | 60                     | 1
    ben      | m      | 2023-10-16      | 0                            | 10                     | 1
    cas      | m      | 2023-10-16      | 40                           | 60                     | 0
"""
# 20 school days are over on 29 September; s1 has local leave on 4 October
DAYS = "school_id | school_date | school_year | half_days | known_date\n" + each(
    [day for day in weekdays("2023-09-04", 30) if day != "2023-10-04"], "s1 | DAY | 2023 | 2 | 2023-07-01"
)
HEADER = "pupil_id | school_id | school_year | absence_date | day_part_code | absence_code | known_date\n"
DRAWN = {"cohort": COHORT, "expected_attendance": EXPECTED, "school_days": DAYS}


def absences(*rows):
    """Half-days of 2023 in s1, known on the day itself."""
    cells = [[cell.strip() for cell in row.split("|")] for row in rows]
    return HEADER + "\n".join(f"{p} | s1 | 2023 | {day} | {part} | {code} | {day}" for p, day, part, code in cells)


def test_days_that_follow_on_each_other_are_one_run(feature):
    """Trap 5: Friday to Tuesday and the days around local leave each are one; Ana's third is a day by itself; of Dot nothing is known."""
    days = ("2023-09-15", "2023-09-18", "2023-09-19", "2023-10-03", "2023-10-05", "2023-10-09")
    drawn = absences(*(f"ana | {day} | AM | Z" for day in days), *(f"ana | {day} | PM | Z" for day in days))
    feature("absence_pattern", absences=drawn, **DRAWN).gives("""
        pupil_id | longest_absence_days | absence_spells_month | absence_rate_first_20d
        ana      | 3                    | 1.8                  | 0.15
        ben      | 0                    | 0                    |
        cas      |                      |                      |
        dot      |                      |                      |
    """)


def test_a_change_of_school_ends_a_run(feature):
    """Two days in s1, then two in s2 whose third and fourth school days they are, as they would be in a run of one school."""
    second = each(weekdays("2023-09-18", 10), "s2 | DAY | 2023 | 2 | 2023-07-01")
    drawn = absences("ana | 2023-09-04 | AM | Z", "ana | 2023-09-05 | AM | Z")
    drawn += "".join(f"\nana | s2 | 2023 | {day} | AM | Z | {day}" for day in ("2023-09-20", "2023-09-21"))
    feature("absence_pattern", absences=drawn, **{**DRAWN, "school_days": DAYS + "\n" + second}).gives("""
        pupil_id | longest_absence_days | absence_spells_month
        ana      | 2                    | 1.2
        ben      | 0                    | 0
        cas      |                      |
        dot      |                      |
    """)


def test_mondays_fridays_and_mornings(feature):
    """Ana: a whole Monday, the morning of a Tuesday and an afternoon; Ben: a Friday morning."""
    drawn = absences(
        "ana | 2023-10-02 | AM | B", "ana | 2023-10-02 | PM | B", "ana | 2023-10-10 | AM | B", "ana | 2023-10-12 | PM | B",
        "ben | 2023-10-13 | AM | B",
    )  # fmt: skip
    feature("absence_pattern", absences=drawn, **DRAWN).gives("""
        pupil_id | monday_friday_share | late_morning_rate
        ana      | 0.5                 | 0.0333
        ben      | 1                   | 0.2
        cas      |                     |
        dot      |                     |
    """)


def test_a_day_with_one_half_day_of_school_is_no_late_morning(feature):
    """On Wednesday 11 October school is in the morning only."""
    days = DAYS.replace("s1 | 2023-10-11 | 2023 | 2", "s1 | 2023-10-11 | 2023 | 1")
    ana = "\n".join(COHORT.strip().splitlines()[:2])
    drawn = {**DRAWN, "cohort": ana, "school_days": days, "absences": absences("ana | 2023-10-11 | AM | B")}
    feature("absence_pattern", **drawn).gives("pupil_id | late_morning_rate | longest_absence_days\nana | 0 | 1")


def test_help_therapy_exclusion_and_what_was_not_known_are_no_absence(feature):
    """Traps 1 and 13: a day of NAFT and one of a suspension are explained; H and M are none; the last was known on the day itself."""
    explained = """
        pupil_id | moment | prediction_date | absence_date | day_part_code | why
        ana      | m      | 2023-10-16      | 2023-10-09   | AM            | helped
        ana      | m      | 2023-10-16      | 2023-10-10   | AM            | excluded
    """
    drawn = absences(
        "ana | 2023-10-09 | AM | P",
        "ana | 2023-10-10 | AM | R",
        "ana | 2023-10-11 | AM | H",
        "ana | 2023-10-12 | AM | M",
    )
    drawn += "\nana | s1 | 2023 | 2023-10-13 | AM | B | 2023-10-16\nana | s1 | 2022 | 2022-10-13 | AM | B | 2022-10-13"
    ana = "\n".join(COHORT.strip().splitlines()[:2])
    feature("absence_pattern", **{**DRAWN, "cohort": ana}, absences=drawn, explained_absence=explained).gives("""
        pupil_id | monday_friday_share | longest_absence_days | absence_spells_month
        ana      |                     | 0                    | 0
    """)

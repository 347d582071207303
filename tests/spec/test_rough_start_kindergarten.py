"""What `rough_start_kindergarten` promises."""

COHORT = """
    pupil_id | moment | prediction_date | school_year
    ana      | m      | 2023-12-01      | 2023
    ben      | m      | 2023-12-01      | 2023
    cas      | m      | 2023-12-01      | 2023
    dot      | m      | 2023-12-01      | 2023
"""
PUPILS = """
    pupil_id | birth_date
    ana      | 2021-02-15
    ben      | 2021-02-15
    cas      | 2021-02-15
    dot      | 2021-02-15
"""
ENROLLED = """
    pupil_id | start_date
    ana      | 2023-09-01
    ben      | 2023-09-01
    cas      | 2023-09-01
    dot      | 2023-09-01
"""
CODED = "school_year | is_coded\n2022 | false\n2023 | true\n2024 | true"
PRESENCE = "pupil_id | school_year | expected_half_days | present_half_days | threshold\n"
ASKED = {"cohort": COHORT, "pupils": PUPILS, "as_of": "as_of_date\n2025-07-16", "coded_years": CODED}


def test_the_first_year_in_which_there_was_time_for_the_minimum_counts(feature):
    """Ana lacks a half-day; Ben had no time this year and enough the next; Cas lacks only the next; of Dot no year is known."""
    presence = PRESENCE + "\n".join([
        "ana | 2023 | 250 | 99 | 100", "ana | 2024 | 310 | 300 | 150", "ben | 2023 | 99 | 10 | 100", "ben | 2024 | 310 | 150 | 150",
        "cas | 2023 | 250 | 100 | 100", "cas | 2024 | 310 | 10 | 150", "dot | 2025 | 310 | 10 | 150",
    ])  # fmt: skip
    drawn = {"enrolments": ENROLLED, "kindergarten_presence": presence}
    feature("rough_start_kindergarten", "labels", **drawn, **ASKED).gives("""
        pupil_id | moment | prediction_date | label | closes_date
        ana      | m      | 2023-12-01      | 1     | 2025-07-15
        ben      | m      | 2023-12-01      | 0     | 2025-07-15
        cas      | m      | 2023-12-01      | 0     | 2025-07-15
        dot      | m      | 2023-12-01      |       | 2025-07-15
    """)


def test_not_being_enrolled_by_the_third_birthday_counts(feature):
    """Ana started on that day, Ben a day later, Cas never; Dot had started long before."""
    enrolments = "pupil_id | start_date\nana | 2024-02-15\nben | 2024-02-16\ndot | 2023-09-01\ndot | 2024-09-02"
    presence = PRESENCE + "\n".join(f"{p} | 2024 | 310 | 300 | 150" for p in ("ana", "ben", "dot"))
    drawn = {"enrolments": enrolments, "kindergarten_presence": presence}
    feature("rough_start_kindergarten", "labels", **drawn, **ASKED).gives("""
        pupil_id | label
        ana      | 0
        ben      | 1
        cas      | 1
        dot      | 0
    """)


def test_nobody_can_say_of_who_left_flanders(feature):
    """Ana left in the window, whatever came before; Ben when all was over."""
    presence = PRESENCE + "ana | 2023 | 250 | 1 | 100\nben | 2023 | 250 | 240 | 100"
    left = "pupil_id | left_date\nana | 2025-07-14\nben | 2025-07-15\ncas | 2023-11-01"
    drawn = {"enrolments": ENROLLED, "kindergarten_presence": presence, "departures": left}
    feature("rough_start_kindergarten", "labels", **drawn, **ASKED).gives("""
        pupil_id | label
        ana      |
        ben      | 0
        cas      |
        dot      |
    """)


def test_there_is_no_label_before_the_end_or_without_registration(feature):
    """On the closing day the window is open; where next year is not registered all through, nobody can say."""
    drawn = {"enrolments": ENROLLED, "kindergarten_presence": PRESENCE + "ana | 2023 | 250 | 1 | 100"}
    nobody = "pupil_id | label\nana |\nben |\ncas |\ndot |"
    asked = {**ASKED, "as_of": "as_of_date\n2025-07-15"}
    feature("rough_start_kindergarten", "labels", **drawn, **asked).gives(nobody)
    asked = {**ASKED, "coded_years": "school_year | is_coded\n2023 | true\n2024 | false"}
    feature("rough_start_kindergarten", "labels", **drawn, **asked).gives(nobody)

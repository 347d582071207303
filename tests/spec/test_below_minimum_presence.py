"""What `below_minimum_presence` promises."""

CODED = "school_year | is_coded\n2020 | true\n2021 | true\n2022 | false\n2023 | true\n2024 | true"
ASKED = {"as_of": "as_of_date\n2025-07-16", "coded_years": CODED}


def cohort(*names, year=2023):
    """These pupils on 1 April of a school year."""
    rows = "\n".join(f"{name} | m | {year + 1}-04-01 | {year}" for name in names)
    return f"pupil_id | moment | prediction_date | school_year\n{rows}"


def years(rows):
    """Kindergarten years of pupils, as `kindergarten_presence` has them: expected, present, and the minimum."""
    return "pupil_id | school_year | expected_half_days | present_half_days | threshold\n" + rows


def test_fewer_half_days_than_the_minimum(feature):
    """Ana lacks one half-day, Ben none; Cas came when there was no time for the minimum any more, Dot just in time."""
    presence = years(
        "ana | 2023 | 300 | 149 | 150\nben | 2023 | 300 | 150 | 150\ncas | 2023 | 149 | 129 | 150\ndot | 2023 | 150 | 149 | 150"
    )
    feature(
        "below_minimum_presence",
        "labels",
        cohort=cohort("ana", "ben", "cas", "dot"),
        kindergarten_presence=presence,
        **ASKED,
    ).gives("""
        pupil_id | label
        ana      | 1
        ben      | 0
        cas      | 0
        dot      | 1
    """)


def test_this_and_the_next_kindergarten_year_count(feature):
    """Ana misses next year's; Ben's was last year, Dot's is the year after next; Cas is in primary school by then."""
    presence = years(
        "ana | 2023 | 300 | 290 | 150\nana | 2024 | 300 | 1 | 185\nben | 2022 | 300 | 1 | 150\nben | 2023 | 300 | 290 | 185\n"
        "cas | 2023 | 300 | 290 | 290\ndot | 2023 | 300 | 290 | 150\ndot | 2025 | 300 | 1 | 290"
    )
    feature(
        "below_minimum_presence",
        "labels",
        cohort=cohort("ana", "ben", "cas", "dot"),
        kindergarten_presence=presence,
        **ASKED,
    ).gives("""
        pupil_id | label
        ana      | 1
        ben      | 0
        cas      | 0
        dot      | 0
    """)


def test_nobody_can_say(feature):
    """Of Ana no year is known; Cas left Flanders, Dot too after missing too much; Eli's time is not over."""
    drawn = {
        "cohort": cohort("ana", "cas", "dot") + "\neli | m | 2025-04-01 | 2024",
        "kindergarten_presence": years("cas | 2023 | 300 | 290 | 185\ndot | 2023 | 300 | 1 | 185\neli | 2024 | 300 | 1 | 185"),
        "departures": "pupil_id | left_date\ncas | 2024-03-25\ndot | 2024-08-31",
    }  # fmt: skip
    feature("below_minimum_presence", "labels", **drawn, **ASKED).gives("""
        pupil_id | label | closes_date
        ana      |       | 2025-07-15
        cas      |       | 2025-07-15
        dot      | 1     | 2025-07-15
        eli      |       | 2026-07-15
    """)


def test_a_year_without_codes_is_not_asked_about(feature):
    """Where no absence of 2022-23 has a code nobody registered kindergarten: Ana has no row, and Ben, a year before, no label."""
    drawn = {
        "cohort": cohort("ana", year=2022) + "\nben | m | 2022-04-01 | 2021",
        "kindergarten_presence": years("ana | 2022 | 300 | 1 | 185\nben | 2021 | 300 | 1 | 185"),
    }
    feature("below_minimum_presence", "labels", **drawn, **ASKED).gives("pupil_id | label\nben |")

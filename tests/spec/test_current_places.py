"""What `current_places` promises."""


def test_the_newest_place_that_has_begun_counts(feature):
    """Ana moved and moves again later; Ben's school is unknown."""
    feature(
        "current_places",
        "rollups",
        as_of="as_of_date\n2024-02-01",
        enrolments="""
            enrolment_id | pupil_id | school_id | level_code | grade | start_date
            a1           | ana      | s1        | primary    | 5     | 2023-09-01
            a2           | ana      | s2        | primary    | 5     | 2023-11-06
            a3           | ana      | s3        | primary    | 5     | 2024-02-01
            b1           | ben      |           | primary    | 5     | 2023-09-01
        """,
    ).gives("pupil_id | school_id | level_code | grade\nana | s2 | primary | 5")

"""What `not_yet_at_school` promises."""

PUPILS = """
    pupil_id | birth_date | municipality_code
    ana      | 2021-02-10 | 23060
    ben      | 2021-05-21 | 23060
    cas      | 2020-01-01 | 23060
    dot      | 2016-11-20 | 23060
    eva      | 2020-06-15 | 12025
    fay      | 2020-06-15 |
"""
SCHOOLS = "school_id | municipality_code\ns1 | 23060\ns2 | 12025\ns3 | 12025\ns4 | 23060"
AREAS = """
    school_id | clb_id | valid_from | valid_to
    s1        | 9001   | 2020-09-01 |
    s2        | 9001   | 2020-09-01 |
    s3        | 9002   | 2020-09-01 |
    s4        | 9002   | 2020-09-01 | 2022-08-31
"""
DRAWN = {"pupils": PUPILS, "schools": SCHOOLS, "clb_areas": AREAS, "as_of": "as_of_date\n2023-11-20"}


def test_a_child_who_may_begin_and_was_nowhere_is_there_with_the_only_centre_of_its_municipality(feature):
    """Ana may since August and Ben only tomorrow; Cas is at school, Dot is seven; two centres serve Eva's town; Fay's is not known."""
    enrolments = "enrolment_id | pupil_id | school_id | start_date\nc1 | cas | s1 | 2022-09-01"
    feature("not_yet_at_school", "rollups", enrolments=enrolments, **DRAWN).gives("""
        pupil_id | municipality_code | clb_id | expected_date | gap_days
        ana      | 23060             | 9001   | 2023-08-10    | 102
        eva      | 12025             |        | 2022-12-15    | 340
        fay      |                   |        | 2022-12-15    | 340
    """)


def test_who_starts_later_or_at_an_unknown_school_is_told_apart(feature):
    """Ana starts on the day itself, so she is nowhere yet; Eva is somewhere, though nobody knows at which school."""
    enrolments = """
        enrolment_id | pupil_id | school_id | start_date
        a1           | ana      | s1        | 2023-11-20
        e1           | eva      |           | 2023-09-01
        c1           | cas      | s1        | 2022-09-01
        f1           | fay      | s1        | 2022-09-01
    """
    feature("not_yet_at_school", "rollups", enrolments=enrolments, **DRAWN).gives("pupil_id\nana")

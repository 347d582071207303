"""What `left_unqualified` promises."""


def test_the_end_of_the_road_is_the_label(feature):
    """Ana left with nothing, Ben with a diploma, Cas with nothing and later a certificate, of Dot nothing is known."""
    cohort = """
        pupil_id | moment | prediction_date
        ana      | m      | 2015-06-30
        ben      | m      | 2015-06-30
        cas      | m      | 2015-06-30
        dot      | m      | 2015-06-30
    """
    qualifications = """
        pupil_id | qualification_code     | known_date
        ana      | none                   | 2023-12-01
        ben      | diploma_so             | 2022-07-05
        cas      | none                   | 2021-12-01
        cas      | eindgetuigschrift_dbso | 2023-07-05
    """
    feature("left_unqualified", "labels", cohort=cohort, qualifications=qualifications).gives("""
        pupil_id | label | closes_date
        ana      | 1     | 2023-12-01
        ben      | 0     | 2022-07-05
        cas      | 0     | 2023-07-05
        dot      |       |
    """)


def test_what_was_known_before_is_no_question_any_more(feature):
    """Ana's outcome was known the day before, Ben's on the day itself; Cas gets a diploma after a certificate."""
    cohort = """
        pupil_id | moment | prediction_date
        ana      | m      | 2022-01-31
        ben      | m      | 2022-01-31
        cas      | m      | 2022-01-31
    """
    qualifications = """
        pupil_id | qualification_code      | known_date
        ana      | none                    | 2022-01-30
        ben      | none                    | 2022-01-31
        cas      | studiegetuigschrift_bso | 2021-07-05
        cas      | diploma_so              | 2022-07-05
    """
    feature("left_unqualified", "labels", cohort=cohort, qualifications=qualifications).gives("""
        pupil_id | label | closes_date
        ana      |       |
        ben      | 1     | 2022-01-31
        cas      | 0     | 2022-07-05
    """)


def test_who_could_earn_none_has_no_label(feature):
    """Trap 8: Ana's road ended in OV1, which leads to no qualification."""
    drawn = {
        "cohort": "pupil_id | moment | prediction_date\nana | m | 2015-06-30\nben | m | 2015-06-30",
        "qualifications": "pupil_id | qualification_code | known_date\nana | none | 2023-12-01\nben | none | 2023-12-01",
        "out_of_scope": "pupil_id\nana",
    }
    feature("left_unqualified", "labels", **drawn).gives("pupil_id | label\nana |\nben | 1")

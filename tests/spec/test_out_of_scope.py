"""What `out_of_scope` promises."""


def test_the_last_place_counts(feature):
    """Trap 8: Ana ended in OV1, Ben in OV2, Cas with an adapted curriculum; Dot went on to OV3, Eli is in no special school."""
    enrolments = """
        enrolment_id | pupil_id | start_date | special_type_code | has_iac
        a1           | ana      | 2021-09-01 |                   | false
        a2           | ana      | 2022-09-01 | OV1               |
        b1           | ben      | 2022-09-01 | OV2               | false
        c1           | cas      | 2022-09-01 |                   | true
        d1           | dot      | 2021-09-01 | OV1               |
        d2           | dot      | 2022-09-01 | OV3               | false
        e1           | eli      | 2022-09-01 |                   |
    """
    feature("out_of_scope", "rollups", enrolments=enrolments).gives("""
        pupil_id
        ana
        ben
        cas
    """)

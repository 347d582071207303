"""What `unqualified_leavers` promises."""


def test_only_who_never_got_a_qualification(feature):
    """Ana left with nothing; Ben got his diploma later; Cas had a certificate before; of Dot nothing is known."""
    qualifications = """
        pupil_id | qualification_code | qualification_date
        ana      | none               | 2023-11-10
        ben      | none               | 2021-11-10
        ben      | diploma_so         | 2023-06-30
        cas      | certificaat        | 2022-06-30
        cas      | none               | 2023-06-30
    """
    feature("unqualified_leavers", "rollups", qualifications=qualifications).gives("""
        pupil_id | left_date
        ana      | 2023-11-10
    """)

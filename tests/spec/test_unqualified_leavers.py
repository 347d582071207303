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


def test_an_early_leaver_is_18_to_25_and_in_scope(feature):
    """Trap 8: Ana left at 17 and is one from her birthday on; Ben at 25, Cas at 26; Dot followed OV1; of Eli no age is known."""
    qualifications = """
        pupil_id | qualification_code | qualification_date
        ana      | none               | 2023-06-30
        ben      | none               | 2023-06-30
        cas      | none               | 2023-06-30
        dot      | none               | 2023-06-30
        eli      | none               | 2023-06-30
    """
    pupils = """
        pupil_id | birth_date
        ana      | 2005-11-10
        ben      | 1997-07-01
        cas      | 1997-06-30
        dot      | 2004-01-01
        eli      |
    """
    drawn = {"qualifications": qualifications, "pupils": pupils, "out_of_scope": "pupil_id\ndot"}
    feature("unqualified_leavers", "rollups", **drawn).gives("""
        pupil_id | exit_date  | left_date
        ana      | 2023-06-30 | 2023-11-10
        ben      | 2023-06-30 | 2023-06-30
        eli      | 2023-06-30 | 2023-06-30
    """)

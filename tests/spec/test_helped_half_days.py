"""What `helped_half_days` promises."""

ABSENCES = """
    pupil_id | school_year | absence_date | day_part_code | absence_code | known_date
    ana      | 2022        | 2023-03-06   | AM            | P            | 2023-03-06
    ana      | 2022        | 2023-03-06   | PM            | P            | 2023-03-06
    ana      | 2022        | 2023-03-07   | AM            | B            | 2023-03-07
    ana      | 2022        | 2023-03-20   | AM            | P            | 2023-03-20
    ben      | 2022        | 2023-03-06   | AM            | P            | 2023-03-06
    cas      | 2022        | 2023-03-06   | AM            | P            | 2023-03-06
    dot      | 2022        | 2023-03-06   | AM            | P            | 2023-03-06
    eli      | 2022        | 2023-03-20   | AM            | P            | 2023-03-20
"""


def test_a_day_p_in_naft_is_help(feature):
    """Trap 13: Ana's P lies in NAFT, until it ends; Ben gets TOAH; Cas's is known too late; Dot has nothing; Eli's end came too late."""
    measures = """
        measure_id | pupil_id | measure_code | start_date | end_date   | known_date | end_known_date
        a          | ana      | naft         | 2023-03-01 | 2023-03-10 | 2023-03-01 | 2023-03-13
        a2         | ana      | care_farm    | 2023-03-06 | 2023-03-06 | 2023-03-01 | 2023-03-13
        b          | ben      | toah         | 2023-03-01 |            | 2023-03-01 |
        c          | cas      | naft         | 2023-03-01 |            | 2023-07-16 |
        e          | eli      | time_out     | 2023-03-01 | 2023-03-10 | 2023-03-01 | 2023-07-16
    """
    feature("helped_half_days", "rollups", absences=ABSENCES, support_measures=measures).gives("""
        pupil_id | school_year | absence_date | day_part_code
        ana      | 2022        | 2023-03-06   | AM
        ana      | 2022        | 2023-03-06   | PM
        eli      | 2022        | 2023-03-20   | AM
    """)

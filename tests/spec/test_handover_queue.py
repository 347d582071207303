"""What `handover_queue` promises."""

ENROLMENTS = """
    enrolment_id | pupil_id | school_id | level_code | grade | start_date | end_date   | exit_reason_code
    a1           | ana      | s1        | secondary  | 5     | 2023-09-01 | 2024-01-15 | unqualified
    b1           | ben      | s1        | secondary  | 5     | 2023-09-01 | 2024-01-15 | unknown
    b2           | ben      | s2        | secondary  | 5     | 2024-02-01 |            |
    c1           | cas      | s1        | secondary  | 6     | 2023-09-01 | 2024-06-30 | qualified
    d1           | dot      | s1        | secondary  | 4     | 2020-09-01 | 2021-06-30 | unqualified
    e1           | eva      | s1        | primary    | 4     | 2023-09-01 | 2024-01-15 | unknown
    f1           | fay      | s2        | secondary  | 4     | 2023-09-01 | 2024-03-01 | exclusion
"""
HANDOVERS = """
    handover_id | pupil_id | exit_date  | situation_code | has_consent | talk_date  | known_date
    h1          | ana      | 2024-01-15 | unknown        |             |            | 2024-01-20
    h2          | ana      | 2024-01-15 | vdab           | true        | 2024-02-10 | 2024-02-12
    h3          | fay      | 2022-01-15 | work           | true        | 2022-02-01 | 2022-02-01
"""


def test_who_left_without_a_qualification_and_did_not_come_back_with_the_newest_handover(feature):
    """Ben came back, Cas is qualified, Dot left too long ago, Eva is in primary school; Fay's handover is of another time."""
    drawn = {"enrolments": ENROLMENTS, "handovers": HANDOVERS, "as_of": "as_of_date\n2024-09-01"}
    feature("handover_queue", "rollups", **drawn).gives("""
        pupil_id | school_id | exit_date  | situation_code | has_consent | talk_date
        ana      | s1        | 2024-01-15 | vdab           | true        | 2024-02-10
        fay      | s2        | 2024-03-01 |                |             |
    """)

"""What `track_path` promises."""

COHORT = """
    pupil_id | moment | prediction_date | level_code
    ana      | m      | 2024-02-01      | secondary
    ben      | m      | 2024-02-01      | secondary
    cas      | m      | 2024-02-01      | primary
    dot      | m      | 2024-02-01      | secondary
"""
PATH = """
    pupil_id | moment | prediction_date | waterfall_count | waterfall_count_ytd | okan_years_count
    ana      | m      | 2024-02-01      | 2               | 1                   | 0
    ben      | m      | 2024-02-01      | 0               | 0                   | 1
    cas      | m      | 2024-02-01      | 0               | 0                   | 0
"""


def test_steps_down_and_reception_are_told_in_secondary_school(feature):
    """Ana stepped down twice, Ben came from OKAN; Cas is in primary school; of Dot nothing is known."""
    feature("track_path", cohort=COHORT, path_now=PATH).gives("""
        pupil_id | waterfall_count | waterfall_count_ytd | okan_years_count | dual_phase_step | workplaces_ended_count
        ana      | 2               | 1                   | 0                |                 |
        ben      | 0               | 0                   | 1                |                 |
        cas      |                 |                     |                  |                 |
        dot      |                 |                     |                  |                 |
    """)


def test_dual_learning_as_it_was_known(feature):
    """Ana works after a workplace that ended; Ben prepares, an end known today is none yet; Dot's agreement came today."""
    contracts = """
        contract_id | pupil_id | phase_code | start_date | end_date   | known_date | end_known_date
        a1          | ana      | workplace  | 2023-09-01 | 2023-11-30 | 2023-09-01 | 2023-12-01
        a2          | ana      | workplace  | 2024-01-08 |            | 2024-01-08 |
        b1          | ben      | start_up   | 2023-09-01 | 2024-01-15 | 2023-09-01 | 2024-02-01
        d1          | dot      | workplace  | 2024-01-08 |            | 2024-02-01 |
        e1          | eli      | workplace  | 2023-09-01 |            | 2023-09-01 |
    """
    feature("track_path", cohort=COHORT, path_now=PATH, dual_contracts=contracts).gives("""
        pupil_id | dual_phase_step | workplaces_ended_count
        ana      | 2               | 1
        ben      | 1               | 0
        cas      |                 |
        dot      | 0               | 0
    """)

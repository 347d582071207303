"""What `departures` promises."""


def test_the_last_day_of_who_left_flanders_for_good(feature):
    """Ana left; Ben left and came back; Cas left twice; Dot moved school; Eli's end is not known yet."""
    enrolments = """
        pupil_id | start_date | end_date   | exit_reason_code
        ana      | 2021-09-01 | 2022-06-30 | year_end
        ana      | 2022-09-01 | 2023-02-10 | left_flanders
        ben      | 2021-09-01 | 2022-02-10 | left_flanders
        ben      | 2022-09-01 |            |
        cas      | 2021-09-01 | 2022-02-10 | left_flanders
        cas      | 2022-09-01 | 2023-03-10 | left_flanders
        dot      | 2022-09-01 | 2023-03-10 | school_change
        eli      | 2022-09-01 |            |
    """
    feature("departures", "rollups", enrolments=enrolments).gives("""
        pupil_id | left_date
        ana      | 2023-02-10
        cas      | 2023-03-10
    """)

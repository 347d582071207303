"""What `absence_history` promises."""

COHORT = """
    pupil_id | moment | prediction_date | school_year
    ana      | m      | 2024-02-01      | 2023
    ben      | m      | 2024-02-01      | 2023
    cas      | m      | 2024-02-01      | 2023
    dot      | m      | 2024-02-01      | 2023
"""
YEARS = """
    pupil_id | school_year | level_code   | expected_half_days | absent_half_days | unauthorised_half_days | known_date
    ana      | 2019        | kindergarten | 100                | 40               | 0                      | 2020-07-15
    ana      | 2020        | kindergarten | 200                | 20               | 2                      | 2021-07-15
    ana      | 2021        | primary      | 300                | 30               | 15                     | 2022-07-15
    ana      | 2022        | primary      | 200                | 10               | 1                      | 2023-07-15
    ana      | 2023        | primary      | 300                | 300              | 300                    | 2024-07-15
    ben      | 2021        | primary      | 300                | 30               |                        | 2022-07-15
    ben      | 2022        | primary      | 300                | 60               |                        | 2024-02-01
    dot      | 2022        | primary      | 300                | 0                | 0                      | 2023-07-15
"""


def test_only_years_closed_before_the_prediction_date_count(feature):
    """Ana's current year and Ben's year that was known on the day itself stay out; of Cas nothing is known."""
    feature("absence_history", cohort=COHORT, attendance_by_year=YEARS).gives("""
        pupil_id | attendance_years_count | absence_rate_last_year | absence_rate_year_before
        ana      | 4                      | 0.05                   | 0.1
        ben      | 1                      | 0.1                    |
        cas      |                        |                        |
        dot      | 1                      | 0                      |
    """)


def test_the_mean_weighs_half_days_and_the_worst_year_does_not(feature):
    """Ana missed 100 of 800 half-days; 40 of 100 in the worst year, which was in kindergarten."""
    feature("absence_history", cohort=COHORT, attendance_by_year=YEARS).gives("""
        pupil_id | absence_rate_mean | absence_rate_worst_year | absence_rate_kindergarten
        ana      | 0.125             | 0.4                     | 0.4
        ben      | 0.1               | 0.1                     |
        cas      |                   |                         |
        dot      | 0                 | 0                       |
    """)


def test_a_source_without_codes_says_nothing_about_unauthorised_absence(feature):
    """Ben's source keeps only totals: his unauthorised absence is unknown, Dot's is none."""
    feature("absence_history", cohort=COHORT, attendance_by_year=YEARS).gives("""
        pupil_id | unauthorised_rate_last_year | unauthorised_rate_worst_year
        ana      | 0.005                       | 0.05
        ben      |                             |
        cas      |                             |
        dot      | 0                           | 0
    """)


def test_one_pupil_asked_twice_has_two_histories(feature):
    """Ana is asked a year earlier as well, and then her last year was 2021."""
    cohort = """
        pupil_id | moment | prediction_date | school_year
        ana      | m      | 2023-02-01      | 2022
        ana      | m      | 2024-02-01      | 2023
        ana      | n      | 2024-02-01      | 2023
    """
    feature("absence_history", cohort=cohort, attendance_by_year=YEARS).gives("""
        pupil_id | moment | prediction_date | absence_rate_last_year | attendance_years_count
        ana      | m      | 2023-02-01      | 0.1                    | 3
        ana      | m      | 2024-02-01      | 0.05                   | 4
        ana      | n      | 2024-02-01      | 0.05                   | 4
    """)


def test_kindergarten_presence_against_the_minimum(feature):
    """Traps 2 and 3: the least year counts, by the minimum of its time; too short a year and 2019-20 (trap 4) do not."""
    thresholds = """
        rule               | threshold | valid_from | valid_to
        minimum_presence_4 | 185       |            |
        minimum_presence_5 | 250       | 2017-09-01 | 2020-08-31
        minimum_presence_5 | 290       | 2020-09-01 |
        registration_gap   | 0         | 2020-03-16 | 2020-05-14
    """
    years = """
        pupil_id | school_year | level_code   | expected_half_days | absent_half_days | known_date
        ana      | 2018        | kindergarten | 300                | 115              | 2019-07-15
        ana      | 2019        | kindergarten | 250                | 249              | 2020-07-15
        ben      | 2020        | kindergarten | 300                | 39               | 2021-07-15
        cas      | 2020        | kindergarten | 289                | 280              | 2021-07-15
        dot      | 2020        | primary      | 300                | 299              | 2021-07-15
    """
    pupils = """
        pupil_id | birth_date | known_date
        ana      | 2014-05-01 | 2017-09-01
        ben      | 2015-05-01 | 2018-09-01
        cas      | 2015-05-01 | 2018-09-01
        dot      | 2014-05-01 | 2018-09-01
    """
    drawn = {"cohort": COHORT, "attendance_by_year": years, "pupils": pupils, "thresholds": thresholds}
    feature("absence_history", **drawn).gives("""
        pupil_id | kindergarten_presence_ratio
        ana      | 1
        ben      | 0.9
        cas      |
        dot      |
    """)

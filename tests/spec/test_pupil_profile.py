"""What `pupil_profile` promises."""


def test_age_sex_and_class_year_on_the_prediction_date(feature):
    """Ana is a girl of 10, Ben a boy whose birth date is unknown, Cas has sex X; Dot was known on the day itself."""
    cohort = """
        pupil_id | moment | prediction_date | level_code | grade
        ana      | m      | 2024-02-01      | primary    | 4
        ben      | m      | 2024-02-01      | primary    | 6
        cas      | m      | 2024-02-01      | primary    |
        dot      | m      | 2024-02-01      | primary    | 1
    """
    pupils = """
        pupil_id | birth_date | sex_code | known_date
        ana      | 2014-02-01 | F        | 2024-01-31
        ben      |            | M        | 2019-09-01
        cas      | 2013-02-01 | X        | 2019-09-01
        dot      | 2017-02-01 | M        | 2024-02-01
    """
    feature("pupil_profile", cohort=cohort, pupils=pupils).gives("""
        pupil_id | age_years | is_boy | class_year | track_step
        ana      | 9.9986    | 0      | 4          |
        ben      |           | 1      | 6          |
        cas      | 10.9979   |        |            |
        dot      |           |        | 1          |
    """)


def test_study_forms_are_steps(feature):
    """Each study form has its step; outside secondary school there is none."""
    forms = ["first_stage", "aso", "kso", "tso", "bso", "buso", "okan", "dbso", ""]
    rows = "\n".join(f"p{i} | m | 2024-02-01 | {form}" for i, form in enumerate(forms))
    steps = "\n".join(f"p{i} | {i if form else ''}" for i, form in enumerate(forms))
    cohort = f"pupil_id | moment | prediction_date | study_form_code\n{rows}"
    feature("pupil_profile", cohort=cohort).gives(f"pupil_id | track_step\n{steps}")

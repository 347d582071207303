"""What `characteristics` promises."""


def test_the_four_are_counted_in_every_version(feature):
    """Trap 15: home language counts in the sum of four and never alone; what is unknown is not met; Ben's year was told twice."""
    socio_economic = """
        pupil_id | school_year | school_allowance | mother_low_education | neighbourhood_delay | home_language_not_dutch | known_date | superseded_date
        ana      | 2023        | true             | true                 | true                | true                    | 2023-10-15 | 9999-12-31
        ben      | 2023        | true             | false                |                     | false                   | 2023-10-15 | 2024-01-15
        ben      | 2023        | false            | false                |                     | false                   | 2024-01-15 | 9999-12-31
        cas      | 2023        |                  |                      |                     | true                    | 2023-10-15 | 9999-12-31
    """  # noqa: E501
    feature("characteristics", "rollups", socio_economic=socio_economic).gives("""
        pupil_id | school_year | has_allowance | oki_count | known_date | superseded_date
        ana      | 2023        | 1             | 4         | 2023-10-15 | 9999-12-31
        ben      | 2023        | 1             | 1         | 2023-10-15 | 2024-01-15
        ben      | 2023        | 0             | 0         | 2024-01-15 | 9999-12-31
        cas      | 2023        |               | 1         | 2023-10-15 | 9999-12-31
    """)

"""What `school_peers` promises."""

HEADER = "enrolment_id | pupil_id | school_id | school_year | level_code | grade | start_date | end_date | known_date | end_known_date\n"
COHORT = """
    pupil_id | moment | prediction_date | school_year | school_id | level_code | grade
    ana      | m      | 2024-02-01      | 2023        | s1        | primary    | 3
    p1       | m      | 2024-02-01      | 2023        | s1        | primary    | 3
    cas      | m      | 2024-02-01      | 2023        | s2        | primary    | 3
    dot      | m      | 2024-02-01      | 2023        |           | primary    | 3
"""
OTHERS = [f"p{i}" for i in range(1, 21)]


def enrolled(*names: str, school: str = "s1", grade: int = 3, rest: str = "2023-09-01 |  | 2023-09-01 |") -> str:
    """One enrolment a pupil."""
    return "\n".join(f"{school}{n} | {n} | {school} | 2023 | primary | {grade} | {rest}" for n in names)


def test_the_pupil_itself_is_not_among_its_peers(feature):
    """Ana has all characteristics and was always away; her 20 schoolmates have none, but for the first; cas has one schoolmate."""
    enrolments = HEADER + "\n".join([enrolled("ana", *OTHERS), enrolled("cas", "p30", school="s2")])
    told = [("ana", 1, 4), ("p1", 1, 2), *((p, 0, 0) for p in OTHERS[1:])]
    characteristics = "pupil_id | school_year | has_allowance | oki_count | known_date\n" + "\n".join(
        f"{p} | 2023 | {allowance} | {oki} | 2023-10-15" for p, allowance, oki in told
    )
    attendance = "pupil_id | school_year | expected_half_days | absent_half_days | known_date\n" + "\n".join(
        f"{p} | 2022 | 100 | {days} | 2023-07-15" for p, days in [("ana", 100), *((p, 10) for p in OTHERS)]
    )
    drawn = {"enrolments": enrolments, "characteristics": characteristics, "attendance_by_year": attendance}
    thresholds = "rule | threshold\nleast_pupils_of_a_rate | 20"
    feature("school_peers", cohort=COHORT, thresholds=thresholds, **drawn).gives("""
        pupil_id | school_allowance_share | school_oki | peer_absence_rate
        ana      | 0.05                   | 0.1        | 0.1
        p1       | 0.05                   | 0.2        | 0.145
        cas      |                        |            |
    """)


def test_peers_are_those_of_now_whose_year_was_known(feature):
    """Without those who left, came too late, sit in another class year or were told of on the day itself too few remain."""
    late = enrolled("p18", rest="2023-09-01 |  | 2024-02-01 |")
    gone = enrolled("p19", rest="2023-09-01 | 2024-01-20 | 2023-09-01 | 2024-01-21")
    leaving = enrolled("p20", rest="2023-09-01 | 2024-01-20 | 2023-09-01 | 2024-02-01")
    enrolments = HEADER + "\n".join([enrolled("ana", *OTHERS[:16]), enrolled("p17", grade=4), late, gone, leaving])
    characteristics = "pupil_id | school_year | has_allowance | oki_count | known_date | superseded_date\n" + "\n".join(
        [
            *(f"{p} | 2023 | 1 | 1 | 2023-10-15 | 9999-12-31" for p in OTHERS[1:]),
            "p1 | 2023 | 1 | 1 | 2024-02-01 | 9999-12-31",
        ]
    )
    attendance = "pupil_id | school_year | expected_half_days | absent_half_days | known_date\n" + "\n".join(
        f"{p} | 2022 | 100 | 10 | 2023-07-15" for p in OTHERS
    )
    drawn = {"enrolments": enrolments, "characteristics": characteristics, "attendance_by_year": attendance}
    ana = "\n".join(COHORT.strip().splitlines()[:2])
    for least, peers, schoolmates in ((17, "0.1", "1"), (18, "", "")):
        thresholds = f"rule | threshold\nleast_pupils_of_a_rate | {least}"
        feature("school_peers", cohort=ana, thresholds=thresholds, **drawn).gives(f"""
            pupil_id | school_allowance_share | school_oki    | peer_absence_rate
            ana      | {schoolmates}          | {schoolmates} | {peers}
        """)

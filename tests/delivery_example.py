"""A small made-up centre for the tests of `delivery`, and for the picture in the documentation.

Belongs here: two schools, forty pupils with invented names, scores, reasons and duties, from one seed. None is real.
"""

import dataclasses
import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from delivery import About, Gate, ListSource
from delivery.changes import LastList, Scored
from delivery.shapes import Reason
from delivery.source import _MAY_BE

CLB = "900001"
MADE_ON = dt.date(2026, 4, 2)
IN_YEAR, ONWARD, PRIMARY = "in_year_secondary", "secondary_to_onward", "in_year_primary"
MODELS = {IN_YEAR: "3f2a9c01b7de", ONWARD: "a81b5502c9f4", PRIMARY: "77d0e1f2a3b4"}
FIRST = ["Noor", "Emma", "Louis", "Arthur", "Mila", "Olivia", "Lucas", "Jules", "Amina", "Yusuf"]
FIRST += ["Lotte", "Finn", "Kato", "Elias", "Fien", "Senne", "Nora", "Adam", "Jef", "Leila"]
LAST = ["Peeters", "Janssens", "Maes", "Jacobs", "Mertens", "Willems", "Claes", "Goossens", "Wouters", "De Smet"]
LAST += [
    "El Amrani",
    "Vermeulen",
    "Yildiz",
    "Pauwels",
    "Dubois",
    "Hermans",
    "Aerts",
    "Michiels",
    "Lambrecht",
    "Van den Broeck",
]
REASONS = [
    (
        "absence_b_60d",
        True,
        "was in de laatste 60 schooldagen 9 halve dagen zonder geldige reden afwezig (tot en met 31 maart 2026)",
    ),
    (
        "absence_rate_20d",
        True,
        "was in de laatste 20 schooldagen 18 % van de halve dagen afwezig (tot en met 31 maart 2026)",
    ),
    ("grade_delay_years", False, "heeft 2 jaar schoolse vertraging (gekend op 31 maart 2026)"),
    ("school_changes_3y", False, "veranderde 2 keer van school (tot en met 31 maart 2026)"),
    (
        "absence_history_b",
        True,
        "was vorig schooljaar 6,2 % van de halve dagen zonder geldige reden afwezig (uit afgesloten schooljaren, gekend op 31 maart 2026)",
    ),
    ("school_allowance", False, "krijgt een schooltoeslag (gekend op 31 maart 2026)"),
    (
        "late_count_60d",
        True,
        "kwam op 9 % van de dagen pas na de middag (van 1 september 2025 tot en met 31 maart 2026)",
    ),
]

MOVED = [
    (
        "was in de laatste 20 schooldagen 18 % van de halve dagen afwezig (tot en met 31 maart 2026)."
        " Vorige keer: 9 % (tot en met 28 februari 2026).",
        "missed 18 % of the half-days of the last 20 school days (up to 31 March 2026). Last time: 9 % (up to 28 February 2026).",
    ),
    (
        "veranderde 2 keer van school (tot en met 31 maart 2026). Vorige keer: 1 (tot en met 28 februari 2026).",
        "changed school 2 times (up to 31 March 2026). Last time: 1 (up to 28 February 2026).",
    ),
]
LOWER = "bij leerlingen met minder dan 5 % is het risico lager", "pupils with less than 5 % have a lower risk"


def frame(rows: list[dict[str, Any]], columns: str) -> pd.DataFrame:
    """A frame with these columns, also where there are no rows."""
    return pd.DataFrame(rows, columns=columns.split())


def score(pupil: str, probability: float, *, moment: str = IN_YEAR, clb: str = CLB, **more: Any) -> dict[str, Any]:
    """One row of the scores frame."""
    band = ["low", "raised", "high", "very_high"][int(np.searchsorted([0.1, 0.25, 0.5], probability))]
    low, high = max(0.0, probability * 0.75 - 0.01), min(1.0, probability * 1.25 + 0.01)
    row = {"moment": moment, "prediction_date": dt.date(2026, 4, 1), "pupil_id": pupil, "school_id": "111111"}
    row |= {"level_code": "secondary", "grade": 3, "study_form_code": "bso", "clb_id": clb, "probability": probability}
    row |= {"probability_low": low, "probability_high": high, "band_code": band, "is_borderline": False}
    row |= {"stability": 0.9, "urgency_code": "soon", "half_before_date": dt.date(2026, 5, 12)}
    return row | {"model_version": MODELS[moment], "valid_until": dt.date(2026, 5, 31)} | more


def duty(pupil: str, rule: str, value: float, threshold: float, *, clb: str = CLB, **more: Any) -> dict[str, Any]:
    """One row of the duties frame."""
    row = {
        "pupil_id": pupil,
        "clb_id": clb,
        "school_id": "111111",
        "level_code": "secondary",
        "grade": 3,
        "study_form_code": "bso",
        "rule": rule,
        "value": value,
        "threshold": threshold,
    }
    row |= {"still_needed": None, "still_possible": None, "state": "reached"}
    return row | {"known_until": dt.date(2026, 3, 31)} | more


def reasons_of(pupil: str, moment: str, chosen: list[int]) -> list[dict[str, Any]]:
    """Rows of the reasons frame of one pupil."""
    return [
        {
            "moment": moment,
            "prediction_date": dt.date(2026, 4, 1),
            "pupil_id": pupil,
            "rank": rank,
            "feature": REASONS[i][0],
        }
        | {
            "points": 1.0 / rank,
            "sentence_nl": REASONS[i][2],
            "sentence_en": REASONS[i][0],
            "is_malleable": REASONS[i][1],
            "lower_points": 0.3 if REASONS[i][1] else None,
            "lower_nl": LOWER[0] if REASONS[i][1] else None,
            "lower_en": LOWER[1] if REASONS[i][1] else None,
        }
        for rank, i in enumerate(chosen, 1)
    ]


def source(scores: list[dict[str, Any]], duties: list[dict[str, Any]], reasons: list[dict[str, Any]]) -> ListSource:
    """The frames of these rows, with two schools and an honest card for each moment."""
    card = {"of_10_about": 5.7, "missed_share": 0.42, "horizon_nl": "in de rest van dit en in het volgende schooljaar"}
    schools = [("111111", "Middenschool De Brug", "44021"), ("222222", "Technisch Atheneum", "41002")]
    return ListSource(
        scores=frame(scores, " ".join(score("x", 0.5))),
        reasons=frame(
            reasons,
            "moment prediction_date pupil_id rank feature points sentence_nl sentence_en is_malleable lower_points lower_nl lower_en",
        ),
        duties=frame(duties, " ".join(duty("x", "guidance_file", 5, 5))),
        schools=pd.DataFrame(schools, columns=["school_id", "school_name", "municipality_code"]),
        honest_cards={moment: card | {"auc": 0.86} for moment in MODELS}
        | {ONWARD: card | {"horizon_nl": "binnen 24 maanden"}},
    )


def about(capacity: int = 12, **gates: Gate) -> About:
    """What holds for the day; every gate open unless said otherwise."""
    capacities = {CLB: capacity, "900002": capacity}
    open_gates = {IN_YEAR: Gate(True), ONWARD: Gate(True), PRIMARY: Gate(True)} | gates
    return About(dt.date(2026, 3, 31), MADE_ON, "2026-04-02-1f9c", capacities, open_gates)


def names(pupils: Any) -> dict[str, tuple[str, str, str]]:
    """Invented names; one pupil has none."""
    found = {}
    for pupil in pupils:
        i = int(pupil.removeprefix("p") or 0) if pupil.removeprefix("p").isdigit() else 0
        found[pupil] = (FIRST[i * 7 % 20], LAST[(i * 3 + i // 20) % 20], f"{2300 + i}")
    return {pupil: name for pupil, name in found.items() if pupil != "p17"}


def example() -> tuple[ListSource, About]:
    """Two schools, forty pupils, two open moments and one closed gate."""
    rng = np.random.default_rng(7)
    chances = np.round(np.sort(rng.beta(1.3, 4, 40))[::-1], 4)
    chances[10:14] = chances[10]
    scores, reasons = [], []
    for i, chance in enumerate(chances):
        place = {
            "school_id": ["111111", "222222"][i % 2],
            "grade": int(rng.integers(1, 7)),
            "is_borderline": 10 <= i < 15,
        }
        place["study_form_code"] = "first_stage" if place["grade"] < 3 else str(rng.choice(["aso", "tso", "bso"]))
        chosen = [int(reason) for reason in rng.permutation(len(REASONS))[: rng.integers(2, 6)]]
        scores.append(score(f"p{i}", float(chance), **place))
        reasons += reasons_of(f"p{i}", IN_YEAR, chosen)
        if place["grade"] > 3:
            scores.append(score(f"p{i}", float(chance) / 2, moment=ONWARD, **(place | {"is_borderline": False})))
            reasons += reasons_of(f"p{i}", ONWARD, chosen[:3])
    duties = [duty(f"p{i}", "guidance_file", value, 5) for i, value in ((0, 44), (2, 18), (5, 31), (23, 6), (31, 5))]
    duties += [duty(f"p{i}", "problematic_absence", value, 30) for i, value in ((0, 44), (5, 31))]
    duties += [duty("p2", "absence_15", 18, 15), duty("p28", "illness_21_days", 24, 21)]
    closed = Gate(
        False,
        "de kansen klopten niet met wat er later gebeurde (ijking 0,81; nodig 0,90 tot 1,10).",
        "the probabilities did not match what happened later (calibration 0.81; 0.90 to 1.10 is needed).",
    )
    made = source(scores, duties, reasons)
    made = dataclasses.replace(made, homes=homes(40), partners=partners(), history=history(made.scores, rng))
    made = dataclasses.replace(made, **cases(), return_curve=curve())
    return made, about(12, **{PRIMARY: closed})


def cases() -> dict[str, pd.DataFrame]:
    """Who did not arrive, who left, and who is not at school full time."""
    place = ("111111", "secondary", 3, "bso")
    day = dt.date.fromisoformat
    start = day("2025-09-01")
    transitions = [
        ("p24", CLB, *place, "secondary", 2, start, None, 213, 0, None),
        ("p25", CLB, *place, "primary", 6, start, day("2025-09-22"), 21, 3, None),
        ("p26", CLB, *place, "primary", 6, start, start, 0, 9, None),
        ("p27", CLB, *place, "primary", 6, start, start, 0, 2, None),
        ("p40", CLB, None, "kindergarten", None, None, None, None, day("2025-10-01"), None, 183, 0, "44021"),
        ("p41", CLB, None, "kindergarten", None, None, None, None, day("2026-03-01"), None, 32, 0, "44021"),
    ]
    handovers = [
        ("p33", CLB, *place, day("2025-11-14"), None, None, None, None, None, None, None, None, day("2008-02-03")),
        (
            "p34",
            CLB,
            *place,
            day("2026-01-12"),
            "vdab",
            True,
            "b1",
            day("2026-02-02"),
            day("2026-03-02"),
            None,
            None,
            None,
        )
        + (day("2007-06-20"),),
        ("p35", CLB, *place, day("2025-09-30"), "work", True, "b1", None, None, None, None, None, day("2007-06-20")),
    ]
    supports = [
        ("p28", CLB, *place, "illness", "uncovered", day("2026-03-05"), None),
        ("p30", CLB, *place, "toah", None, day("2026-01-12"), day("2026-03-20")),
        ("p30", CLB, *place, "illness", "covered", day("2025-12-08"), day("2026-02-02")),
        ("p32", CLB, *place, "break", "placement", day("2025-11-03"), day("2026-01-08")),
        ("p32", CLB, *place, "youth_care", None, day("2025-11-10"), None),
    ]
    return {
        name: pd.DataFrame(rows, columns=_MAY_BE[name].split())
        for name, rows in (("transitions", transitions), ("handovers", handovers), ("supports", supports))
    }


def curve() -> pd.DataFrame:
    """How pupils came back after TOAH and NAFT; of the last week of TOAH few did."""
    rows = [("toah", week, 60 if week < 8 else 19, 400, 80 - 10 * (week - 1)) for week in range(1, 9)]
    rows += [("naft", week, 140, 1000, 200) for week in range(1, 9)]
    return pd.DataFrame(rows, columns=_MAY_BE["return_curve"].split())


def homes(count: int) -> pd.DataFrame:
    """Everybody is between 12 and 18 and lives in Gent or Dendermonde."""
    rows = [(f"p{i}", dt.date(2008 + i % 6, 1 + i % 12, 3), ["44021", "42006"][i % 2]) for i in range(count)]
    return pd.DataFrame(rows, columns=["pupil_id", "birth_date", "municipality_code"])


def partners() -> pd.DataFrame:
    """Invented partners in Gent and Dendermonde; one has two places left, one nobody knows how many."""
    rows = [
        ("a1", "NAFT De Brug (voorbeeld)", "naft_provider", "44021", 12, 21, 2),
        ("a2", "NAFT Het Spoor (voorbeeld)", "naft_provider", "42006", 12, 21, 3),
        ("b1", "OCMW Gent", "ocmw", "44021", None, None, None),
        ("c1", "OverKop Gent (voorbeeld)", "overkop", "44021", 12, 25, None),
        ("d1", "Leersteuncentrum (voorbeeld)", "leersteuncentrum", "44021", 3, 21, 10),
    ]
    names = "partner_id partner_name partner_code municipality_code least_age most_age places_left"
    return pd.DataFrame(rows, columns=names.split())


def history(scores: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Four earlier probabilities of each pupil, around the one of now."""
    rows = []
    for row in scores.to_dict("records"):
        for month, drift in ((10, 0.35), (11, 0.25), (12, 0.15), (2, 0.1)):
            date = dt.date(2025 if month > 8 else 2026, month, 1)
            chance = min(0.98, max(0.01, row["probability"] + drift * float(rng.uniform(-1, 0.6))))
            rows.append((row["moment"], row["pupil_id"], date, round(chance, 4)))
    return pd.DataFrame(rows, columns=["moment", "pupil_id", "prediction_date", "probability"])


def last_list(made: ListSource) -> LastList:
    """What the centre received a month before: most of the same pupils, some with other data, and a few who are gone now."""
    reasons: dict[tuple[str, str], list[Reason]] = {}
    for row in made.reasons.to_dict("records"):
        said = row["sentence_nl"].replace("9 halve dagen", "4 halve dagen").replace("18 %", "9 %")
        points = row["points"] * (0.4 if said != row["sentence_nl"] else 1.0)
        key = row["moment"], row["pupil_id"]
        reasons.setdefault(key, []).append(
            Reason(row["feature"], points, said, row["sentence_en"], row["is_malleable"])
        )
    found = {}
    for rank, row in enumerate(made.scores.sort_values("probability", ascending=False).to_dict("records"), 1):
        key = row["moment"], row["pupil_id"]
        before = min(0.97, row["probability"] * (0.8 if rank % 3 else 1.35))
        found[key] = Scored(before, tuple(reasons.get(key, ())), row["model_version"], rank)
    listed = {key: scored for key, scored in found.items() if scored.rank % 4 and scored.rank < 34}
    others = {key: scored for key, scored in found.items() if key not in listed}
    moved = {key: MOVED[scored.rank % len(MOVED)] for key, scored in found.items()}
    return LastList(dt.date(2026, 3, 2), listed, others, moved)

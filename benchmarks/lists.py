"""Lists: every centre of Flanders gets its list as Excel and as web page, from a publication and a vault of the size of Flanders.

Promised at L (1.2 million scored pupils, 70 centres, up to 500 rows a list): at most 60 seconds for all, and 2 seconds for one. The rows
are made up: what is measured is reading, opening names, cutting, words, sealing and writing.
"""

import datetime as dt
import json
import shutil
import time

import numpy as np
import pandas as pd

from benchmarks.catalogue import Given, Outcome
from benchmarks.timing import timed
from features.moments import moments
from models.rules import BANDS
from pipelines.publish import LIBRARIES
from pipelines.use import Wish, write_lists
from warehouse import vault
from warehouse.connection import working_store
from warehouse.home import Home
from warehouse.publishing import publish

CENTRES, SCHOOLS_PER_CENTRE, DUTIES_PER_CENTRE, REASONS = 70, 55, 260, 5
DAY = dt.date(2025, 3, 1)
WISH = Wish(("xlsx", "html"))
PLACE = ["pupil_id", "school_id", "clb_id", "level_code", "grade", "study_form_code"]
NAMES = ["unauthorised_rate_60d", "absence_rate_20d", "grade_delay_years", "school_change_count", "oki"]

_EMPTY = {
    "transitions": "pupil_id varchar, school_id varchar, level_code varchar, grade integer, study_form_code varchar,"
    " from_level_code varchar, from_grade integer, expected_date date, arrived_date date, gap_days integer,"
    " absent_count integer, clb_id varchar, municipality_code varchar",
    "return_curve": "measure_code varchar, week_number integer, pupil_count bigint, expected_half_days bigint, absent_half_days bigint",
    "handover_queue": "pupil_id varchar, school_id varchar, level_code varchar, grade integer, study_form_code varchar, exit_date date,"
    " situation_code varchar, has_consent boolean, partner_id varchar, talk_date date, plan_date date, handover_date date,"
    " taken_up_date date, aftercare_date date, birth_date date, clb_id varchar",
    "support_timeline": "pupil_id varchar, kind varchar, cause varchar, start_date date, end_date date, school_id varchar,"
    " level_code varchar, grade integer, study_form_code varchar, clb_id varchar",
    "partners": "partner_id varchar, partner_name varchar, partner_code varchar, municipality_code varchar, least_age integer,"
    " most_age integer, places_left integer",
}


def prepare(given: Given) -> None:
    """Make a home with a publication and a vault of names."""
    home = Home(given.data / f"lists_{given.size}")
    if (home.publications / "current").exists():
        return
    shutil.rmtree(home.root, ignore_errors=True)
    home.create()
    pupils = _pupils(given.pupils)
    vault.seal(home, ((p, (f"Voor{i}", f"Achter{i}", str(i)), DAY) for i, p in enumerate(pupils["pupil_id"])))
    with working_store(home) as db:
        for name, frame in _frames(pupils).items():
            db.register("made", frame)
            db.execute(f"create or replace table made_{name} as from made")
            db.unregister("made")
        for name, columns in _EMPTY.items():
            db.execute(f"create or replace table made_{name} ({columns})")
        tables = {name: f"select * from made_{name} order by all" for name in (*_frames(pupils.head(1)), *_EMPTY)}
        provenance = {
            "as_of": DAY.isoformat(),
            "data_until": DAY.isoformat(),
            "pseudonym_key": "made",
            "libraries": list(LIBRARIES),
        }
        publish(home, db, tables, provenance, {"evaluations.json": _evaluations(), "gate.json": _gate()})


def run(given: Given) -> Outcome:
    """Write the lists of all centres, and of one."""
    home, parts = Home(given.data / f"lists_{given.size}"), dict[str, float]()
    started = time.perf_counter()
    with timed(parts, "all centres"):
        written = write_lists(home, clb=None, wish=WISH, out=given.work)
    seconds = time.perf_counter() - started
    with timed(parts, "one centre"):
        write_lists(home, clb="CLB07", wish=WISH, out=given.work)
    lists = written[:: len(WISH.formats)]
    assert len(lists) == CENTRES and all(one["rows"] and one["must_act_rows"] for one in lists)
    return Outcome(sum(one["rows"] + one["must_act_rows"] for one in lists), seconds, parts)


def _pupils(count: int) -> pd.DataFrame:
    number = np.arange(count)
    school = number % (CENTRES * SCHOOLS_PER_CENTRE)
    level = number % 4
    return pd.DataFrame(
        {
            "pupil_id": [f"{n:020x}" for n in number],
            "birth_date": [dt.date(2006 + n % 16, 1 + n % 12, 1 + n % 28) for n in number],
            "municipality_code": np.where(number % 2, "44021", "11002"),
            "school_id": [f"{100_000 + s}" for s in school],
            "clb_id": [f"CLB{s % CENTRES:02d}" for s in school],
            "level_code": np.array(["kindergarten", "primary", "secondary", "secondary"])[level],
            "grade": (number % 3 + 1).astype("int32"),
            "study_form_code": np.array([None, None, "bso", "bso"], dtype=object)[level],
            "moment": np.array(["in_year_kindergarten", "in_year_primary", "in_year_secondary", "secondary_to_onward"])[
                level
            ],
        }
    )


def _frames(pupils: pd.DataFrame) -> dict[str, pd.DataFrame]:
    scores = _scores(pupils)
    schools = pupils[["school_id", "municipality_code"]].drop_duplicates("school_id").assign(school_name="Een school")
    areas = pupils[["school_id", "clb_id"]].drop_duplicates("school_id").assign(valid_from=dt.date(2010, 9, 1))
    return {
        "scores": scores,
        "reasons": _reasons(scores),
        "duties": _duties(pupils),
        "schools": schools,
        "clb_areas": areas.assign(valid_to=pd.Series(pd.NaT, index=areas.index, dtype="datetime64[us]")),
        "pupils": pupils[["pupil_id", "birth_date", "municipality_code"]],
    }


def _scores(pupils: pd.DataFrame) -> pd.DataFrame:
    chance = np.random.default_rng(7).beta(1, 12, len(pupils)).round(6)
    return pupils[[*PLACE, "moment"]].assign(
        prediction_date=DAY,
        probability=chance,
        probability_low=chance * 0.8,
        probability_high=np.minimum(chance * 1.2, 1),
        band_code=np.array(["low", "raised", "high", "very_high"])[np.searchsorted([0.1, 0.25, 0.5], chance)],
        is_borderline=chance > 0.3,
        model_version="0123456789ab",
        valid_until=DAY + dt.timedelta(days=60),
        stability=0.8,
        urgency_code="soon",
        half_before_date=DAY + dt.timedelta(days=45),
    )


def _reasons(scores: pd.DataFrame) -> pd.DataFrame:
    keys = scores.loc[scores.index.repeat(REASONS), ["moment", "prediction_date", "pupil_id"]].reset_index(drop=True)
    rank = np.tile(np.arange(1, REASONS + 1), len(scores))
    said = "Was in de voorbije 60 schooldagen 9 halve dagen ongewettigd afwezig (code B)."
    return keys.assign(
        rank=rank.astype("int32"),
        feature=np.array(NAMES)[rank - 1],
        points=1.0 / rank,
        sentence_nl=said,
        sentence_en=said,
        is_malleable=rank < 3,
        lower_points=0.2,
        lower_nl="bij leerlingen met minder dan 5 is het risico lager",
        lower_en="pupils with less than 5 have a lower risk",
    )


def _duties(pupils: pd.DataFrame) -> pd.DataFrame:
    listed = pupils.groupby("clb_id").head(DUTIES_PER_CENTRE)
    return listed[PLACE].assign(
        rule=np.array(["guidance_file", *BANDS])[np.arange(len(listed)) % 4],
        value=31.0,
        threshold=5.0,
        still_needed=np.nan,
        still_possible=np.nan,
        state="reached",
        known_until=DAY,
    )


def _gate() -> str:
    checks = [{"moment": name, "name": "made", "passed": True, "reason": "", "reason_nl": ""} for name in moments()]
    return json.dumps(checks)


def _evaluations() -> str:
    metric = {"value": 0.4, "low": 0.3, "high": 0.5}
    made = [
        {"moment": name, "target": moment.main_target, "model": "scorecard", "split": "temporal"}
        | {"precision_at_capacity": metric, "recall_at_capacity": metric, "auc": metric}
        for name, moment in moments().items()
    ]
    return json.dumps({"evaluations": made})

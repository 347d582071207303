"""Publish: what readers may see, as one new version.

Belongs here: which tables and documents are published, where they come from, and the gate. Not here: how a publication is
written (`warehouse.publication`).
"""

import datetime as dt
import hashlib
import json
from importlib.metadata import version
from typing import Any

import dagster as dg

from features.moments import moments
from models.artefact import load
from models.masks import masked
from models.moves import readable
from models.papers import papers
from pipelines.evaluate import read_evaluations
from pipelines.frames import nothing
from pipelines.gate import Check, checks_of, gate_key, is_open, scored_moments
from pipelines.kept_lists import KeptList, kept_lists
from pipelines.papers import facts, keep_changes
from pipelines.score import REASON_COLUMNS, SCORE_COLUMNS, value_columns
from pipelines.store import OWNER, Store, counted
from pipelines.train import model_folder
from warehouse.code import code_version
from warehouse.connection import Connection
from warehouse.home import Home
from warehouse.landing import deliveries
from warehouse.pseudonym import key_id
from warehouse.publishing import clear_old, publish
from warehouse.settings import settings

LIBRARIES = ("duckdb", "scikit-learn", "pandas", "pyarrow", "numpy", "great-expectations")
TABLES = {
    "pupils": "select pupil_id, birth_date, sex_code, municipality_code from core.pupils where {known} order by pupil_id",
    "schools": "select * exclude (superseded_date) from core.schools where {known} order by school_id",
    "clb_areas": "select * exclude (superseded_date) from core.clb_areas where {known} order by school_id, valid_from",
    "attendance_by_year": (
        "select pupil_id, school_year, level_code, grade, expected_half_days, absent_half_days, unauthorised_half_days from ("
        "select * from core.attendance_by_year where {known} union all by name"
        " select * from rollup.attendance_rollup where {rolled}) order by pupil_id, school_year"
    ),
    "duties": "select d.*, a.clb_id from rollup.duties as d left join ({clb}) as a using (school_id) order by pupil_id, rule",
    "transitions": (
        "select * from (select t.*, a.clb_id from rollup.transitions as t left join ({clb}) as a using (school_id)"
        " where t.arrived_date is null or t.gap_days > 0 or t.absent_count > 0 union all by name"
        " select n.*, 'kindergarten' as level_code, 0 as absent_count from rollup.not_yet_at_school as n) order by pupil_id"
    ),
    "handover_queue": (
        "select h.*, a.clb_id from rollup.handover_queue as h left join ({clb}) as a using (school_id) order by h.pupil_id"
    ),
    "support_timeline": (
        "select s.*, p.school_id, p.level_code, p.grade, p.study_form_code, a.clb_id from rollup.support_timeline as s"
        " inner join rollup.current_places as p using (pupil_id) left join ({clb}) as a using (school_id)"
        " order by s.pupil_id, s.start_date, s.kind, s.cause"
    ),
    "return_curve": "select * from rollup.return_curve order by measure_code, week_number",
    "partners": (
        "select p.partner_id, p.partner_name, p.partner_code, p.municipality_code, p.need_code, p.least_age, p.most_age, p.place_count,"
        " cast(greatest(p.place_count - coalesce(m.taken, 0), 0) as integer) as places_left from core.partners as p"
        " left join ({taken}) as m on m.provider_id = p.partner_id where {known} order by p.partner_id, p.municipality_code"
    ),
    "follow_ups": (  # answers on lists, also those of after the day of the run: no feature reads them
        "select * exclude (superseded_date) from core.follow_ups where superseded_date = date '9999-12-31' order by all"
    ),
    "scores": (
        "select s.*, a.clb_id from ({scores}) as s left join ({clb}) as a using (school_id)"
        " order by moment, prediction_date, pupil_id"
    ),
    "reasons": "select * from ({reasons}) order by moment, prediction_date, pupil_id, rank",
    "feature_values": "select * from ({feature_values}) order by moment, prediction_date, pupil_id",
    "scorecard_points": "select * from ({scorecard_points}) order by all",
    "scorecard_pairs": "select * from ({scorecard_pairs}) order by all",
}
CARD = "moment varchar, model_version varchar"
POINT_COLUMNS = (
    f"{CARD}, feature_number integer, feature varchar, bin integer, from_value double, below_value double,"
    " is_missing boolean, points double"
)
PAIR_COLUMNS = (
    f"{CARD}, pair_number integer, pair varchar, first_feature varchar, second_feature varchar,"
    " first_bin integer, second_bin integer, points double"
)
TAKEN = (  # places of each partner that are taken on the day of the run
    "select provider_id, count(distinct pupil_id) as taken from core.support_measures where {known}"
    " and (end_known_date is null or end_known_date >= (select as_of_date from question.as_of)"
    " or end_date >= (select as_of_date from question.as_of)) group by provider_id"
)
CLB = (
    "select school_id, max(clb_id) as clb_id from core.clb_areas where {known} and valid_from <= (select as_of_date from question.as_of)"
    " and (valid_to is null or valid_to >= (select as_of_date from question.as_of)) group by school_id"
)


@dg.asset(
    group_name="publish",
    kinds={"duckdb", "parquet"},
    owners=[OWNER],
    deps=[
        *(
            dg.AssetKey(["rollup", name])
            for name in (
                "duties",
                "transitions",
                "not_yet_at_school",
                "handover_queue",
                "support_timeline",
                "return_curve",
            )
        ),
        *(gate_key(m) for m in moments()),
    ],
    description="The version that readers open: scores, reasons, duties, evaluations and what they were made from.",
)
def publication(store: Store) -> dg.MaterializeResult[None]:
    """Write a publication and switch to it."""
    home = store.home
    with store.working() as db:
        evaluations, gate, made_from = read_evaluations(home), checks_of(home), provenance(home, db)
        red = [m for m in moments() if not is_open([c.as_json() for c in gate], m)]
        kept = kept_lists(home, red, dt.date.fromisoformat(made_from["as_of"]), made_from["pseudonym_key"])
        gate += [one.check() for one in kept]
        if kept:
            made_from["kept_lists"] = {one.moment: one.publication_id for one in kept}
        shown = masked(evaluations)
        documents = {
            "evaluations.json": _json(shown),
            "gate.json": _json([c.as_json() for c in gate]),
            **papers(facts(home, shown, gate, made_from)),
        }
        keep_changes(home, documents)
        released = [m for m in scored_moments(db) if m not in red]
        beside, cards = _registered(db, kept), _cards(home, db, released)
        beside |= {name: [*beside.get(name, []), *tables] for name, tables in cards.items()}
        made = publish(home, db, published_tables(released, beside), made_from, documents)
    clear_old(home, settings().keep_publications)
    return counted(
        made.manifest["tables"]["scores"],
        publication=made.id,
        gate=dg.MetadataValue.md(gate_table(gate)),
        tables=dg.MetadataValue.json(made.manifest["tables"]),
    )


def _registered(db: Connection, kept: list[KeptList]) -> dict[str, list[str]]:
    """Make the rows of lists that stay known to the working store; returns, by published table, the tables that hold them."""
    names: dict[str, list[str]] = {}
    for one in kept:
        for table, frame in one.tables.items():
            db.register(f"kept_{table}_{one.moment}", frame)
            names.setdefault(table, []).append(f"kept_{table}_{one.moment}")
    return names


def _cards(home: Home, db: Connection, released: list[str]) -> dict[str, list[str]]:
    """Make the scorecards of released moments known to the working store, as tables to read."""
    names: dict[str, list[str]] = {"scorecard_points": [], "scorecard_pairs": []}
    for moment in released:
        points, pairs = readable(load(model_folder(home, moment, moments()[moment].main_target)))
        for table, frame in (("scorecard_points", points), ("scorecard_pairs", pairs)):
            db.register(f"made_{table}_{moment}", frame.assign(moment=moment))
            names[table].append(f"made_{table}_{moment}")
    return names


def published_tables(released: list[str], beside: dict[str, list[str]]) -> dict[str, str]:
    """Name -> ordered select, over what was known before the day of the run.

    Scores are those of the moments whose gate is green, and of the lists that stay; a number that may not be used is not published.
    `beside` holds, by published table, what else is in it.
    """
    rolled = "known_date < (select as_of_date from question.as_of)"
    known = f"{rolled} and superseded_date >= (select as_of_date from question.as_of)"
    scored = {"scores": SCORE_COLUMNS, "reasons": REASON_COLUMNS, "feature_values": value_columns()}
    parts = {
        "known": known,
        "rolled": rolled,
        "clb": CLB.format(known=known),
        "taken": TAKEN.format(known=known),
    }
    for name, columns in scored.items():
        own = [f"score.{name.removeprefix('feature_')}_{m}" for m in released]
        parts[name] = _all_of(columns, [*own, *beside.get(name, [])])
    for name, columns in (("scorecard_points", POINT_COLUMNS), ("scorecard_pairs", PAIR_COLUMNS)):
        parts[name] = _all_of(columns, beside.get(name, []))
    return {name: sql.format(**parts) for name, sql in TABLES.items()}


def _all_of(columns: str, tables: list[str]) -> str:
    return " union all by name ".join([nothing(columns), *(f"select * from {name}" for name in tables)])


def provenance(home: Home, db: Connection) -> dict[str, Any]:
    """What a publication is made from: the same inputs give the same id."""
    day: dt.date = db.execute("select as_of_date from question.as_of").fetchall()[0][0]
    return {
        "as_of": day.isoformat(),
        "data_until": (day - dt.timedelta(days=1)).isoformat(),
        "deliveries": [{"id": d.id, "system": d.system, "mapping": d.mapping} for d in deliveries(home)],
        "code": code_version(),
        "pseudonym_key": key_id(home),
        "models": model_versions(home),
        "libraries": library_versions(),
        "gate": gate_version(),
    }


def gate_version() -> str:
    """Hash of the limits that lists were released by: those of the code, or one's own."""
    own = settings().gate
    return hashlib.sha256(own.read_bytes()).hexdigest() if own else "models/gate.yaml"


def library_versions() -> dict[str, str]:
    """Versions of the libraries that can change a result."""
    return {name: version(name) for name in LIBRARIES}


def model_versions(home: Home) -> dict[str, str]:
    """Hash of every scorecard in force, by moment and target."""
    found = sorted(home.models.glob("*/*/scorecard.json"))
    return {"/".join(p.parts[-3:-1]): json.loads(p.read_text(encoding="utf-8"))["sha256"] for p in found}


def gate_table(gate: list[Check]) -> str:
    """The gate as markdown."""
    lines = "\n".join(f"| {c.moment} | {c.name} | {'green' if c.passed else '**red**'} | {c.reason} |" for c in gate)
    return f"| moment | check | state | reason |\n| --- | --- | --- | --- |\n{lines}"


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, sort_keys=True)


ASSETS = [publication]

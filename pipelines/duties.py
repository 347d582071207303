"""Duties: the statutory rules on the counts of the day, without any model.

Belongs here: the asset that keeps their result. Not here: the rules (`models.rules`) or the counts (`features/rollups/duty_facts.sql`).
"""

import dagster as dg

from pipelines.frames import keep_frame
from pipelines.store import OWNER, Store, counted
from warehouse.connection import Connection

KEY = dg.AssetKey(["rollup", "duties"])
COLUMNS = (
    "pupil_id varchar, school_id varchar, level_code varchar, grade integer, study_form_code varchar, rule varchar, value double,"
    " threshold double, still_needed double, still_possible double, state varchar, known_until date"
)


@dg.asset(
    key=KEY,
    group_name="features",
    kinds={"python", "duckdb"},
    owners=[OWNER],
    deps=[dg.AssetKey(["rollup", "duty_facts"])],
    description="Whom a centre must act for: the statutory rules, which need no model and which no score overrides.",
)
def duties(store: Store) -> dg.MaterializeResult[None]:
    """Apply the rules of the day."""
    with store.working() as db:
        rows = keep_duties(db)
        rules = db.execute("select rule, count(*) from rollup.duties group by 1 order by 1").fetchall()
    lines = "\n".join(f"| {rule} | {count} |" for rule, count in rules)
    return counted(rows, rules=dg.MetadataValue.md(f"| rule | pupils |\n| --- | --- |\n{lines}"))


def keep_duties(db: Connection) -> int:
    """Judge the facts and keep what was found; returns its rows."""
    from models.rules import duties as judged

    found = judged(db.execute("from rollup.duty_facts").df())
    keep_frame(db, "rollup.duties", COLUMNS, found)
    return len(found)


ASSETS = [duties]

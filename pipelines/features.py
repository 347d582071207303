"""Features: questions, cohorts, feature tables and labels, one asset an SQL file.

Belongs here: assets whose dependencies are read off the SQL. Not here: the SQL (`features`), or how it runs (`features.engines`).
"""

from typing import Any

import dagster as dg

from data_contracts import contract, contracts
from features.engines.asking import SMALL_TABLES, ask
from features.engines.keys import digest_facts
from features.engines.layers import SCHEMAS
from features.engines.refresh import Refreshed, refresh
from features.lineage import lineage
from features.sql import SqlTable, cohort_table, sql_tables
from pipelines.store import OWNER, Store, about, counted
from warehouse.connection import scalar


def column_lineage(name: str) -> dict[str, dg.TableColumnLineage]:
    """From which columns of which assets each column of a table is computed."""
    deps = {
        column: [dg.TableColumnDep(asset_key=_key(s.source_table), column_name=s.source_column) for s in sources]
        for column, sources in lineage()[name].items()
    }
    return {"dagster/column_lineage": dg.TableColumnLineage(deps_by_column=deps)}


def _key(name: str) -> dg.AssetKey:
    """The asset that makes the table of that name."""
    if name == "cohort":
        return dg.AssetKey("cohort")
    if name in SMALL_TABLES:
        return dg.AssetKey("questions")
    layer = next((SCHEMAS[kind] for kind in ("rollups", "tables", "labels") if name in sql_tables(kind)), "core")
    return dg.AssetKey([layer, name])


@dg.asset(
    group_name="features",
    kinds={"duckdb"},
    owners=[OWNER],
    deps=[dg.AssetKey(["core", name]) for name in contracts() if name != "identities"],
    description="What is asked, and when: every moment on each of its dates, up to the day of the run.",
)
def questions(store: Store) -> dg.MaterializeResult[None]:
    """Write down all questions."""
    with store.working() as db:
        day = ask(db, store.as_of_date)
        digest_facts(db)
        return counted(scalar(db, "select count(*) from question.asked"), as_of=day.isoformat())


@dg.asset(
    group_name="features",
    kinds={"duckdb", "sql"},
    owners=[OWNER],
    deps=[_key(name) for name in sorted(cohort_table().reads)],
    description="Who is asked about, per moment and date (features/cohorts).",
    metadata=column_lineage("cohort"),
)
def cohort(store: Store) -> dg.MaterializeResult[None]:
    """Build the cohorts of all moments."""
    with store.working() as db, store.engine() as engine:
        done = refresh(db, cohort_table(), engine)
        sizes = db.execute(
            "select moment, count(distinct prediction_date), count(*) from question.cohort group by 1 order by 1"
        ).fetchall()
    lines = "\n".join(f"| {moment} | {dates} | {pupils} |" for moment, dates, pupils in sizes)
    table = f"| moment | dates | rows |\n| --- | --- | --- |\n{lines}"
    return counted(done.rows, moments=dg.MetadataValue.md(table), **worked(done))


def sql_asset(table: SqlTable) -> dg.AssetsDefinition:
    """The asset of one SQL file."""
    layer = SCHEMAS[table.kind]
    has_contract = layer in ("feature", "label")
    described: dict[str, Any] = about(contract(table.name, layer)) if has_contract else {"description": table.sentence}

    @dg.asset(
        key=[layer, table.name],
        group_name="features",
        kinds={"duckdb", "sql"},
        owners=[OWNER],
        deps=[_key(name) for name in sorted(table.reads)],
        code_version=hash_of(table.text),
        description=described["description"],
        metadata=described.get("metadata", {}) | column_lineage(table.name),
    )
    def built(store: Store) -> dg.MaterializeResult[None]:
        with store.working() as db, store.engine() as engine:
            done = refresh(db, table, engine)
        return counted(done.rows, **worked(done))

    return built


def worked(done: Refreshed) -> dict[str, int]:
    """How much was made and how much was kept: prediction dates, school years, or the whole table."""
    return {"parts_made": len(done.made), "parts_kept": done.kept}


def hash_of(text: str) -> str:
    """Short hash of a text."""
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()[:12]


SQL_ASSETS = [sql_asset(t) for kind in ("rollups", "tables", "labels") for t in sql_tables(kind).values()]
ASSETS = [questions, cohort, *SQL_ASSETS]

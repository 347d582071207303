"""Of each column it is known from which columns it is computed, as the SQL says, and the pipeline shows it."""

from pathlib import Path

from data_contracts import contract
from features.lineage import FILE, lineage, write
from features.sql import all_tables, cohort_table
from pipelines.features import ASSETS

ROOT = Path(__file__).parents[2]


def test_what_is_committed_is_what_the_sql_says(tmp_path: Path) -> None:
    """After a change of an SQL file: `python -m features.lineage`."""
    write(tmp_path / FILE.name)
    assert (tmp_path / FILE.name).read_text(encoding="utf-8") == (ROOT / FILE).read_text(encoding="utf-8")


def test_a_column_is_followed_through_everything_that_an_sql_file_names() -> None:
    """Through steps, joins and sums, to the columns of the tables that it reads, also those that the engine adds."""
    sources = {(s.source_table, s.source_column) for s in lineage()["travel"]["travel_band"]}
    assert sources == {("transport", "travel_minutes"), ("thresholds", "threshold")}
    rate = {(s.source_table, s.source_column) for s in lineage()["absence_history"]["absence_rate_worst_year"]}
    assert {("attendance_by_year", "absent_half_days"), ("attendance_rollup", "absent_half_days")} <= rate


def test_every_table_is_told_and_names_only_tables_that_it_reads() -> None:
    """Rollups, cohorts, feature tables and labels."""
    reads = {t.name: t.reads for t in all_tables() if t.kind != "cohorts"} | {"cohort": cohort_table().reads}
    assert lineage().keys() == reads.keys()
    for name, columns in lineage().items():
        assert {s.source_table for sources in columns.values() for s in sources} <= reads[name]


def test_the_assets_show_where_each_column_comes_from() -> None:
    """From assets on which they depend, in the columns of the contract; what is the same in every row comes from nowhere."""
    for asset in ASSETS[1:]:
        told = asset.metadata_by_key[asset.key]["dagster/column_lineage"].deps_by_column
        assert {d.asset_key for deps in told.values() for d in deps} <= asset.asset_deps[asset.key]
        if asset.key.path[0] in ("feature", "label"):
            table = contract(asset.key.path[1], asset.key.path[0])
            assert {*table.primary_key} <= told.keys() <= {*table.column_names}

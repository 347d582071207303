"""A scorecard scores the same in SQL as in numpy, whatever the values are."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from models_example import COLUMNS, cohort

from models import artefact, fitting, in_sql
from models.scorecard import Scorecard
from warehouse.connection import memory_store

PAIRS = [("absence_rate", "delay_years")]


@pytest.fixture(scope="module")
def card() -> Scorecard:
    """With a pair that earns its place, and months that differ."""
    frame = rows(6000, 0)
    both = frame["absence_rate"].fillna(0).gt(0.08) & frame["delay_years"].fillna(0).ge(1)
    chance = np.where(both, 0.9, 0.3 * frame["label"]) * np.where(frame["prediction_date"].dt.month == 10, 0.5, 1)
    frame["label"] = (np.random.default_rng(0).random(6000) < chance).astype(float)
    made = fitting.fit(frame, COLUMNS, pairs=PAIRS)
    assert len(made.pairs) == 1 and np.abs(made.calibration.month_shift).max() > 0 < np.ptp(
        made.calibration.month_factor
    )
    return made


def rows(n: int, seed: int) -> pd.DataFrame:
    months = np.random.default_rng(seed).choice([1, 4, 10], n)
    dates = [
        pd.Timestamp(int(y) + 1, int(m), 1) for y, m in zip(cohort(n, seed=seed)["school_year"], months, strict=True)
    ]
    return cohort(n, seed=seed).assign(prediction_date=pd.to_datetime(dates))


def by_duckdb(card: Scorecard, frame: pd.DataFrame, temp: Path) -> pd.DataFrame:
    with memory_store([temp], temp) as db:
        for name, table in {**in_sql.tables_for_sql(card), "matrix": frame}.items():
            db.register(name, table)
        return db.execute(f"{in_sql.query(card, 'matrix')} order by pupil_id").df()


def check(card: Scorecard, frame: pd.DataFrame, temp: Path) -> None:
    found = by_duckdb(card, frame, temp)
    wanted = in_sql.expected(card, frame).sort_values("pupil_id")
    assert found["pupil_id"].tolist() == wanted["pupil_id"].tolist()
    for name in ("score", "probability"):
        np.testing.assert_allclose(found[name], wanted[name].to_numpy(), rtol=0, atol=1e-9)


def test_duckdb_gives_what_numpy_gives(card: Scorecard, tmp_path: Path) -> None:
    check(card, rows(3000, 7), tmp_path)


def test_a_scorecard_without_pairs_does_too(tmp_path: Path) -> None:
    check(fitting.fit(rows(1500, 1), COLUMNS), rows(500, 2), tmp_path)


@given(values=st.lists(st.one_of(st.none(), st.floats(-1e300, 1e300)), min_size=1, max_size=20), data=st.data())
@settings(max_examples=15, deadline=None)
def test_any_value_falls_into_one_bin(card: Scorecard, tmp_path_factory: pytest.TempPathFactory, values, data) -> None:
    """Edges themselves, huge values and missing ones."""
    edges = card.binning.edges[0].tolist()
    values = [*values, *data.draw(st.lists(st.sampled_from(edges), max_size=5))]
    frame = rows(len(values), 3).assign(
        absence_rate=np.array([np.nan if v is None else v for v in values], dtype=float)
    )
    check(card, frame, tmp_path_factory.mktemp("sql"))


def test_the_tables_on_disk_are_those_of_the_saved_scorecard(card: Scorecard, tmp_path: Path) -> None:
    """What another engine reads."""
    about = artefact.describe(
        rows(900, 1), fitting.feature_names(COLUMNS), moment="m", target="t", contract_versions={}
    )
    artefact.save(card, about, tmp_path / "model")
    sql = in_sql.write_for_sql(tmp_path / "model", tmp_path / "sql")
    assert sql == in_sql.query(card, "matrix")
    for name, table in in_sql.tables_for_sql(card).items():
        pd.testing.assert_frame_equal(
            pd.read_parquet(tmp_path / "sql" / f"{name}.parquet"), table.reset_index(drop=True)
        )


def test_the_query_is_portable(card: Scorecard) -> None:
    """It parses as one select in both dialects."""
    import sqlglot

    for dialect in ("duckdb", "spark"):
        assert isinstance(sqlglot.parse_one(in_sql.query(card, "matrix"), read=dialect), sqlglot.exp.Query)

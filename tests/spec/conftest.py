"""The fixture that every spec uses."""

from collections.abc import Iterator
from functools import partial
from typing import Protocol

import duckdb
import pytest
from tables import DuckDBRunner, Feature, Runner, feature_of


class FeatureOf(Protocol):
    """Runs one SQL file on drawn tables."""

    def __call__(self, stem: str, kind: str = "tables", **drawn: str) -> Feature: ...


@pytest.fixture(scope="session", params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def runner(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    """Every spec runs on both engines; those on Spark where `-m spark` asks for them."""
    if request.param == "duckdb":
        yield DuckDBRunner()
        return
    from spark_runner import SparkRunner

    on_spark = SparkRunner(tmp_path_factory.mktemp("spark"))
    yield on_spark
    on_spark.stop()


@pytest.fixture
def feature(runner: Runner) -> Iterator[FeatureOf]:
    """`feature(stem, kind, **drawn tables).gives(drawing)`, in a database of its own."""
    with duckdb.connect() as db:
        yield partial(feature_of, runner, db)

"""The fixture that every spec uses."""

from collections.abc import Iterator
from functools import partial
from typing import Protocol

import duckdb
import pytest
from tables import Feature, feature_of


class FeatureOf(Protocol):
    """Runs one SQL file on drawn tables."""

    def __call__(self, stem: str, kind: str = "tables", **drawn: str) -> Feature: ...


@pytest.fixture
def feature() -> Iterator[FeatureOf]:
    """`feature(stem, kind, **drawn tables).gives(drawing)`, in a database of its own."""
    with duckdb.connect() as db:
        yield partial(feature_of, db)

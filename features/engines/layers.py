"""Layers: the schemas that a build reads and writes.

Belongs here: their names, and making and dropping them. Not here: any query. The working layers are those of the pipeline; a proof builds
beside them in layers of its own, from facts that were changed.
"""

from dataclasses import dataclass

from warehouse.connection import Connection

SCHEMAS = {"rollups": "rollup", "cohorts": "question", "tables": "feature", "labels": "label"}


@dataclass(frozen=True)
class Layers:
    """Schemas named after what they hold, behind an optional prefix."""

    prefix: str = ""

    def name(self, layer: str) -> str:
        """The schema of a layer (`core`, `question`, `rollup`, `feature`, `label`)."""
        return f"{self.prefix}{layer}"

    def of(self, kind: str) -> str:
        """The schema that a kind of SQL file writes to."""
        return self.name(SCHEMAS[kind])

    def create(self, db: Connection) -> None:
        """Make the schemas that are not there."""
        for layer in ("core", *SCHEMAS.values()):
            db.execute(f"create schema if not exists {self.name(layer)}")

    def drop(self, db: Connection) -> None:
        """Drop layers that a proof made; the working ones stay."""
        if not self.prefix:
            raise ValueError("The working layers are not dropped.")
        for layer in ("core", *SCHEMAS.values()):
            db.execute(f"drop schema if exists {self.name(layer)} cascade")


WORKING = Layers()

"""The home folder: one place that holds everything a user keeps.

Belongs here: the names of its parts and making them. Not here: reading or writing what is in them.
"""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """Paths below one root, `./var` unless `--home` or `AANBOORD_HOME` says otherwise."""

    root: Path

    @property
    def working(self) -> Path:
        return self.root / "warehouse.duckdb"

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def landed(self) -> Path:
        return self.root / "landed"

    @property
    def deliveries(self) -> Path:
        return self.root / "deliveries"

    @property
    def has_deliveries(self) -> bool:
        """Whether anything was ever delivered; none of it is read."""
        return any(self.deliveries.glob("*.json"))

    @property
    def mapped(self) -> Path:
        return self.root / "mapped"

    @property
    def set_aside(self) -> Path:
        return self.root / "set_aside.parquet"

    @property
    def data_docs(self) -> Path:
        return self.root / "data_docs"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def evaluations(self) -> Path:
        return self.root / "evaluations"

    @property
    def scores(self) -> Path:
        return self.root / "scores"

    @property
    def publications(self) -> Path:
        return self.root / "publications"

    @property
    def lists(self) -> Path:
        return self.root / "lists"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def vault(self) -> Path:
        return self.root / "vault"

    @property
    def audit(self) -> Path:
        return self.root / "audit"

    @property
    def temp(self) -> Path:
        return self.root / "tmp"

    @property
    def dagster(self) -> Path:
        return self.root / "dagster"

    @property
    def last_run(self) -> Path:
        return self.root / "last_run.json"

    def create(self) -> "Home":
        """Make the folders that do not exist yet; what holds secrets or names is closed to other users."""
        self.root.mkdir(parents=True, exist_ok=True)
        for folder in (
            self.inbox,
            self.landed,
            self.deliveries,
            self.mapped,
            self.models,
            self.evaluations,
            self.scores,
            self.publications,
            self.dagster,
        ):
            folder.mkdir(exist_ok=True)
        for private in (self.secrets, self.vault, self.lists, self.audit, self.temp):
            private.mkdir(mode=0o700, exist_ok=True)
        return self


def default_home() -> Path:
    """The home folder that the environment names, or `./var`."""
    return Path(os.environ.get("AANBOORD_HOME", "var")).absolute()

"""A synthetic Flanders of which the truth is known, up to and including the matrices of its moments.

Belongs here: making it, in a folder that is kept. Not here: any model (`against_truth`). The population is loaded into the store as it is,
without intake, and everything after that is the project's own: questions, features, labels, matrices.
"""

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from benchmarks.store import fill
from features.engines.asking import write_small_tables
from features.engines.keys import digest_facts
from features.engines.layers import WORKING
from features.engines.on_duckdb import ON_DUCKDB
from features.engines.refresh import refresh
from features.matrix import matrix
from features.moments import Moment, moments, questions
from features.sql import cohort_table, sql_tables
from population import write_population
from warehouse.connection import Connection, working_store
from warehouse.home import Home

LAST_SCHOOL_YEAR = 2024
DAY = dt.date(2025, 4, 1)  # the newest date of every moment by then is one of which the truth tells
SEED = 1


@dataclass(frozen=True)
class World:
    """Folders of one population: its files, its truth and the store that was filled from them."""

    root: Path
    pupils: int
    school_years: int
    seed: int = SEED

    def made(self) -> "World":
        """Make what is not there yet; a step that was cut off is done again."""
        self._once("population", self._populate)
        self._once("store", lambda: fill(self.root / "population", self.root / "store"))
        self._once("matrices", self._build)
        return self

    def matrix(self, moment: Moment) -> pd.DataFrame:
        """The rows of a moment with its main target: keys, features, label where known, and `chance` where the truth has it."""
        frame = pd.read_parquet(self.root / "matrices" / f"{moment.name}.parquet")
        told = self._truth("chances", moment).rename(columns={"probability": "chance"})
        return frame.merge(told, how="left", on=["pupil_id", "prediction_date"], validate="1:1")

    def planted(self, moment: Moment) -> pd.DataFrame:
        """The planted reasons of a moment: one row a pupil, date and rank, with `driver` and `family`."""
        return self._truth("reasons", moment)

    def _truth(self, table: str, moment: Moment) -> pd.DataFrame:
        wanted = [("moment", "=", moment.name), ("target", "=", moment.main_target)]
        found = pq.read_table(self.root / "truth" / f"{table}.parquet", filters=wanted).to_pandas()
        keyed = found.assign(
            pupil_id=_pseudonym(found["pupil_id"]), prediction_date=pd.to_datetime(found["prediction_date"])
        )
        rows: pd.DataFrame = keyed.drop(columns=["moment", "target"])
        return rows

    def _populate(self) -> None:
        write_population(
            pupils=self.pupils,
            school_years=self.school_years,
            seed=self.seed,
            out=self.root / "population",
            truth=self.root / "truth",
            last_school_year=LAST_SCHOOL_YEAR,
            form="parquet",
        )

    def _build(self) -> None:
        folder = self.root / "matrices"
        folder.mkdir(exist_ok=True)
        with working_store(Home(self.root / "store")) as db:
            self._features(db)
            for moment in moments().values():
                matrix(db, moment, moment.main_target).to_parquet(folder / f"{moment.name}.parquet")

    def _features(self, db: Connection) -> None:
        first = LAST_SCHOOL_YEAR - self.school_years + 1
        WORKING.create(db)
        write_small_tables(db, DAY, questions(first, DAY), first)
        digest_facts(db)
        kinds = [sql_tables(kind).values() for kind in ("rollups", "tables", "labels")]
        for table in [*kinds[0], cohort_table(), *kinds[1], *kinds[2]]:
            refresh(db, table, ON_DUCKDB)

    def _once(self, name: str, step: Callable[[], None]) -> None:
        mark = self.root / f"{name}.made"
        if not mark.exists():
            step()
            mark.touch()


def _pseudonym(pupil: "pd.Series[str]") -> "pd.Series[str]":
    """As the store has it."""
    return pupil.map(lambda name: hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[:20])

"""The home folder as a Dagster resource, and what every asset says of itself.

Belongs here: opening the working store for an asset, and metadata that comes from contracts. Not here: any stage.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg

from data_contracts import Contract
from data_contracts.compile import SQL_TYPES
from features.engines.refresh import Engine
from pipelines.engines import engine_of
from pipelines.reaper import process_tag
from warehouse.connection import Connection, working_store
from warehouse.home import Home, default_home

OWNER = "team:aan-boord"


class Store(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Where everything is kept, the day on which a run stands (empty: after the newest fact), the engine of features and scores."""

    home_folder: str = ""
    as_of: str = ""
    engine_name: str = "duckdb"
    master: str = ""

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Write down which process a run is in, so that a dead one can be told from a long one."""
        if context.instance is not None and context.run_id and context.instance.has_run(context.run_id):
            context.instance.add_run_tags(context.run_id, process_tag())

    @property
    def home(self) -> Home:
        return Home(Path(self.home_folder) if self.home_folder else default_home()).create()

    @property
    def as_of_date(self) -> dt.date | None:
        return dt.date.fromisoformat(self.as_of) if self.as_of else None

    @contextmanager
    def working(self) -> Iterator[Connection]:
        """The working store, for the time of one asset."""
        with working_store(self.home) as db:
            yield db

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """What runs the SQL files of features."""
        with engine_of(self.home, self.engine_name, self.master) as engine:
            yield engine


def column_schema(contract: Contract) -> dict[str, Any]:
    """Dagster's column schema of a contract."""
    columns = [
        dg.TableColumn(
            c.name,
            SQL_TYPES[c.logical_type],
            description=c.description,
            constraints=dg.TableColumnConstraints(nullable=not c.required, unique=contract.primary_key == [c.name]),
        )
        for c in contract.columns
    ]
    return {"dagster/column_schema": dg.TableSchema(columns=columns)}


def about(contract: Contract) -> dict[str, Any]:
    """Description and metadata of an asset that is one contract table."""
    warned = "".join(
        f"\n- {w}" for w in contract.usage_warnings or ([contract.limitations] if contract.limitations else [])
    )
    description = contract.purpose + (f"\n\nMind:{warned}" if warned else "")
    return {"description": description, "metadata": column_schema(contract) | {"contract_version": contract.version}}


def counted(rows: int, **more: Any) -> dg.MaterializeResult[Any]:
    """What an asset reports: its rows, never one of them."""
    return dg.MaterializeResult(metadata={"dagster/row_count": rows, **more})

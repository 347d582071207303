"""A Great Expectations data source for DuckDB, on the warehouse's own connection.

Belongs here: what GX needs to know of DuckDB, on its public extension points: an SQLAlchemy dialect, an execution engine that names it,
a data source that names the engine, and a rule by a query. Not here: which expectations there are (`data_contracts.suite`), or running them
(`validation`). GX reads rows after it has closed its connection, and DuckDB has dropped a pending result by then, so the first rows
are kept when a statement runs. Importing this imports Great Expectations, which takes seconds: only who validates does.
"""

import sys
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, ClassVar, Literal

import duckdb
import sqlalchemy as sa
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.core import UnexpectedRowsExpectation
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql.base import PGCompiler, PGDialect
from sqlalchemy.pool import StaticPool

from warehouse.connection import Connection

# GX asks for counts, but also runs the batch's own `select *` to learn its columns: nobody may load a whole table for that.
MOST_ROWS = 10_000
NAME = "duckdb"
_REGEX = {"~": "regexp_matches({}, {})", "!~": "not regexp_matches({}, {})"}


class KeptRows:
    """A DB-API cursor whose rows outlive the connection's next statement."""

    arraysize = 1
    rowcount = -1
    lastrowid = None

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[tuple[Any, ...]] = []
        self.description: list[Any] | None = None

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        self._connection.execute(statement, list(parameters))
        self.description = self._connection.description
        self._rows = self._connection.fetchmany(MOST_ROWS) if self.description else []

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self.fetchmany(len(self._rows))

    def close(self) -> None:
        """Nothing to close: the rows are here."""


class SharedConnection:
    """A DB-API connection on the warehouse's own database, so that no second file lock is taken; it changes nothing there."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def cursor(self) -> KeptRows:
        return KeptRows(self._connection)

    def commit(self) -> None:
        """Nothing to commit: GX only reads."""

    def rollback(self) -> None:
        """Nothing to roll back: GX only reads."""

    def close(self) -> None:
        """The warehouse closes its own connection."""


class DuckDBCompiler(PGCompiler):
    """PostgreSQL's SQL, where a regular expression may match a part of the text."""

    def visit_custom_op_binary(self, element: Any, operator: Any, **kw: Any) -> str:
        if operator.opstring in _REGEX:
            sides = (self.process(side, **kw) for side in (element.left, element.right))
            return _REGEX[str(operator.opstring)].format(*sides)
        return str(super().visit_custom_op_binary(element, operator, **kw))  # type: ignore[no-untyped-call]


class DuckDBDialect(PGDialect):
    """DuckDB as SQLAlchemy sees it: it speaks PostgreSQL's SQL with marks for parameters."""

    name = NAME
    driver = "warehouse"
    default_paramstyle = "qmark"
    supports_statement_cache = False
    statement_compiler = DuckDBCompiler

    @classmethod
    def import_dbapi(cls) -> Any:
        return SimpleNamespace(paramstyle="qmark", Error=duckdb.Error)

    def initialize(self, connection: Any) -> None:
        """Nothing to ask of a server: there is none."""

    def do_begin(self, dbapi_connection: Any) -> None:
        """No transaction of its own: the warehouse has one, or needs none."""


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):  # type: ignore[misc]
    """GX's SQL engine, which learns its dialect from the module that defines it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dialect_module = sys.modules[__name__]


class DuckDBDatasource(SQLDatasource):  # type: ignore[misc]
    """A data source of GX: `context.data_sources.add_warehouse_duckdb(name, connection_string="duckdb://", kwargs=…)`."""

    type: Literal["warehouse_duckdb"] = "warehouse_duckdb"

    @property
    def execution_engine_type(self) -> Any:
        return DuckDBExecutionEngine


class CountedRowsExpectation(UnexpectedRowsExpectation):  # type: ignore[misc]
    """GX's rule by a query for the rows that break it, without the rows: GX would run the query a second time to fetch them."""

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count",)

    def _validate(self, metrics: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        count = metrics["unexpected_rows_query.row_count"]
        return {"success": count == 0, "result": {"observed_value": count}}


class dialect(postgresql.dialect):  # type: ignore[misc, valid-type]  # noqa: N801 - by this name GX looks for it
    """Tells GX whose regular expressions the SQL has; it is asked for its kind and never connects."""


sa.dialects.registry.register(NAME, __name__, "DuckDBDialect")


def batch_of(db: Connection, context: Any, table: str) -> Any:
    """The rows of a table as a batch of GX.

    Parameters
    ----------
    db
        The warehouse's connection.
    context
        A GX data context.
    table
        Schema-qualified name.
    """
    source = context.data_sources.add_warehouse_duckdb(
        table,
        connection_string=f"{NAME}://",
        create_temp_table=False,
        kwargs={"creator": lambda: SharedConnection(db.cursor()), "poolclass": StaticPool},
    )
    # a query and not a table asset: some metrics drop the schema's name
    asset = source.add_query_asset(table, query=f"select * from {table}")
    return asset.add_batch_definition_whole_table("all").get_batch()

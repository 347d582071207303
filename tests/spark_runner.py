"""Specs on Spark: one session for all of them, and drawn tables as rows in the query itself.

Belongs here: the runner of `tables` that Spark needs. Not here: any feature.
"""

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from data_contracts import Column
from features.engines.on_spark import SPARK_TYPES, OnSpark

SPARK_TYPE_OF = {"VARCHAR": "string", "INTEGER": "int"}  # the others have the same name
FOR_SMALL_TABLES = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
}


class SparkRunner:
    """Spark in this process, on one core, without the machinery that only large tables repay."""

    def __init__(self, folder: Path) -> None:
        logging.getLogger("SQLQueryContextLogger").disabled = True
        self._engine = OnSpark("local[1]", folder, **FOR_SMALL_TABLES)
        self._session = self._engine.session

    def see(self, db: duckdb.DuckDBPyConnection, names: Iterable[str]) -> None:
        for name in names:
            columns = [(row[0], row[1]) for row in db.execute(f"describe {name}").fetchall()]
            typed = ", ".join(f"cast({n} as {SPARK_TYPE_OF.get(kind, kind)}) as {n}" for n, kind in columns)
            rows = db.execute(f"select * from {name}").fetchall()
            drawn = (
                ", ".join(f"({', '.join(map(_literal, row))})" for row in rows)
                or f"({', '.join('null' for _ in columns)})"
            )
            names_of = ", ".join(n for n, _ in columns)
            where = "" if rows else " where false"
            self._session.sql(f"select {typed} from values {drawn} as t({names_of}){where}").createOrReplaceTempView(
                name
            )

    def columns(self, query: str) -> list[str]:
        return list(self._session.sql(query).columns)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._session.sql(query).collect()]

    def type_of(self, column: Column) -> str:
        return SPARK_TYPES[column.logical_type]

    def stop(self) -> None:
        """End the session and its Java process."""
        self._engine.close()


def _literal(cell: object) -> str:
    if cell is None:
        return "null"
    return str(cell) if isinstance(cell, int | float | bool) else "'" + str(cell).replace("'", "\\'") + "'"

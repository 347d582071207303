"""The Spark engine: the same SQL files on a Spark cluster, Parquet in and Parquet out.

Belongs here: the session, writing what a file reads as Parquet, and taking in what it made. Not here: the text of views (`views`), or which
parts are made (`refresh`). The working store stays DuckDB; what Spark reads and writes stands in a folder of the run that every worker must
see, and is gone after it. Spark is imported by who asks for it: `pip install aanboord[spark]`, and Java 17.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from data_contracts import Column
from features.engines.asking import day_of
from features.engines.known import ROLLED_UP
from features.engines.layers import Layers
from features.engines.refresh import there
from features.engines.views import held_to_contract, ordered, seen
from features.sql import FeatureError, SqlTable, macros
from warehouse.connection import Connection, quoted
from warehouse.home import Home

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Made = TypeVar("Made")
SPARK_TYPES = {
    "string": "string",
    "date": "date",
    "integer": "int",
    "long": "bigint",
    "number": "double",
    "boolean": "boolean",
}
_STORE_TYPES = {"string": "varchar", "int": "integer"}  # where the working store says it otherwise
_ALWAYS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",  # what does not fit is an error and not NULL
    "spark.sql.catalogImplementation": "in-memory",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",  # an error of Spark repeats the data it was about
}
_ON_THIS_MACHINE = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


class OnSpark:
    """Runs SQL files on Spark, for one run."""

    name = "spark"

    def __init__(self, master: str, folder: Path, **settings: str) -> None:
        """Nothing starts before it is needed.

        Parameters
        ----------
        master
            As `local[2]` or `spark://host:7077`.
        folder
            What Spark reads and writes; every worker must see it.
        settings
            Of Spark, beside those that the results need.
        """
        self._master, self._folder, self._settings = master, folder, settings
        self._given = set[str]()

    @cached_property
    def session(self) -> "SparkSession":
        """The Spark session, started when it is first asked for."""
        started = session_on(self._master, self._folder, **self._settings)
        for statement in filter(str.strip, macros("spark").split(";")):
            started.sql(statement)
        return started

    def close(self) -> None:
        """End the session and remove what it read and wrote."""
        if "session" in self.__dict__:
            self.session.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def make(self, db: Connection, table: SqlTable, parts: Sequence[str], layers: Layers, target: str) -> None:
        """Run a file for some of its parts and make the target anew from the rows, in the order in which it is kept."""
        made = self._written(db, table, parts, layers, target)
        columns = ", ".join(f"cast(null as {_store_type(f)}) as {f.name}" for f in made.schema.fields)
        rows = _rows(self._out(target), ordered(table, parts)) or f"select {columns} where false"
        db.execute(f"create or replace table {target} as {rows}")
        self._given.discard(target.removesuffix("_arriving"))

    def insert(self, db: Connection, table: SqlTable, parts: Sequence[str], layers: Layers, target: str) -> None:
        """Run a file for some of its parts and put the rows in the target, in the order in which it is kept."""
        self._written(db, table, parts, layers, target)
        if rows := _rows(self._out(target), ordered(table, parts)):
            db.execute(f"insert into {target} by name {rows}")
        self._given.discard(target.removesuffix("_arriving"))

    def select(
        self, db: Connection, name: str, sql: str, reads: Sequence[tuple[str, str]] = (), given: Sequence[Path] = ()
    ) -> Path:
        """Run any select and write its rows as Parquet.

        Parameters
        ----------
        db
            The working store.
        name
            What later selects call the result.
        sql
            The select; it calls tables of the working store as `source_name` does, and Parquet files by their stem.
        reads
            Layer and name of the tables of the working store that it reads.
        given
            Parquet files that it reads.

        Returns
        -------
        The folder of Parquet that was written.
        """
        for layer, table in reads:
            self._source(db, Layers(), layer, table)
        for path in given:
            self.session.read.parquet(str(path)).createOrReplaceTempView(path.stem)
        out = self._folder / "made" / name
        self.session.sql(sql).write.mode("overwrite").parquet(str(out))
        self.session.read.parquet(str(out)).createOrReplaceTempView(name)
        return out

    def _out(self, target: str) -> Path:
        return self._folder / "made" / target

    def _written(
        self, db: Connection, table: SqlTable, parts: Sequence[str], layers: Layers, target: str
    ) -> "DataFrame":
        """What Spark makes of some parts, written as Parquet."""
        made = self._made(db, table, parts, layers)
        _told(table, lambda: made.write.mode("overwrite").parquet(str(self._out(target))))
        return made

    def _made(self, db: Connection, table: SqlTable, parts: Sequence[str], layers: Layers) -> "DataFrame":
        day, rolled_up = day_of(db, layers), there(db, f"{layers.name('rollup')}.{ROLLED_UP}")
        for name in sorted(table.reads):
            select = seen(
                table, name, day, lambda a, n: self._source(db, layers, a, n), parts=parts, rolled_up=rolled_up
            )
            self.session.sql(select).createOrReplaceTempView(name)
        got = _told(table, lambda: self.session.sql(table.text).columns)
        return _told(table, lambda: self.session.sql(held_to_contract(table, got, _spark_type)))

    def _source(self, db: Connection, layers: Layers, layer: str, name: str) -> str:
        """Write a table of the working store as Parquet, once until it changes; returns what Spark calls it."""
        stored = f"{layers.name(layer)}.{name}"
        view = source_name(layers.name(layer), name)
        if stored not in self._given:
            path = self._folder / "given" / f"{stored}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            db.execute(f"copy {stored} to {quoted(path)} (format parquet)")
            self.session.catalog.refreshByPath(str(path))
            self.session.read.parquet(str(path)).createOrReplaceTempView(view)
            self._given.add(stored)
        return view


def source_name(layer: str, name: str) -> str:
    """What Spark calls a table of the working store."""
    return f"{layer}__{name}"


@contextmanager
def on_spark(home: Home, master: str) -> Iterator[OnSpark]:
    """The engine for one run.

    Raises
    ------
    FeatureError
        Where Spark is not installed or the master cannot be reached, as soon as Spark is needed.
    """
    folder = home.root / "spark"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    engine = OnSpark(master, folder)
    try:
        yield engine
    finally:
        engine.close()


def session_on(master: str, folder: Path, **settings: str) -> "SparkSession":
    """A Spark session that logs nothing; memory of driver and workers as `AANBOORD_SPARK_MEMORY` says, 1g where it does not."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise FeatureError(
            "The Spark engine needs pyspark, and Java 17 (Debian: openjdk-17-jre-headless). Run `pip install aanboord[spark]`."
        ) from None
    memory = os.environ.get("AANBOORD_SPARK_MEMORY", "1g")
    wanted = _ALWAYS | {"spark.driver.memory": memory, "spark.executor.memory": memory} | settings
    wanted["spark.sql.warehouse.dir"] = str(folder / "warehouse")
    if "127.0.0.1" in master or master.startswith("local"):
        wanted |= _ON_THIS_MACHINE | {"spark.sql.shuffle.partitions": "8"} | settings
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.appName("aanboord").master(master)
    for name, value in wanted.items():
        builder = builder.config(name, value)
    try:
        session: SparkSession = builder.getOrCreate()
    except Exception as error:
        raise FeatureError(
            f"Spark cannot start on {master}: {type(error).__name__}. Is Java 17 there, and does the master run?"
        ) from None
    return session


def _rows(folder: Path, order: str) -> str:
    """The select over the Parquet that Spark wrote; empty where it wrote no file, for lack of rows."""
    files = ", ".join(quoted(path) for path in sorted(folder.glob("*.parquet")))
    return f"select * from read_parquet([{files}]) {order}" if files else ""


def _spark_type(column: Column) -> str:
    return SPARK_TYPES[column.logical_type]


def _store_type(field: Any) -> str:
    kind = str(field.dataType.simpleString())
    return _STORE_TYPES.get(kind, kind)


def _told(table: SqlTable, step: Callable[[], Made]) -> Made:
    from pyspark.errors import AnalysisException, PySparkException

    try:
        return step()
    except AnalysisException as error:  # about the SQL, before any row was read
        raise FeatureError(f"{table.path} cannot run on Spark: {_first_line(error)}. Mend the SQL.") from None
    except PySparkException as error:  # its text may hold a cell of the data
        raise FeatureError(
            f"{table.path} cannot run on Spark: {error.getCondition() or type(error).__name__}."
        ) from None


def _first_line(error: Any) -> str:
    return next(line.strip() for line in str(error).splitlines() if line.strip())

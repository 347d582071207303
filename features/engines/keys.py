"""Keys: what a part of a table was made from, as a hash.

Belongs here: digests of the facts by school year and by the day on which they were known, and the key of each part of each table. Not
here: what is done where a key differs (`refresh`). A key is made of the SQL, the contract, the questions, and the keys of what the file
reads, down to the facts that were known before the prediction date: two equal keys stand for equal rows, so nothing is reused that
any of these would make otherwise. That a feature depends on no later fact is what the leakage proof (`features.leakage`) shows.
"""

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from importlib.resources import files

from data_contracts import contract, contracts
from data_contracts.versioned import END_KNOWN, FOR_EVER, SUPERSEDED, stored_key
from features.engines.asking import SMALL_TABLES
from features.engines.known import KNOWN_AT_THE_END, known_tables
from features.engines.layers import SCHEMAS, WORKING, Layers
from features.moments import moments
from features.sql import SqlTable, cohort_table, macros, sql_tables, with_readers
from warehouse.connection import Connection

WHOLE = ""
# rollups of which a row needs facts of its own school year alone, as they were known when that was closed
BY_SCHOOL_YEAR = frozenset(
    {"attendance_rollup", "enrolment_road", "helped_half_days", "school_rhythm", "member_years", "school_rates"}
)
ALWAYS_THE_SAME = ("school_years",)  # made by code alone
_RUN_BY = ("asking.py", "known.py", "refresh.py", "views.py", "on_duckdb.py", "on_spark.py")
LIBRARY = {"duckdb": "duckdb", "spark": "pyspark"}
_OF_STATE: dict[tuple[str, str], "Keys"] = {}  # of the last state: equal facts and questions have equal keys


def digest_facts(db: Connection, layers: Layers = WORKING) -> None:
    """Write `facts`: of each core table, school year and day, a digest of what became known on that day.

    Three things can become known of a row: the row itself, its end, and that another supersedes it.
    """
    parts = " union all ".join(part for name in known_tables() for part in _events(name, layers))
    db.execute(
        f"create or replace table {layers.name('question')}.facts as"
        f" select table_name, school_year, day, sum(n) as n, bit_xor(digest) as digest from ({parts}) group by all order by all"
    )
    _write_inputs(db, layers)


def _events(name: str, layers: Layers) -> list[str]:
    """Selects of (table, school year, day, rows, digest): one for the rows, one for their ends, one for what supersedes them."""
    table, source = contract(name), f"from {layers.name('core')}.{name}"
    year = "school_year" if "school_year" in table.column_names else "null"
    key = ", ".join(stored_key(table))
    at_end = [c for c in table.column_names if c in KNOWN_AT_THE_END and END_KNOWN in table.column_names]
    row = ", ".join(c for c in table.column_names if c not in at_end)

    def event(day: str, told: str, where: str = "") -> str:
        return (
            f"select '{name}' as table_name, {year} as school_year, {day} as day, count(*) as n, bit_xor(hash({told})) as digest"
            f" {source} {where} group by 2, 3"
        )

    found = [event("known_date", f"'row', {row}")]
    if at_end:
        found.append(event(END_KNOWN, f"'end', {key}, {', '.join(at_end)}", f"where {END_KNOWN} is not null"))
    return [*found, event(SUPERSEDED, f"'superseded', {key}", f"where {SUPERSEDED} < {FOR_EVER}")]


def _write_inputs(db: Connection, layers: Layers) -> None:
    """Write `inputs`: what was known of each core table before each prediction date, of each school year as it was closed, and in all."""
    q = layers.name("question")
    small = " ".join(
        f"union all select '{name}', '', bit_xor(md5_number(cast(s as varchar))) from {q}.{name} as s"
        for name in SMALL_TABLES
        if name not in ALWAYS_THE_SAME
    )
    told = "md5_number(concat_ws('|', table_name, school_year, day, n, digest))"
    db.execute(
        f"create or replace table {q}.inputs as with told as (select table_name, school_year, day, {told} as told from {q}.facts),"
        f" dates as (select distinct prediction_date as day from {q}.asked)"
        " select t.table_name, cast(d.day as varchar) as part, bit_xor(t.told) as digest"
        " from dates as d inner join told as t on t.day < d.day group by all"
        " union all select t.table_name, '', bit_xor(t.told) from told as t"
        f" inner join {q}.as_of as a on t.day < a.as_of_date group by all"
        " union all select t.table_name, cast(y.school_year as varchar), bit_xor(t.told)"
        f" from {q}.school_years as y inner join {q}.as_of as a on y.closed_date < a.as_of_date inner join told as t"
        f" on t.day <= y.closed_date and coalesce(t.school_year, y.school_year) = y.school_year group by all {small}"
    )
    db.execute(
        f"create or replace table {q}.stamp as select md5(string_agg(concat_ws('|', table_name, part, digest), ','"
        f" order by table_name, part)) as stamp from {q}.inputs"
    )


def keys_of(db: Connection, engine: str, layers: Layers = WORKING) -> "Keys":
    """The keys for the facts and questions as they were last digested."""
    q = layers.name("question")
    (stamp,) = db.execute(f"select stamp from {q}.stamp").fetchall()[0]
    found = _OF_STATE.get((stamp, engine))
    if found is None:
        inputs = db.execute(f"select table_name, part, digest from {q}.inputs").fetchall()
        found = Keys(engine, {(name, part): str(digest) for name, part, digest in inputs}, _asked(db, q))
        _OF_STATE.clear()
        _OF_STATE[(stamp, engine)] = found
    return found


class Keys:
    """Keys of the parts of every table, for one state of the facts and questions."""

    def __init__(self, engine: str, inputs: dict[tuple[str, str], str], asked: dict[str, str]) -> None:
        self._engine = f"{engine} {version(LIBRARY[engine])} {_code()} {macros(engine)}"
        self._inputs, self._asked = inputs, asked
        self._closed = sorted({part for _, part in inputs if part.isdigit()})
        self._known: dict[tuple[SqlTable, str], str] = {}

    @property
    def dates(self) -> list[str]:
        """Prediction dates that are asked, in order."""
        return sorted(self._asked)

    def of(self, table: SqlTable, part: str) -> str:
        """The key of one part of a table: a prediction date, a school year, or the whole."""
        found = self._known.get((table, part))
        if found is None:
            found = self._known[(table, part)] = self._made_of(table, part)
        return found

    def _made_of(self, table: SqlTable, part: str) -> str:
        # a label looks past its prediction date, as far as is known on the day of the run
        below = WHOLE if table.kind == "labels" else part
        inputs = [self._input(name, part if name == "cohort" else below) for name in sorted(table.reads)]
        return _hash([self._engine, table.text, _promised(table), _asking(table), *inputs])

    def _input(self, name: str, part: str) -> str:
        if name == "cohort":
            return self.of(cohort_table(), part)
        if name == "asked" and part in self._asked:
            return self._asked[part]
        if name in SMALL_TABLES:
            return f"{name} {self._inputs.get((name, WHOLE), 'made by code')}"
        if (
            name in BY_SCHOOL_YEAR and part == WHOLE
        ):  # it holds closed school years: what this one brings does not touch it
            return _hash(self.of(sql_tables("rollups")[name], year) for year in self._closed)
        for kind in ("rollups", "tables"):
            if name in sql_tables(kind):
                return self.of(sql_tables(kind)[name], part)
        return f"{name} {self._inputs.get((name, part), 'nothing')}"


def _asked(db: Connection, schema: str) -> dict[str, str]:
    sql = f"select cast(prediction_date as varchar), cast(a as varchar) from {schema}.asked as a order by all"
    rows = db.execute(sql).fetchall()
    return {day: _hash(told for date, told in rows if date == day) for day in {row[0] for row in rows}}


def _promised(table: SqlTable) -> str:
    layer = SCHEMAS[table.kind]
    if layer not in ("feature", "label") or table.name not in contracts(layer):
        return ""
    promised = contract(table.name, layer)
    return f"{promised.version} {[(c.name, c.logical_type, c.primary_key) for c in promised.columns]}"


def _asking(table: SqlTable) -> str:
    """The moments that a table is made for."""
    if table.kind not in ("tables", "labels"):
        return ""
    names = with_readers(table.name)
    return " ".join(m.name for m in moments().values() if names & {*m.targets, *m.features})


@cache
def _code() -> str:
    """Of the code that runs the files, and of the shape of the facts."""
    folder = files("features") / "engines"
    shapes = [str([(c.name, c.logical_type) for c in contract(name).columns]) for name in known_tables()]
    return _hash([*((folder / name).read_text(encoding="utf-8") for name in _RUN_BY), *shapes])


def _hash(parts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}:{part}".encode())
    return digest.hexdigest()

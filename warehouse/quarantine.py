"""Quarantine: rows and lines that were set aside, each with the rule that it broke, its file and its line; never what it says.

Belongs here: writing it down, counting it, and refusing a delivery that has too much of it. Not here: the rules themselves (contracts,
`judging`), or correcting anything. What a line says stays in the landed file alone.
"""

from collections.abc import Sequence
from pathlib import Path

from data_contracts import Contract, codelist
from data_contracts.contract import MOST_SET_ASIDE_RATE
from warehouse.connection import Connection, quoted
from warehouse.gate import CELLS, GatedFile
from warehouse.source import SourceFile, SourceSystem

NOT_MAPPED = "not_mapped"
_SAYABLE_CODE = r"[A-Za-z]{1,3}|[0-9]{1,5}|[^A-Za-z0-9\s]"  # anything longer could be somebody's name or number
_REMEDY = {
    CELLS: "They have more or fewer cells than the header. Mend the file, or its `delimiter` in source.yaml, and deliver again.",
    NOT_MAPPED: "Let the mapping use them, or say in source.yaml with `leave_out` which lines it leaves out on purpose.",
}
_WORST = """
    select rule, count(*), min(_file), min(_line) filter (_file = first_file)
    from (select *, min(_file) over (partition by rule) as first_file from set_aside where table_name = ?)
    group by rule order by 2 desc, 1 limit 1
"""


class QuarantineError(Exception):
    """Too much was set aside to go on: what most, where, and what to do."""


def start(db: Connection, files: Sequence[GatedFile]) -> None:
    """Begin with the lines that fit no header.

    Raises
    ------
    QuarantineError
        Where they are more than `MOST_SET_ASIDE_RATE` of the lines of a file.
    """
    db.execute("create table set_aside (table_name varchar, rule varchar, _file varchar, _line integer)")
    for file in files:
        for rule in sorted({rule for _, rule in file.bad_lines}):
            lines = [line for line, broken in file.bad_lines if broken == rule]
            _refuse_lines(file.name, rule, len(lines), file.lines_in, lines[0])
            db.executemany("insert into set_aside values ('', ?, ?, ?)", [[rule, file.name, line] for line in lines])


def note(db: Connection, table: Contract, counts: dict[str, int]) -> None:
    """Remember which rows of the table that was just judged broke a rule.

    Raises
    ------
    QuarantineError
        Where that is more of them than the contract allows.
    """
    db.execute(
        "insert into set_aside select ?, broken, _file, _line from judged where broken is not null", [table.name]
    )
    total, most = counts["accepted"] + counts["quarantined"], table.most_set_aside_rate
    if counts["quarantined"] > most * total:
        rule, rows, file, line = db.execute(_WORST, [table.name]).fetchall()[0]
        raise QuarantineError(
            f"{table.name}: {counts['quarantined']} of {total} rows break a rule, more than {most * 100:g}%. Most often `{rule}` "
            f"({rows} row(s), the first on line {line} of {file}).{_about_code(db, table, rule)}"
            " Mend the source or the mapping and deliver again."
        )


class Unused:
    """Lines that no table of the mapping has used yet: what a mapping drops without saying so would be lost."""

    def __init__(self, db: Connection, system: SourceSystem) -> None:
        self._db = db
        self._kinds = {kind.name: kind for kind in system.files}
        self._rows = {kind.name: f"({_to_be_used(kind)})" for kind in system.files}

    def without_judged(self) -> None:
        """Take off the lines that the table that was just judged came from."""
        used = self._lines("judged")
        for name in [n for n, kind in self._kinds.items() if any(kind.fits(file) for file in used)]:
            if all(used.get(file) == lines for file, lines in self._lines(self._rows[name]).items()):
                del self._kinds[name]  # every line is used, and used once: nothing more to look for
            else:
                self._narrow(name)

    def set_aside(self) -> None:
        """Set aside the lines that are left."""
        for name in self._kinds:
            self._db.execute(
                f"insert into set_aside select '', '{NOT_MAPPED}', u._file, u._line from {self._rows[name]} as u"
                " anti join set_aside as s on s._file = u._file and s._line = u._line"
            )

    def _lines(self, rows: str) -> dict[str, tuple[int, int, int]]:
        """How many, and which: two sums over their hashes, since to count twenty million distinct numbers takes longer."""
        counted = "count(*), bit_xor(hash(_line)), sum(hash(_line))"
        return {
            row[0]: row[1:]
            for row in self._db.execute(f"select _file, {counted} from {rows} group by _file").fetchall()
        }

    def _narrow(self, name: str) -> None:
        self._db.execute(
            f'create or replace table "rest of {name}" as select u._file, u._line from {self._rows[name]} as u'
            " anti join judged as j on j._file = u._file and j._line = u._line"
        )
        self._rows[name] = f'"rest of {name}"'


def _to_be_used(kind: SourceFile) -> str:
    left_out = f" where not coalesce({kind.leave_out}, false)" if kind.leave_out else ""
    return f'select _file, _line from "{kind.name}"{left_out}'


def lines_by_file(db: Connection) -> dict[str, int]:
    """Lines that were set aside, whole or in part, by file name."""
    return dict(db.execute("select _file, count(distinct _line) from set_aside group by _file").fetchall())


def accepted_by_file(db: Connection, kinds: Sequence[str]) -> dict[str, int]:
    """Lines of which nothing was set aside, by file name."""
    counted: dict[str, int] = {}
    for kind in sorted({*kinds}):
        counted |= dict(
            db.execute(
                f'select k._file, count(*) from "{kind}" as k anti join set_aside as s'
                " on s._file = k._file and s._line = k._line group by k._file"
            ).fetchall()
        )
    return counted


def refuse_files(db: Connection, lines_in: dict[str, int]) -> None:
    """Refuse a delivery of which too many lines of one file fit nothing.

    Raises
    ------
    QuarantineError
        Where that is more than `MOST_SET_ASIDE_RATE` of them.
    """
    found = db.execute(
        "select _file, rule, count(*), min(_line) from set_aside where table_name = '' group by 1, 2 order by 3 desc, 1, 2"
    ).fetchall()
    for file, rule, lines, line in found:
        _refuse_lines(file, rule, lines, lines_in[file], line)


def _refuse_lines(file: str, rule: str, lines: int, of: int, first: int) -> None:
    if lines > MOST_SET_ASIDE_RATE * of:
        raise QuarantineError(
            f"{file}: {lines} of {of} lines are set aside as `{rule}`, more than {MOST_SET_ASIDE_RATE:.0%}; the first is line {first}."
            f" {_REMEDY.get(rule, 'Mend the file and deliver again.')}"
        )


def write(db: Connection, path: Path) -> None:
    """Write down what was set aside, in order."""
    column = "case when contains(rule, ':') then split_part(rule, ':', 2) end"
    db.execute(
        f'copy (select table_name, rule, {column} as "column", _file, _line from set_aside order by all)'
        f" to {quoted(path)} (format parquet)"
    )


def _about_code(db: Connection, table: Contract, rule: str) -> str:
    """Which code is unknown and what it looks like; not said where it could be something else than a code."""
    if not rule.startswith("code:"):
        return ""
    column = table.column(rule.removeprefix("code:"))
    known, cell = codelist(column.codelist), f"cast({column.name} as varchar)"
    rows = db.execute(
        f"select {cell} from mapped where {cell} not in ({', '.join(quoted(code) for code in known.mapping)})"
        f" and regexp_full_match({cell}, ?) group by 1 order by count(*) desc, 1 limit 1",
        [_SAYABLE_CODE],
    ).fetchall()
    if not rows:
        return f" Known in codelists/{known.name}.csv: {', '.join(known.official[:8])}."
    return f" Unknown code '{rows[0][0]}'; nearest known: {', '.join(known.nearest(rows[0][0]))} (codelists/{known.name}.csv)."

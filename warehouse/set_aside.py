"""What was set aside, for people: looked up, counted, and written out so that a source can mend it.

Belongs here: looking up what reading (`quarantine`) and staging (`staging`) wrote down, and finding the delivered lines again. Not here:
setting anything aside. A file of an export holds what was delivered, names too: it is made only where a user asks, for that user alone.
"""

import csv
import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.connection import memory_store, quoted
from warehouse.home import Home
from warehouse.landing import Delivery, deliveries, landed_file
from warehouse.loading import load
from warehouse.source import source_system


@dataclass(frozen=True, order=True)
class SetAside:
    """One row or line that was set aside: from which delivery, file and line, and by which rule; never what it says."""

    delivery: str
    file: str
    line: int
    table: str
    rule: str
    column: str


def set_aside(home: Home, table: str | None = None) -> list[SetAside]:
    """Everything that is set aside now, ordered by delivery, file and line; of one table where asked."""
    parts = [(d.id, d.folder(home) / "quarantine.parquet") for d in deliveries(home)]
    queries = [
        f"select {_COLUMNS.format(delivery=quoted(i))} from read_parquet({quoted(p)})" for i, p in parts if p.exists()
    ]
    if home.set_aside.exists():
        queries.append(f"select {_COLUMNS.format(delivery='_delivery')} from read_parquet({quoted(home.set_aside)})")
    if not queries:
        return []
    with memory_store([home.root], home.temp) as db:
        rows = db.execute(f"select * from ({' union all '.join(queries)}) order by all").fetchall()
    return [found for row in rows if (found := SetAside(*row)).table == table or table is None]


_COLUMNS = "{delivery} as delivery, _file, _line, table_name, rule, coalesce(\"column\", '')"


def by_table(found: Sequence[SetAside]) -> dict[str, int]:
    """Rows a table; lines that became no row of a table count for `(lines)`."""
    return dict(sorted(Counter(row.table or "(lines)" for row in found).items()))


def lines_of(found: Sequence[SetAside], delivery: str, file: str) -> int:
    """How many lines of one file are set aside, whole or in part."""
    return len({row.line for row in found if (row.delivery, row.file) == (delivery, file)})


def export(home: Home, found: Sequence[SetAside], out: Path) -> list[Path]:
    """Write the delivered lines with the rules that they broke, one file for each file of a delivery.

    Returns
    -------
    The files: semicolon-separated, UTF-8, readable by their owner only.
    """
    out.mkdir(parents=True, exist_ok=True)
    known = {d.id: d for d in deliveries(home)}
    return [
        _export_file(
            home, known[identity], file, [row for row in found if (row.delivery, row.file) == (identity, file)], out
        )
        for identity, file in sorted({(row.delivery, row.file) for row in found})
    ]


def _export_file(home: Home, delivery: Delivery, name: str, found: Sequence[SetAside], out: Path) -> Path:
    header, lines = _delivered(home, delivery, name, {row.line for row in found})
    path = out / f"{delivery.id}_{name}.csv"
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline=""
    ) as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(["line", "table", "rule", *header])
        writer.writerows([row.line, row.table, row.rule, *lines.get(row.line, ())] for row in found)
    return path


def _delivered(
    home: Home, delivery: Delivery, name: str, wanted: set[int]
) -> tuple[Sequence[str], dict[int, Sequence[str]]]:
    """The header and the wanted lines of a landed file; a line that the gate took out is not among them."""
    from warehouse.gate import admit

    system = source_system(delivery.system, Path(delivery.mappings_folder) if delivery.mappings_folder else None)
    kind = system.kind_of(name)
    assert kind is not None, f"{name} was of a kind when it was delivered"
    with tempfile.TemporaryDirectory(dir=home.temp) as folder:
        scratch = Path(folder)
        gated = admit(landed_file(home, delivery, name, scratch), kind, scratch, may_be_empty=True)
        with memory_store([scratch, gated.text.resolve().parent], home.temp) as db:
            load(db, [gated], system)
            columns = ", ".join(f'"{c}"' for c in kind.all_columns)
            rows = db.execute(f'select _line, {columns} from "{kind.name}" order by _line').fetchall()
    return kind.all_columns, {
        row[0]: ["" if cell is None else cell for cell in row[1:]] for row in rows if row[0] in wanted
    }

"""Faults of files: columns under another name or missing, another encoding, cut off, mistyped keys.

Belongs here: one class a fault that shows only in the delivered form. Not here: faults of what the rows say (`faults_of_rows`). Where
there are many folders, what spoils a whole file spoils the last one.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from population.delivering.catalogue import Fault, put
from population.delivering.files import Files


class _OfOneFile(Fault):
    """A fault of the file of one table in the folder that is delivered last."""

    table = "absences"

    @property
    def kind(self) -> str:
        """The kind of file."""
        return self.scene.form.kind_of(self.table)

    def is_spoiled(self, folder: str, kind: str) -> bool:
        """Whether that file is the one."""
        return (folder, kind) == (self.scene.last_folder, self.kind)


class SwappedColumns(_OfOneFile):
    """The header tells the columns in another order than the lines."""

    table = "enrolments"

    def cells(self, folder: str, kind: str, rows: pa.Table) -> pa.Table:
        """Swap two names."""
        if not self.is_spoiled(folder, kind):
            return rows
        begin, end = (self.scene.form.column_of(self.table, name) for name in ("start_date", "end_date"))
        self.note(kind, len(rows), [f"{begin} and {end}"] if kind not in self.injected else [])
        return rows.rename_columns([{begin: end, end: begin}.get(name, name) for name in rows.column_names])


class MissingColumn(_OfOneFile):
    """Without the code nobody knows what an absence is."""

    def cells(self, folder: str, kind: str, rows: pa.Table) -> pa.Table:
        """Leave a column out."""
        if not self.is_spoiled(folder, kind):
            return rows
        column = self.scene.form.column_of(self.table, "absence_code")
        self.note(kind, len(rows), [column] if kind not in self.injected else [])
        return rows.drop_columns([column])


class WrongEncoding(_OfOneFile):
    """Bytes that are no UTF-8."""

    table = "identities"

    def cells(self, folder: str, kind: str, rows: pa.Table) -> pa.Table:
        """Give some names an accent."""
        count = min(self.strength["count"], len(rows))
        if not self.is_spoiled(folder, kind) or kind in self.injected or not count:
            return rows
        name = "last_name" if "last_name" in rows.column_names else "naam"
        chosen = np.zeros(len(rows), bool)
        chosen[self.rng.choice(len(rows), count, replace=False)] = True
        self.note(kind, count, [f"line {place + 2}" for place in np.flatnonzero(chosen)])
        accented = pc.binary_join_element_wise(rows[name], "é", "")
        return put(rows, name, pc.if_else(pa.array(chosen), accented, rows[name]))

    def spoil(self, files: Files) -> None:
        """Write the file in the code page of Windows."""
        path = files.path(self.scene.last_folder, self.kind)
        path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))


class CutOffFile(_OfOneFile):
    """Cut in the middle of a line, some way before the end."""

    def spoil(self, files: Files) -> None:
        """Cut the file off behind the second cell of a line."""
        path, mark = files.path(self.scene.last_folder, self.kind), files.delimiter.encode()
        near = int(path.stat().st_size * (1.0 - self.strength["share"]))
        with path.open("r+b") as file:
            file.seek(near)
            file.readline()
            start = file.tell()
            line = file.readline()
            lost = (1 if line else 0) + sum(1 for _ in file)
            keep = start + len(mark.join(line.split(mark)[:2])) if line else start
            file.truncate(keep)
        self.note(self.kind, lost, [f"the last {lost} lines, the first of them half"])


class WrongCheckDigits(Fault):
    """One digit more in the check."""

    def cells(self, folder: str, kind: str, rows: pa.Table) -> pa.Table:
        """Mistype the last digits of some keys of absences."""
        if kind != self.scene.form.kind_of("absences"):
            return rows
        chosen = self.rng.random(len(rows)) < self.strength["share"]
        self.note_cells(kind, rows.filter(pa.array(chosen)))
        last = pc.utf8_slice_codeunits(rows["insz"], 10).cast(pa.int8())
        other = pc.if_else(pc.equal(last, 9), pa.scalar(0, pa.int8()), pc.add(last, 1)).cast(pa.string())
        wrong = pc.binary_join_element_wise(pc.utf8_slice_codeunits(rows["insz"], 0, 10), other, "")
        return put(rows, "insz", pc.if_else(pa.array(chosen), wrong, rows["insz"]))

    def note_cells(self, kind: str, rows: pa.Table) -> None:
        """Remember the keys as they should have been."""
        told = zip(rows["insz"].to_pylist(), rows["datum"].to_pylist(), rows["dagdeel"].to_pylist(), strict=True)
        self.note(kind, len(rows), [" ".join(cells) for cells in told])


FAULTS: dict[str, type[Fault]] = {
    "swapped_columns": SwappedColumns,
    "missing_column": MissingColumn,
    "wrong_encoding": WrongEncoding,
    "cut_off_file": CutOffFile,
    "wrong_check_digits": WrongCheckDigits,
}

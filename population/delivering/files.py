"""The files of a delivery, or of many: text that grows as rows come.

Belongs here: writing text. Not here: what it says. A file is opened for each piece of rows, since a delivery a month over ten years has
more files than a process may hold open.
"""

from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv


@dataclass
class Files:
    """CSV files below `out`; `rows` counts the lines of each kind of file over all folders."""

    out: Path
    delimiter: str
    rows: dict[str, int] = field(default_factory=dict)

    def path(self, folder: str, kind: str) -> Path:
        """Where the file of a kind stands in a folder; the folder `.` is the delivery itself."""
        return self.out / folder / f"{kind}.csv"

    def append(self, folder: str, kind: str, rows: pa.Table) -> None:
        """Add rows to a file; its header are the names of the first rows that come, and without rows there is no file."""
        if not len(rows):
            return
        path = self.path(folder, kind)
        is_new = not path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        options = pa_csv.WriteOptions(
            include_header=False, delimiter=self.delimiter, quoting_style="none", batch_size=65_536
        )
        with path.open("ab") as file:
            if is_new:
                file.write((self.delimiter.join(rows.column_names) + "\n").encode())
            pa_csv.write_csv(rows, file, options)
        self.rows[kind] = self.rows.get(kind, 0) + len(rows)

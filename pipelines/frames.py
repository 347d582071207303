"""Frames that Python computed become tables of the working store, in one statement each.

Belongs here: that statement. Not here: what is computed, or what the columns mean. A table is never made empty first and filled then:
whoever reads it sees the old rows or the new ones.
"""

from typing import Any

from warehouse.connection import Connection


def nothing(columns: str) -> str:
    """A select of no rows, of columns that are told as `name type, name type`.

    Examples
    --------
    >>> nothing("pupil_id varchar, grade integer")
    'select cast(null as varchar) as pupil_id, cast(null as integer) as grade where false'
    """
    return f"select {', '.join(f'cast(null as {kind}) as {name}' for name, kind in _parted(columns))} where false"


def keep_frame(db: Connection, target: str, columns: str, frame: Any = None) -> None:
    """Make a table anew from a frame: those columns, with those types; one that the frame lacks is NULL. Without a frame it is empty.

    Raises
    ------
    ValueError
        Where the frame has a column that the table has not.
    """
    parted = _parted(columns)
    if frame is None:
        db.execute(f"create or replace table {target} as {nothing(columns)}")
        return
    if extra := sorted({*frame.columns} - {name for name, _ in parted}):
        raise ValueError(f"{target} has no column {', '.join(extra)}. Name it among its columns, or do not make it.")
    cast = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in parted)
    db.register("made", frame)
    db.execute(
        f"create or replace table {target} as select {cast} from ({nothing(columns)} union all by name from made)"
    )
    db.unregister("made")


def _parted(columns: str) -> list[tuple[str, str]]:
    return [(name, kind) for name, kind in (column.split() for column in columns.split(", "))]

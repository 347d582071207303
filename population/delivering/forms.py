"""The forms in which a source may deliver: which files, and how the contract's tables are written in them.

Belongs here: what a form is, and the project's own. Not here: the form of Discimus (`discimus`), or in which folder a row stands.
"""

from collections.abc import Iterator
from typing import Protocol

import pyarrow as pa


class Form(Protocol):
    """A form of delivery; rows of the standing tables and of pupils are learnt before any row is written."""

    delimiter: str

    def learn(self, name: str, rows: pa.Table) -> None:
        """Remember what other files repeat."""

    def files(self, name: str, rows: pa.Table) -> Iterator[tuple[str, pa.Table]]:
        """Rows of a contract table as rows of kinds of files; nothing where the form does not know the table."""

    def closing(self) -> Iterator[tuple[str, pa.Table]]:
        """What stands in every folder and is known at the end."""

    def kind_of(self, name: str) -> str:
        """The kind of file that tells a table; empty where there is none."""

    def column_of(self, name: str, column: str) -> str:
        """What a column of a table is called in its file."""


class Aanboord:
    """The project's own form: a file a table, with the contract's columns."""

    delimiter = ","

    def learn(self, name: str, rows: pa.Table) -> None:
        """Nothing is repeated."""

    def files(self, name: str, rows: pa.Table) -> Iterator[tuple[str, pa.Table]]:
        """The rows as they are."""
        yield name, rows

    def closing(self) -> Iterator[tuple[str, pa.Table]]:
        """Nothing."""
        return iter(())

    def kind_of(self, name: str) -> str:
        """The table's own name."""
        return name

    def column_of(self, name: str, column: str) -> str:
        """The contract's own name."""
        return column

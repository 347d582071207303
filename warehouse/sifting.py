"""Sifting: a file whose lines do not all fit its header is divided into lines that do and lines that do not.

Belongs here: the slow, exact reading of such a file, record by record. Not here: files without such lines, which a database reads ten times
as fast (`loading`). An unclosed quote makes it unclear where every following row ends, so such a file is refused whole.
"""

import csv
from collections.abc import Iterator
from dataclasses import replace

from warehouse.gate import CELLS, NUMBER, GatedFile, GateError

MOST_CHARACTERS = 1 << 20  # of one cell that is still let in
_READABLE_CHARACTERS = 1 << 26  # of one cell that can be read at all, to be set aside
TOO_LONG = "field_too_long"


def sifted(file: GatedFile) -> GatedFile:
    """The same file with the lines of data that fit in a new text, numbered, and the others among its bad lines.

    A blank line is no line. A record that spans several lines and does not fit counts for all of them.

    Raises
    ------
    GateError
        Where a quote is not closed, or a cell is too long to be read.
    """
    target = file.text.with_name(f"{file.name}.sifted")
    bad: list[tuple[int, str]] = []
    good = 0
    with target.open("w", encoding="utf-8", newline="") as out:
        # every cell in quotes: a cell that holds a lone carriage return would else be written bare, and read as two lines
        writer = csv.writer(out, delimiter=file.kind.delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow([NUMBER, *file.header])
        for first, last, cells in _records(file):
            if rule := _breach(cells, len(file.header)):
                bad += [(line, rule) for line in range(first, last + 1)]
            else:
                good += 1
                writer.writerow([first, *cells])
    return replace(file, text=target, lines_in=good + len(bad), bad_lines=tuple(bad), is_numbered=True)


def _breach(cells: list[str], wanted: int) -> str:
    if len(cells) != wanted:
        return CELLS
    return TOO_LONG if any(len(cell) > MOST_CHARACTERS for cell in cells) else ""


def _records(file: GatedFile) -> Iterator[tuple[int, int, list[str]]]:
    """First line, last line and cells of each record but the header and blank lines."""
    csv.field_size_limit(_READABLE_CHARACTERS)
    with file.text.open(encoding="utf-8", newline="") as text:
        reader = csv.reader(text, delimiter=file.kind.delimiter, strict=True)
        last = 0
        try:
            for cells in reader:
                first, last = last + 1, reader.line_num
                if first > 1 and cells:
                    yield first, last, cells
        except csv.Error as error:
            raise GateError(_told(file.name, last + 1, str(error))) from None


def _told(name: str, line: int, error: str) -> str:
    if "field limit" in error:
        return f"{name}: a cell on line {line} holds more than {_READABLE_CHARACTERS >> 20} MB. Look for a quote that is not closed."
    return (
        f"{name}: a quote that opens on line {line} is not closed, or text follows a closed one ({error}). Mend it and deliver again:"
        " where the next rows end is not clear, so none was taken in."
    )

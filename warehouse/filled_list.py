"""Reading a list that came back filled in: its cells as they stand, from a workbook that nobody vouches for.

Belongs here: opening it, with a password where it has one, in a child process with limits (`child`). Not here: what the cells mean, or
whether they were altered (`delivery.feedback`). Macros and formulas are refused.
"""

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

from warehouse.gate import GateError
from warehouse.unpack import checked_members

Cells = dict[str, list[list[Any]]]  # sheet: rows of cells; each cell is a text, or None where it is empty
_MOST_BYTES = 50 << 20


def read_filled_list(arguments: dict[str, Any]) -> Cells:
    """All cells of a workbook, as texts that are the same whoever saved it.

    Parameters
    ----------
    arguments
        `path` of the workbook, `password` or None.

    Raises
    ------
    GateError
        Where it is no workbook, is locked and the password is missing or wrong, has macros or formulas, or is too large.
    """
    import openpyxl

    path = Path(arguments["path"])
    content = _opened(path, arguments["password"])
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=False, keep_links=False)
    except Exception as error:  # openpyxl has no error of its own for what is wrong in a file
        raise GateError(f"{path.name} cannot be read as a workbook ({type(error).__name__}). Save it again.") from None
    return {sheet.title: _rows(path.name, sheet) for sheet in book.worksheets}


def _opened(path: Path, password: str | None) -> bytes:
    if path.stat().st_size > _MOST_BYTES:
        raise GateError(f"{path.name} is larger than {_MOST_BYTES >> 20} MB, so it is no list of ours.")
    content = path.read_bytes()
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        content = _decrypted(path.name, content, password)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = checked_members(path, archive)
    except zipfile.BadZipFile:
        raise GateError(f"{path.name} is no Excel file (xlsx). Send the list that was filled in.") from None
    if any("vbaproject" in member.filename.lower() for member in members):
        raise GateError(f"{path.name} has macros. Save it as xlsx without macros.")
    return content


def _decrypted(name: str, content: bytes, password: str | None) -> bytes:
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError

    if password is None:
        raise GateError(f"{name} is locked with a password. Give it with --password-file.")
    out = io.BytesIO()
    try:
        file = msoffcrypto.OfficeFile(io.BytesIO(content))
        file.load_key(password=password, verify_password=True)
        file.decrypt(out, verify_integrity=True)
    except InvalidKeyError:
        raise GateError(f"The password does not open {name}: it is the wrong one, or the file was altered.") from None
    except (DecryptionError, FileFormatError, OSError, ValueError, KeyError) as error:
        raise GateError(f"{name} cannot be decrypted ({type(error).__name__}). Send the file again.") from None
    return out.getvalue()


def _rows(name: str, sheet: Any) -> list[list[Any]]:
    found = []
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if any(cell.data_type == "f" for cell in row):
            raise GateError(f"{name} has a formula in row {number} of sheet {sheet.title}. Write the text itself.")
        found.append([as_text(cell.value) for cell in row])
    return found


def as_text(value: Any) -> str | None:
    """A cell as text, the same whichever program saved it.

    Examples
    --------
    >>> as_text(dt.datetime(2026, 4, 2)), as_text(0.25), as_text(3.0), as_text("a\\r\\nb ")
    ('2026-04-02', '0.25', '3', 'a\\nb')
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, int | float):
        return f"{value:.10g}"
    return str(value).replace("\r\n", "\n").replace("_x000D_", "").strip() or None

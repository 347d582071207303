"""A workbook behind a password: encrypted the way Excel does it (AES), so that only who has the password opens it.

Belongs here: encrypting, and reading the password from its file. Not here: the workbook (`excel`). An encrypted file differs each time it
is made, since its salt does; what is in it is the same.
"""

import io
from pathlib import Path

from delivery.errors import DeliveryError

LEAST_LETTERS = 8


def read_password(path: Path) -> str:
    """The password that stands on the first line of a file.

    Raises
    ------
    DeliveryError
        Where the file cannot be read, or the password is too short.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DeliveryError(f"The password file {path} cannot be read. Give a text file with the password.") from error
    password = text.splitlines()[0].strip() if text.strip() else ""
    if len(password) < LEAST_LETTERS:
        raise DeliveryError(f"The password in {path} has fewer than {LEAST_LETTERS} letters. Choose a longer one.")
    return password


def encrypted(workbook: bytes, password: str) -> bytes:
    """The same workbook behind a password."""
    from msoffcrypto.format.ooxml import OOXMLFile

    sealed = io.BytesIO()
    OOXMLFile(io.BytesIO(workbook)).encrypt(password, sealed)
    return sealed.getvalue()

"""The language of what is written: Dutch unless asked otherwise.

Belongs here: which language is spoken, the catalogue of the other one (gettext, `locale/`), and how dates, numbers and shares are
written in each. Not here: the sentences (`words` and its neighbours). A sentence that the catalogue lacks is refused: no mix.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

from babel.dates import format_date
from babel.numbers import format_decimal

from delivery.errors import DeliveryError

SPACE = "\u00a0"  # a space that does not break
LOCALES = {"nl": "nl_BE", "en": "en_GB"}
_SPOKEN: ContextVar[str] = ContextVar("language", default="nl")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Write in that language for a while.

    Raises
    ------
    DeliveryError
        Where there is no such language.
    """
    if language not in LOCALES:
        raise DeliveryError(f"No words in `{language}`. Use one of {', '.join(LOCALES)}.")
    token = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def spoken() -> str:
    """The language that is written now: `nl` or `en`."""
    return _SPOKEN.get()


def say(dutch: str) -> str:
    """A sentence in the language of now.

    Raises
    ------
    DeliveryError
        Where the catalogue does not have it.
    """
    if spoken() == "nl" or not dutch:
        return dutch
    translated = catalogue(spoken()).get(dutch)
    if not translated:
        raise DeliveryError(f"No {spoken()} words for `{dutch}`. Add them to delivery/locale/{spoken()}.")
    return translated


def either(dutch: str, english: str) -> str:
    """Of two sentences that were made elsewhere, the one in the language of now."""
    return dutch if spoken() == "nl" else english


@cache
def catalogue(language: str) -> dict[str, str]:
    """Dutch sentence -> the same in another language."""
    from babel.messages.pofile import read_po

    path = files("delivery") / "locale" / language / "LC_MESSAGES" / "delivery.po"
    with path.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale=language) if m.id}


def day(date: dt.date) -> str:
    """A date as dd/mm/jjjj, the same in both languages."""
    return format_date(date, "dd/MM/yyyy", locale=LOCALES[spoken()])


def number(value: float) -> str:
    """A number with at most one decimal, written the way of the language: `1.234,5` in Dutch."""
    return format_decimal(value, "#,##0.#", locale=LOCALES[spoken()])


def percent(share: float) -> str:
    """A share as whole per cents; a small one as `< 1 %`, so that it never reads as nothing."""
    return f"<{SPACE}1{SPACE}%" if 0 < share < 0.01 else f"{share * 100:.0f}{SPACE}%"


def between(low: float, high: float) -> str:
    """The range in which a probability lies."""
    return f"{percent(low).removesuffix(f'{SPACE}%')}{SPACE}–{SPACE}{percent(high)}"

"""Retention: until when rows may be kept, as their contracts and the dated settings of `thresholds/retention.csv` say.

Belongs here: the terms, and the SQL of the dates that they count from. Not here: taking anything away (`warehouse.retention`). The rules:

- A row about a pupil goes its table's term after the last contact with that pupil, and not before a certain age: the last date of any
  row about the pupil counts, not when it was told. Without a date of birth, the first record counts as the birth.
- `pupils` and the names go with the last other row about the pupil.
- Any other row goes its term after its own last date, and not before the rows about pupils of that time; what has no end stays.
"""

import datetime as dt
import re

from data_contracts.contract import Contract, ContractError
from data_contracts.thresholds_in_force import thresholds

WITH_THE_LAST = ("pupils", "identities")
_TOLD = ("known_date", "end_known_date", "birth_date", "reply_until_date")  # no contact with a pupil
_OPEN = {"clb_areas": "valid_to"}  # this column alone ends a row: without it the row still holds


def settings_of(day: dt.date) -> dict[str, int]:
    """The settings in force on a day."""
    return thresholds(day, "retention")


def term_years(table: Contract) -> int:
    """The term of a table in years.

    Raises
    ------
    ContractError
        Where its contract names none.

    Examples
    --------
    >>> from data_contracts import contract
    >>> term_years(contract("absences")), term_years(contract("certificates"))
    (10, 30)
    """
    found = re.fullmatch(r"P(\d+)Y", table.retention)
    if not found:
        raise ContractError(
            f"Contract core.{table.name} has the retention `{table.retention}`. Write it as years: P10Y."
        )
    return int(found.group(1))


def is_about_pupils(table: Contract) -> bool:
    """Whether its rows are about pupils."""
    return any(column.pseudonym == "pupil" for column in table.columns)


def last_date(table: Contract) -> str | None:
    """SQL of the last date that a row tells of, also over columns of text; None where a row has no end.

    Examples
    --------
    >>> from data_contracts import contract
    >>> last_date(contract("clb_areas")), last_date(contract("schools"))
    ('try_cast(valid_to as date)', None)
    """
    if table.name in _OPEN:
        return f"try_cast({_OPEN[table.name]} as date)"
    own = [f"try_cast({c.name} as date)" for c in table.columns if c.logical_type == "date" and c.name not in _TOLD]
    own += [_end_of_year(c.name) for c in table.columns if c.name in ("school_year", "figure_year")]
    return f"greatest({', '.join(own)})" if len(own) > 1 else own[0] if own else None


def cutoff(day: dt.date, years: int) -> dt.date:
    """What lies before this is past a term of so many years on a day: terms end at the start of a school year.

    Examples
    --------
    >>> cutoff(dt.date(2026, 11, 24), 10), cutoff(dt.date(2026, 8, 31), 10)
    (datetime.date(2016, 9, 1), datetime.date(2015, 9, 1))
    """
    month = settings_of(day)["month_of_going"]
    return dt.date(day.year - (day.month < month) - years, month, 1)


def _end_of_year(column: str) -> str:
    year, last = f"cast(try_cast({column} as smallint) as integer)", "12-31"
    if column == "school_year":
        year, last = f"{year} + 1", "08-31"
    return f"try_cast(concat({year}, '-{last}') as date)"

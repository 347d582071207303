"""Versions: how a `core` table says from when to when a row was what was known.

Belongs here: the names and the end of time. Not here: how versions are made (`warehouse.versions`).
"""

from data_contracts.contract import Contract

SUPERSEDED = "superseded_date"
END_KNOWN = "end_known_date"
FOR_EVER = "date '9999-12-31'"


def version_key(contract: Contract) -> list[str]:
    """Columns that tell one version of one thing from all others that may be delivered.

    Examples
    --------
    >>> from data_contracts import contract
    >>> version_key(contract("enrolments"))
    ['enrolment_id', 'known_date', 'end_known_date']
    """
    days = [name for name in ("known_date", END_KNOWN) if name in contract.column_names]
    return [*contract.primary_key, *(day for day in days if day not in contract.primary_key)]


def stored_key(contract: Contract) -> list[str]:
    """Columns by which a stored row of `core` is unique and in order.

    Examples
    --------
    >>> from data_contracts import contract
    >>> stored_key(contract("pupils"))
    ['pupil_id', 'known_date']
    """
    return [name for name in version_key(contract) if name != END_KNOWN]


def kept_order(contract: Contract) -> list[str]:
    """Columns by which stored rows lie: by school year first, so that one year can be read without the others.

    Examples
    --------
    >>> from data_contracts import contract
    >>> kept_order(contract("absences"))
    ['school_year', 'pupil_id', 'absence_date', 'day_part_code', 'known_date']
    """
    year = ["school_year"] if "school_year" in contract.column_names else []
    return [*year, *(name for name in version_key(contract) if name not in year)]

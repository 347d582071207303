"""The form of Discimus: its field names, Dutch words and dates, pupils keyed by a made-up INSZ.

Belongs here: one function a kind of file, as `data_contracts/mappings/discimus` reads it. Not here: that reading. What Discimus does not
keep (sanctions, support, childcare, transport and more) is not delivered. The numbers have serial 000 or 999, which are never given out,
so that nobody has them; their date is not the pupil's.
"""

import datetime as dt
from collections.abc import Iterator
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts import codelist
from population.common import Ints
from population.delivering.spool import numbers

Made = Iterator[tuple[str, pa.Table]]
KINDS = {
    "enrolments": "inschrijvingen",
    "identities": "inschrijvingen",
    "pupils": "inschrijvingen",
    "schools": "instellingen",
    "clb_areas": "instellingen",
    "absences": "afwezigheden",
    "school_days": "lesdagen",
    "socio_economic": "leerlingenkenmerken",
    "certificates": "attesten",
    "qualifications": "studiebewijzen",
}
COLUMNS = {"absence_date": "datum", "absence_code": "code", "start_date": "begindatum", "end_date": "einddatum"}
BOARDS = {"go": "1", "vgo": "2", "ogo": "4", "other": "9"}  # soort_bestuur
MONTHS = np.array([*range(13), *range(20, 33), *range(40, 53)])  # as the rule of natural_keys.yaml allows
SERIALS = np.array([0, 999])
MOST_NUMBERS = 100 * len(MONTHS) * 100 * len(SERIALS) * 2
_FIRST_DAY = np.datetime64("1980-01-01")
_DAYS = 30_000


def insz(number: Ints) -> pa.Array:
    """One made-up INSZ for each number from 0 to `MOST_NUMBERS`.

    Examples
    --------
    >>> insz(np.array([0, 1])).to_pylist()
    ['00000000097', '01000000065']
    """
    if len(number) and number.max() >= MOST_NUMBERS:
        raise ValueError(
            f"There are {MOST_NUMBERS} numbers that nobody has: deliver fewer pupils in the form of Discimus."
        )
    rest, parts = np.asarray(number, dtype=np.int64), []
    for size in (100, len(MONTHS), 100, len(SERIALS), 2):
        parts.append(rest % size)
        rest = rest // size
    year, month, day, serial, after_2000 = parts
    nine = year * 10_000_000 + MONTHS[month] * 100_000 + day * 1_000 + SERIALS[serial]
    check = 97 - (nine + after_2000 * 2_000_000_000) % 97
    return pc.utf8_lpad(pa.array(nine * 100 + check).cast(pa.string()), 11, "0")


class Discimus:
    """Everything that Discimus has a file for."""

    delimiter = ";"

    def __init__(self) -> None:
        self._schools: dict[str, pa.Table] = {}
        self._known: dict[str, _Known] = {}
        self._groups: dict[tuple[str, ...], str] = {}

    def learn(self, name: str, rows: pa.Table) -> None:
        """Remember schools, pupils and names, which other files repeat."""
        if name == "schools":
            self._schools["all"] = rows
        elif name in ("pupils", "identities"):
            self._known[name] = _Known(rows)

    def files(self, name: str, rows: pa.Table) -> Made:
        """Rows of a contract table as rows of a kind of file."""
        made = {
            "clb_areas": self._instellingen,
            "enrolments": self._inschrijvingen,
            "absences": _afwezigheden,
            "school_days": _lesdagen,
            "socio_economic": _leerlingenkenmerken,
            "certificates": _attesten,
            "qualifications": _studiebewijzen,
        }.get(name)
        if made is not None:
            yield KINDS[name], made(rows)

    def closing(self) -> Made:
        """The administrative groups that enrolments named."""
        columns = ("hoofdstructuur", "leerjaar", "onderwijsvorm", "finaliteit", "duaal", "type_buitengewoon")
        cells = list(zip(*self._groups, strict=True))
        groups = {name: pa.array(values) for name, values in zip(columns, cells, strict=True)}
        yield (
            "administratieve_groepen",
            pa.table({"administratievegroep_code": pa.array([*self._groups.values()])} | groups),
        )

    def kind_of(self, name: str) -> str:
        """The kind of file that tells a table; empty where there is none."""
        return KINDS.get(name, "")

    def column_of(self, name: str, column: str) -> str:
        """What a column of a table is called in its file."""
        return COLUMNS[column]

    def _instellingen(self, areas: pa.Table) -> pa.Table:
        """A line a school and centre."""
        schools = self._schools["all"]
        own = schools.take(pc.index_in(areas["school_id"], value_set=schools["school_id"].combine_chunks()))
        special = own["is_special"].to_pylist()
        structure = [
            _structure(level, is_special)
            for level, is_special in zip(own["level_code"].to_pylist(), special, strict=True)
        ]
        return pa.table(
            {
                "instellingsnummer": areas["school_id"],
                "naam": own["school_name"],
                "hoofdstructuur": pa.array(structure),
                "soort_bestuur": pa.array([BOARDS[code] for code in own["network_code"].to_pylist()]),
                "nis_gemeente": own["municipality_code"],
                "clb_instellingsnummer": areas["clb_id"],
                "vanaf": _dutch(areas["valid_from"]),
                "tot": _dutch(areas["valid_to"]),
            }
        )

    def _inschrijvingen(self, rows: pa.Table) -> pa.Table:
        pupil = np.asarray(numbers(rows["pupil_id"]))
        own, named = self._known["pupils"].of(pupil), self._known["identities"].of(pupil)
        return pa.table(
            {
                "referte": rows["enrolment_id"],
                "insz": insz(pupil),
                "voornaam": named["first_name"],
                "naam": named["last_name"],
                "geslacht": own["sex_code"],
                "geboortedatum": _dutch(own["birth_date"]),
                "nis_gemeente": own["municipality_code"],
                "instellingsnummer": rows["school_id"],
                "schooljaar": _school_year(rows["school_year"]),
                "administratieve_groep": self._group(rows),
                "begindatum": _dutch(rows["start_date"]),
                "einddatum": _dutch(rows["end_date"]),
                "aanleiding": _label("exit_reason", rows["exit_reason_code"]),
                "inschrijvingsdatum": _dutch(rows["known_date"]),
                "uitschrijvingsdatum": _dutch(rows["end_known_date"]),
                "iac": _yes_or_no(rows["has_iac"]),
            }
        )

    def _group(self, rows: pa.Table) -> pa.Array:
        """The administrative group of each enrolment; what is told of groups stands in a file of its own."""
        names = ("level_code", "study_form_code", "grade", "finality_code", "is_dual", "special_type_code")
        told = [pc.fill_null(rows[name].cast(pa.string()), "") for name in names]
        coded = pc.binary_join_element_wise(*told, "|").combine_chunks().dictionary_encode()
        codes = [self._group_code(*key.split("|")) for key in coded.dictionary.to_pylist()]
        return pa.array(codes, pa.string()).take(coded.indices)

    def _group_code(self, level: str, form: str, grade: str, finality: str, is_dual: str, special: str) -> str:
        structure = {"dbso": "312", "buso": "321"}.get(form) or _structure(
            level, level != "secondary" and special != ""
        )
        shown = "" if form in ("", "first_stage", "dbso", "buso") else form.upper()
        dual = {"true": "J", "false": "N"}.get(is_dual, "")
        group = (structure, grade, shown, finality, dual, special)
        return self._groups.setdefault(group, str(6001 + len(self._groups)))


class _Known:
    """What is known of each pupil, by number; of a number that was told twice, what was told last."""

    def __init__(self, rows: pa.Table) -> None:
        number = np.asarray(numbers(rows["pupil_id"]))
        self._rows, self._place = rows, np.full(number.max(initial=0) + 1, -1)
        self._place[number] = np.arange(len(number))

    def of(self, number: Ints) -> pa.Table:
        return self._rows.take(pa.array(self._place[number]))


def _structure(level: str, is_special: bool) -> str:
    """The hoofdstructuur."""
    usual = {"kindergarten": "111", "primary": "211", "secondary": "311"}[level]
    return usual[0] + "21" if is_special else usual


def _afwezigheden(rows: pa.Table) -> pa.Table:
    return pa.table(
        {
            "insz": _insz(rows),
            "instellingsnummer": rows["school_id"],
            "datum": _dutch(rows["absence_date"]),
            "dagdeel": _word({"AM": "VM", "PM": "NM"}, rows["day_part_code"]),
            "code": rows["absence_code"],
            "registratiedatum": _dutch(rows["known_date"]),
        }
    )


def _lesdagen(rows: pa.Table) -> pa.Table:
    return pa.table(
        {
            "instellingsnummer": rows["school_id"],
            "datum": _dutch(rows["school_date"]),
            "halve_dagen": rows["half_days"],
            "registratiedatum": _dutch(rows["known_date"]),
        }
    )


def _leerlingenkenmerken(rows: pa.Table) -> pa.Table:
    return pa.table(
        {
            "insz": _insz(rows),
            "schooljaar": _school_year(rows["school_year"]),
            "schooltoeslag": _yes_or_no(rows["school_allowance"]),
            "opleiding_moeder_laag": _yes_or_no(rows["mother_low_education"]),
            "buurt": _yes_or_no(rows["neighbourhood_delay"]),
            "thuistaal_niet_nederlands": _yes_or_no(rows["home_language_not_dutch"]),
            "registratiedatum": _dutch(rows["known_date"]),
        }
    )


def _attesten(rows: pa.Table) -> pa.Table:
    return pa.table(
        {
            "insz": _insz(rows),
            "schooljaar": _school_year(rows["school_year"]),
            "attest": rows["certificate_code"],
            "datum": _dutch(rows["certificate_date"]),
            "registratiedatum": _dutch(rows["known_date"]),
        }
    )


def _studiebewijzen(rows: pa.Table) -> pa.Table:
    return pa.table(
        {
            "insz": _insz(rows),
            "studiebewijs": _label("qualification", rows["qualification_code"]),
            "datum": _dutch(rows["qualification_date"]),
            "registratiedatum": _dutch(rows["known_date"]),
        }
    )


def _insz(rows: pa.Table) -> pa.Array:
    return insz(np.asarray(numbers(rows["pupil_id"])))


def _dutch(dates: pa.ChunkedArray) -> pa.Array:
    """Dates as 31-01-2025."""
    return _every_day().take(pc.subtract(dates.cast(pa.int32()), int(_FIRST_DAY.astype(int))))


@cache
def _every_day() -> pa.Array:
    days = _FIRST_DAY + np.arange(_DAYS)
    return pa.array([f"{day:%d-%m-%Y}" for day in days.astype(dt.date)])


def _school_year(years: pa.ChunkedArray) -> pa.Array:
    """School years as 2024-2025."""
    return pc.binary_join_element_wise(years.cast(pa.string()), pc.add(years, 1).cast(pa.string()), "-")


def _yes_or_no(cells: pa.ChunkedArray) -> pa.Array:
    return pc.if_else(cells, "J", "N")


def _label(listed: str, codes: pa.ChunkedArray) -> pa.Array:
    """The Dutch words of a code list."""
    return _word(codelist(listed).labels(), codes)


def _word(words: dict[str, str], codes: pa.ChunkedArray) -> pa.Array:
    return pa.array([*words.values()]).take(pc.index_in(codes, value_set=pa.array([*words])))

"""What came back on a list: answers of a centre, checked against the list as it was made.

Belongs here: finding the answers in the cells, and refusing a file that is of another centre, forged or altered. Not here: opening the
file (`warehouse.filled_list`), the seals (`seals`), or where answers go (`pipelines.feedback`).
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from data_contracts.yaml_text import read_yaml
from delivery import words
from delivery.errors import DeliveryError
from delivery.excel import FORMAT_VERSION, KEY_SHEET, TREND_SHEET
from delivery.language import LOCALES, speaking
from delivery.parts import DUTY
from delivery.records import ListRecord
from delivery.seals import Seals, checked_rows

CONTESTED, WRONG_DATA = "contested", "wrong_data"
Cells = Mapping[str, Sequence[Sequence[Any]]]


@dataclass(frozen=True)
class Answer:
    """What a centre did with one row of a list. The note stays with the centre's list; it never goes to the data."""

    list_id: str
    pupil_id: str
    part: str
    action_code: str
    done_on: dt.date
    reply_until: dt.date | None
    is_new: bool | None
    outcome_code: str | None
    note: str | None


def list_id_in(cells: Cells) -> str:
    """The number of the list that a workbook says it is.

    Raises
    ------
    DeliveryError
        Where it says none.
    """
    return _keys(cells)["list_id"]


def answers_in(cells: Cells, record: ListRecord, clb_id: str | None, today: dt.date) -> list[Answer]:
    """All answers on a list that came back, in the order of the list.

    Parameters
    ----------
    cells
        The cells of the workbook, as `warehouse.filled_list` reads them.
    record
        The list as it was made.
    clb_id
        The centre that hands it in, where that is known.
    today
        The day on which it is handed in: no answer is of a later day.

    Raises
    ------
    DeliveryError
        Where it is of another centre or another list, was altered outside the yellow cells, or an answer is not one. Nothing is taken then.
    """
    keys = _keys(cells)
    _check_keys(keys, record, clb_id)
    seals = record.seals.get(keys["language"])
    if seals is None:
        raise DeliveryError(
            f"List {record.list_id} was never written in `{keys['language']}`. Fill in the list that was sent."
        )
    rows = {row.row_key: row for row in record.rows}
    with speaking(keys["language"]):
        return [
            Answer(record.list_id, rows[key].pupil_id, rows[key].part, *_told(where, answers, rows[key].part, today))
            for where, key, answers in _filled(cells, seals)
            if any(answers)
        ]


def _keys(cells: Cells) -> dict[str, str]:
    found = {row[0]: row[1] for row in cells.get(KEY_SHEET, ()) if len(row) > 1 and row[0] and row[1]}
    if (
        found.get("format_version") != str(FORMAT_VERSION)
        or "list_id" not in found
        or found.get("language") not in LOCALES
    ):
        raise DeliveryError("This is no list of ours, or one of an older form. Take the list as it was sent.")
    return found


def _check_keys(keys: Mapping[str, str], record: ListRecord, clb_id: str | None) -> None:
    if keys.get("clb_id") != record.clb_id or clb_id not in (None, record.clb_id):
        raise DeliveryError(f"List {record.list_id} is of another centre. Hand in the list of your own centre.")
    if keys.get("list_hash") != record.list_hash:
        raise DeliveryError(
            f"List {record.list_id} is not the list that was made: its hash differs. Take the list as it was sent last."
        )


def _filled(cells: Cells, seals: Seals) -> Iterator[tuple[str, str, list[str | None]]]:
    """Where each row stands, its key and its yellow cells; every sheet is checked, also those without answers."""
    strange = sorted(set(cells) - set(seals) - {KEY_SHEET, TREND_SHEET})
    missing = sorted(set(seals) - set(cells))
    if strange or missing:
        raise DeliveryError(
            f"The sheets are not those of the list: {len(missing)} missing, {len(strange)} strange. Take the list as it was sent."
        )
    for name, seal in seals.items():
        for number, key, answers in checked_rows(name, cells[name], seal):
            if seal.has_answers:
                yield f"Sheet `{name}`, row {number}", key, answers


def _told(where: str, answers: Sequence[str | None], part: str, today: dt.date) -> tuple[Any, ...]:
    action, is_new, done_on, outcome, note = answers
    code = _code(where, action, words.follow_ups())
    if code is None:
        raise DeliveryError(
            f"{where}: something is filled in, but not what was done. Choose an answer in the first yellow cell."
        )
    if part == DUTY and code == words.NEVER_FOR_DUTIES:
        raise DeliveryError(f"{where}: A duty is always relevant. Choose another answer.")
    yes, no = words.yes_no()
    new = {yes: True, no: False, None: None}.get(is_new, "?")
    if new == "?":
        raise DeliveryError(
            f"{where}: “{yes}” or “{no}” says whether the pupil was new. Choose one, or leave the cell empty."
        )
    day = _day(where, done_on, today)
    came = _code(where, outcome, words.outcomes())
    if came and code not in (CONTESTED, WRONG_DATA):
        raise DeliveryError(f"{where}: an outcome goes with wrong data or a contested line only. Empty the cell.")
    reply = day + dt.timedelta(days=reply_days(day)) if code == CONTESTED and came is None else None
    return code, day, reply, new, came, note


def _code(where: str, answer: str | None, labels: Mapping[str, str]) -> str | None:
    found = {label: code for code, label in labels.items()}
    if answer is not None and answer not in found:
        raise DeliveryError(f"{where}: an answer is not one of {', '.join(found)}. Choose from the list in the cell.")
    return found.get(answer) if answer else None


def _day(where: str, text: str | None, today: dt.date) -> dt.date:
    """The day that was filled in, or that of handing in."""
    try:
        day = dt.date.fromisoformat(text) if text else today
    except ValueError:
        raise DeliveryError(f"{where}: the date is none. Write it as 31/01/2026.") from None
    if day > today:
        raise DeliveryError(f"{where}: the date lies after {today}. Write the day on which it was done.")
    return day


def reply_days(on_date: dt.date) -> int:
    """How many days one may take to answer who contests a line."""
    return [int(row["reply_days"]) for row in _settings() if row["valid_from"] <= on_date][-1]


@cache
def _settings() -> list[dict[str, Any]]:
    text = (files("delivery") / "feedback.yaml").read_text(encoding="utf-8")
    return sorted(read_yaml(text), key=lambda row: row["valid_from"])

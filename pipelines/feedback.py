"""Feedback: lists that come back filled in become a delivery like any other.

Belongs here: from a workbook to a delivery of system `feedback`, and the corrections that it opens. Not here: checking and reading answers
(`delivery.feedback`), or mapping them (`data_contracts/mappings/feedback`).
"""

import csv
import datetime as dt
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from delivery import DeliveryError
from delivery.feedback import CONTESTED, WRONG_DATA, Answer, answers_in, list_id_in
from delivery.files import write_whole
from pipelines import made_lists
from warehouse.audit import record as tell
from warehouse.child import run_limited
from warehouse.home import Home
from warehouse.landing import Delivery, deliver
from warehouse.rotation import in_force

SYSTEM = "feedback"
MOST_SECONDS, MOST_BYTES = 120, 2 << 30
_COLUMNS = (
    "list_id",
    "pupil_id",
    "action_code",
    "follow_up_date",
    "reply_until_date",
    "part_code",
    "is_new",
    "outcome_code",
    "known_date",
)


@dataclass(frozen=True)
class TakenIn:
    """What a list that came back brought: its number and centre, its answers, and the delivery that they became."""

    list_id: str
    clb_id: str
    answers: int
    corrections: int
    contested: int
    delivery: Delivery | None
    is_new: bool


def take_in(home: Home, path: Path, *, clb: str | None, password: str | None, today: dt.date) -> TakenIn:
    """Take in one filled-in list.

    Parameters
    ----------
    clb
        The centre that hands it in; a list of another centre is refused.
    password
        What the workbook was locked with, if it was.
    today
        The day on which it is handed in.

    Raises
    ------
    DeliveryError, GateError
        Where it is refused: nothing of it stays.
    """
    task = {"path": str(path.absolute()), "password": password}
    cells = run_limited("read_filled_list", task, seconds=MOST_SECONDS, memory_bytes=MOST_BYTES)
    record = made_lists.find(home, list_id_in(cells))
    answers = answers_in(cells, record, clb, today)
    tell(home, "feedback", list=record.list_id, clb=record.clb_id, answers=len(answers))
    delivery, is_new = _deliver(home, answers, today) if answers else (None, False)
    _keep_corrections(home, record.clb_id, answers)
    wrong, contested = (sum(answer.action_code == code for answer in answers) for code in (WRONG_DATA, CONTESTED))
    return TakenIn(record.list_id, record.clb_id, len(answers), wrong, contested, delivery, is_new)


def _deliver(home: Home, answers: Sequence[Answer], today: dt.date) -> tuple[Delivery, bool]:
    pupils = in_force(home, sorted({answer.pupil_id for answer in answers}))
    rows = {
        _row(answer, pupils[answer.pupil_id], today)[:4]: _row(answer, pupils[answer.pupil_id], today)
        for answer in answers
    }
    with tempfile.TemporaryDirectory(dir=home.temp) as folder:
        with (Path(folder) / f"feedback_{answers[0].list_id}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(_COLUMNS)
            writer.writerows(rows[key] for key in sorted(rows))
        return deliver(home, Path(folder), SYSTEM)


def _row(answer: Answer, pupil_id: str, today: dt.date) -> tuple[str, ...]:
    is_new = "" if answer.is_new is None else str(answer.is_new).lower()
    reply = answer.reply_until.isoformat() if answer.reply_until else ""
    told = (answer.list_id, pupil_id, answer.action_code, answer.done_on.isoformat(), reply, answer.part, is_new)
    return (*told, answer.outcome_code or "", today.isoformat())


def _keep_corrections(home: Home, clb_id: str, answers: Sequence[Answer]) -> None:
    """Wrong data and contested lines, with their notes: open until an outcome is told. They stay beside the lists of the centre."""
    path = home.lists / made_lists.FOLDER / clb_id / "corrections.jsonl"
    told = [answer for answer in answers if answer.action_code in (WRONG_DATA, CONTESTED)]
    if not told:
        return
    before = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    lines = {_key(json.loads(line)): line for line in before}
    for answer in told:
        values = {name: str(v) if isinstance(v, dt.date) else v for name, v in asdict(answer).items()}
        lines[_key(values)] = json.dumps(values, sort_keys=True)
    write_whole(path, ("\n".join(lines[key] for key in sorted(lines)) + "\n").encode())


def _key(values: dict[str, str]) -> tuple[str, ...]:
    return tuple(values[name] for name in ("list_id", "part", "pupil_id", "action_code"))


def the_one_file(source: Path) -> Path:
    """The workbook that was named, or the only one in a folder.

    Raises
    ------
    DeliveryError
        Where a folder holds none or more.
    """
    if source.is_file():
        return source
    found = sorted(source.glob("*.xlsx"))
    if len(found) != 1:
        raise DeliveryError(f"{source} holds {len(found)} Excel files. Name one filled-in list at a time.")
    return found[0]

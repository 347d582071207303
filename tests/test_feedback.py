"""A list that goes out and comes back: locked, opened, filled in, delivered, and refused where it is not what was sent."""

import datetime as dt
import io
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import delivery_example as ex
import openpyxl
import pytest

from delivery import DeliveryError, build_list, speaking
from delivery.columns import OPEN_COLUMNS
from delivery.excel import KEY_SHEET, workbook
from delivery.feedback import Answer, answers_in, reply_days
from delivery.moment_words import MOMENTS
from delivery.records import ListRecord, record_from, record_of
from delivery.sealed_excel import encrypted
from warehouse.filled_list import read_filled_list
from warehouse.gate import GateError

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
TODAY = dt.date(2026, 4, 20)
SHEET = MOMENTS[ex.IN_YEAR].sheet
DUTIES = "Verplicht opvolgen"
PASSWORD = "een lange zin"
Change = Callable[[openpyxl.Workbook], None]


def made(language: str = "nl", clb: str = ex.CLB) -> tuple[bytes, ListRecord]:
    source, about = ex.example()
    if clb != ex.CLB:
        source = ex.source([ex.score("p90", 0.5, clb=clb)], [], [])
    risk_list = build_list(clb, source, ex.names, about, ex.last_list(source) if clb == ex.CLB else None)
    with speaking(language):
        content, seals = workbook(risk_list)
    return content, record_of(risk_list, {language: seals})


@pytest.fixture(scope="module")
def sent() -> tuple[bytes, ListRecord]:
    return made()


def place_of(sheet: Any, title: str) -> tuple[int, int]:
    """Line of the header and column of a title, counted from 1."""
    return next((c.row, c.column) for row in sheet.iter_rows() for c in row if c.value == title)


def fill(sheet: Any, nth: int, *answers: Any) -> int:
    """Fill in the yellow cells of the nth row; returns its line."""
    line, column = place_of(sheet, OPEN_COLUMNS[0].title)
    for offset, answer in enumerate(answers):
        sheet.cell(line + nth, column + offset).value = answer
    return line + nth


def came_back(content: bytes, folder: Path, change: Change, password: str | None = None) -> dict[str, Any]:
    """The cells of a workbook that was opened, changed and saved by another program."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    path = folder / "terug.xlsx"
    book.save(path)
    if password:
        path.write_bytes(encrypted(path.read_bytes(), password))
    return read_filled_list({"path": str(path), "password": password})


def test_answers_come_back_as_they_were_given(sent, tmp_path):
    content, record = sent

    def filled(book: openpyxl.Workbook) -> None:
        fill(book[SHEET], 1, "contact gelegd", "ja", dt.date(2026, 4, 10), None, "gebeld")
        fill(book[SHEET], 2, "betwist", None, dt.date(2026, 4, 3))
        fill(book[SHEET], 3, "gegevens kloppen niet", "nee", None, "aangepast", "verkeerde school")
        fill(book[DUTIES], 1, "al begeleid", "nee", dt.date(2026, 4, 9))

    answers = answers_in(came_back(content, tmp_path, filled), record, ex.CLB, TODAY)
    rows = [row.pupil_id for row in record.rows if row.part == ex.IN_YEAR]
    duty = next(row.pupil_id for row in record.rows if row.part == "duty")
    list_id = record.list_id
    assert answers == [
        Answer(list_id, duty, "duty", "already_guided", dt.date(2026, 4, 9), None, False, None, None),
        Answer(list_id, rows[0], ex.IN_YEAR, "contact_made", dt.date(2026, 4, 10), None, True, None, "gebeld"),
        Answer(list_id, rows[1], ex.IN_YEAR, "contested", dt.date(2026, 4, 3), dt.date(2026, 5, 3), None, None, None),
        Answer(list_id, rows[2], ex.IN_YEAR, "wrong_data", TODAY, None, False, "changed", "verkeerde school"),
    ]
    assert reply_days(TODAY) == 30


def test_a_list_in_english_is_answered_in_english(tmp_path):
    content, record = made("en")

    def answered(book: openpyxl.Workbook) -> None:
        line, column = place_of(book["This year - secondary"], "What did you do?")
        book["This year - secondary"].cell(line + 1, column).value = "contact made"

    answers = answers_in(came_back(content, tmp_path, answered), record, None, TODAY)
    assert [(answer.action_code, answer.done_on) for answer in answers] == [("contact_made", TODAY)]


def test_a_list_that_comes_back_empty_has_no_answers(sent, tmp_path):
    assert answers_in(came_back(sent[0], tmp_path, lambda book: None), sent[1], ex.CLB, TODAY) == []


def test_a_record_survives_being_kept(sent):
    assert record_from(json.loads(json.dumps(sent[1].as_json()))) == sent[1]


def forged_key(book: openpyxl.Workbook) -> None:
    sheet = book[SHEET]
    line, column = place_of(sheet, "Rijsleutel")
    sheet.cell(line + 1, column).value = "0123456789abcdef"


def swapped_keys(book: openpyxl.Workbook) -> None:
    sheet = book[SHEET]
    line, column = place_of(sheet, "Rijsleutel")
    one, two = sheet.cell(line + 1, column), sheet.cell(line + 2, column)
    one.value, two.value = two.value, one.value


def other_name(book: openpyxl.Workbook) -> None:
    line, column = place_of(book[SHEET], "Naam")
    book[SHEET].cell(line + 1, column).value = "Vervalst"


def other_chance(book: openpyxl.Workbook) -> None:
    line, column = place_of(book[SHEET], "Kans")
    book[SHEET].cell(line + 1, column).value = 0.99


def added_row(book: openpyxl.Workbook) -> None:
    sheet = book[SHEET]
    for column in range(1, sheet.max_column + 1):
        sheet.cell(sheet.max_row + (1 if column == 1 else 0), column).value = sheet.cell(
            sheet.max_row - 1, column
        ).value


def doubled_row(book: openpyxl.Workbook) -> None:
    sheet = book[SHEET]
    line = sheet.max_row
    for column in range(1, sheet.max_column + 1):
        sheet.cell(line + 1, column).value = sheet.cell(line, column).value


def lost_row(book: openpyxl.Workbook) -> None:
    book[SHEET].delete_rows(book[SHEET].max_row)


def other_banner(book: openpyxl.Workbook) -> None:
    book[SHEET]["A1"].value = "Iets anders"


def other_list(book: openpyxl.Workbook) -> None:
    book[KEY_SHEET]["B4"].value = "0" * 64


def other_centre(book: openpyxl.Workbook) -> None:
    line = next(row for row in book[KEY_SHEET].iter_rows() if row[0].value == "clb_id")
    line[1].value = "900002"


def lost_sheet(book: openpyxl.Workbook) -> None:
    del book[DUTIES]


def strange_sheet(book: openpyxl.Workbook) -> None:
    book.create_sheet("Extra")["A1"] = "x"


ALTERED = {
    forged_key: "row was altered|a text is not ours|lacks 1 row",
    swapped_keys: "row 14 was altered",
    other_name: "row 14 was altered outside",
    other_chance: "row 14 was altered",
    added_row: "holds a row twice",
    doubled_row: "holds a row twice",
    lost_row: "lacks 1 row",
    other_banner: "a text is not ours",
    other_list: "its hash differs",
    other_centre: "is of another centre",
    lost_sheet: "1 missing, 0 strange",
    strange_sheet: "0 missing, 1 strange",
}


@pytest.mark.parametrize("change", ALTERED, ids=lambda change: change.__name__)
def test_a_list_that_was_altered_outside_the_yellow_cells_is_refused_and_nobody_is_named(sent, tmp_path, change):
    with pytest.raises(DeliveryError, match=ALTERED[change]) as refused:
        answers_in(came_back(sent[0], tmp_path, change), sent[1], ex.CLB, TODAY)
    assert not any(name in str(refused.value) for name in (*ex.FIRST, *ex.LAST, "Vervalst"))


def test_the_list_of_another_centre_is_refused(sent, tmp_path):
    _, other = made(clb="900002")
    cells = came_back(sent[0], tmp_path, lambda book: None)
    with pytest.raises(DeliveryError, match="another centre"):
        answers_in(cells, other, "900002", TODAY)
    with pytest.raises(DeliveryError, match="another centre"):
        answers_in(cells, sent[1], "900002", TODAY)


WRONG = {
    "not one of gezien": ("misschien",),
    "not what was done": (None, "ja"),
    "says whether the pupil was new": ("gezien", "misschien"),
    "the date is none": ("gezien", None, "morgen"),
    "lies after 2026-04-20": ("gezien", None, dt.date(2026, 4, 21)),
    "an outcome goes with": ("gezien", None, None, "aangepast"),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_answer_is_refused_with_its_row(sent, tmp_path, message):
    cells = came_back(sent[0], tmp_path, lambda book: fill(book[SHEET], 2, *WRONG[message]))
    with pytest.raises(DeliveryError, match=f"Sheet `{SHEET}`, row 15: .*{message}"):
        answers_in(cells, sent[1], ex.CLB, TODAY)


def test_a_duty_is_never_not_relevant(sent, tmp_path):
    cells = came_back(sent[0], tmp_path, lambda book: fill(book[DUTIES], 1, "niet relevant"))
    with pytest.raises(DeliveryError, match="A duty is always relevant"):
        answers_in(cells, sent[1], ex.CLB, TODAY)


def test_a_formula_a_macro_a_wrong_password_and_no_workbook_are_refused(sent, tmp_path):
    with pytest.raises(GateError, match="formula in row 14"):
        came_back(sent[0], tmp_path, lambda book: fill(book[SHEET], 1, "gezien", None, None, None, "=1+1"))
    locked = tmp_path / "op_slot.xlsx"
    locked.write_bytes(encrypted(sent[0], PASSWORD))
    for password, message in ((None, "locked with a password"), ("niet dit woord", "does not open")):
        with pytest.raises(GateError, match=message):
            read_filled_list({"path": str(locked), "password": password})
    (tmp_path / "tekst.xlsx").write_text("geen werkboek")
    with pytest.raises(GateError, match="no Excel file"):
        read_filled_list({"path": str(tmp_path / "tekst.xlsx"), "password": None})


def test_locked_opened_filled_in_and_locked_again_gives_exactly_the_answers(sent, tmp_path):
    content, record = sent
    cells = came_back(content, tmp_path, lambda book: fill(book[SHEET], 1, "gezien", "ja"), PASSWORD)
    assert [(a.action_code, a.is_new) for a in answers_in(cells, record, ex.CLB, TODAY)] == [("seen", True)]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[bytes], bytes]]:
    """LibreOffice without a window: opens a workbook and saves it again."""
    found = shutil.which("soffice")
    assert found, "LibreOffice is needed: apt-get install libreoffice-calc-nogui"
    folder = tmp_path_factory.mktemp("office")

    def saved_again(content: bytes) -> bytes:
        (folder / "in.xlsx").write_bytes(content)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = [
            found,
            profile,
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            f"{folder}/out",
        ]
        subprocess.run([*command, str(folder / "in.xlsx")], check=True, capture_output=True, timeout=240)
        return (folder / "out" / "in.xlsx").read_bytes()

    yield saved_again


def test_libreoffice_keeps_filters_choices_protection_and_answers(sent, office, tmp_path):
    """Filled in, saved by LibreOffice, and still a list that is taken in."""
    content, record = sent
    book = openpyxl.load_workbook(io.BytesIO(content))
    fill(book[SHEET], 1, "contact gelegd", "ja", dt.date(2026, 4, 10))
    first = io.BytesIO()
    book.save(first)
    for answered, expected in ((content, []), (first.getvalue(), [("contact_made", True, dt.date(2026, 4, 10))])):
        again = office(answered)
        sheet = openpyxl.load_workbook(io.BytesIO(again))[SHEET]
        line, column = place_of(sheet, OPEN_COLUMNS[0].title)
        assert sheet.protection.sheet and next(iter(sheet.tables.values())).autoFilter
        assert any(rule.type == "dataBar" for found in sheet.conditional_formatting for rule in found.rules)
        choices = [rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"]
        assert len(choices) == 3 and any("contact gelegd" in choice for choice in choices)
        assert not sheet.cell(line + 1, column).protection.locked and sheet.cell(line + 1, 2).protection.locked
        (tmp_path / "terug.xlsx").write_bytes(again)
        cells = read_filled_list({"path": str(tmp_path / "terug.xlsx"), "password": None})
        answers = answers_in(cells, record, ex.CLB, TODAY)
        assert [(a.action_code, a.is_new, a.done_on) for a in answers] == expected

"""What the workbook promises a CLB worker, read back with openpyxl."""

import datetime as dt
import io
import os
import zipfile
from pathlib import Path

import delivery_example as ex
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery import DeliveryError, Gate, build_list, excel_bytes, words, write_excel
from delivery.columns import FOLLOW_UP, KEY, RISK_COLUMNS
from delivery.files import write_whole
from delivery.language import SPACE
from delivery.moment_words import MOMENTS
from delivery.shapes import RiskList

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")  # it does not know data bars
SHEET = MOMENTS[ex.IN_YEAR].sheet
NASTY = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", " =1", "http://x.test", "0012", "ftp://y"]


def opened(risk_list: RiskList) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(excel_bytes(risk_list)))


def header_of(sheet) -> tuple[int, list[str]]:
    """Line of the table's header, counted from 1, and its titles."""
    line = int(next(iter(sheet.tables.values())).ref.split(":")[0].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    return line, [cell.value for cell in sheet[line]]


@pytest.fixture(scope="module")
def risk_list() -> RiskList:
    source, about = ex.example()
    return build_list(ex.CLB, source, ex.names, about)


@pytest.fixture(scope="module")
def book(risk_list):
    return opened(risk_list)


def test_the_sheets_are_the_overview_the_duties_one_a_listed_moment_and_the_cases(book):
    shown = [sheet.title for sheet in book if sheet.sheet_state == "visible"]
    cases = ["Niet aangekomen", "Warme overdracht", "Niet voltijds op school"]
    assert shown == ["Overzicht", "Verplicht opvolgen", MOMENTS[ex.ONWARD].sheet, SHEET, *cases]


def test_the_overview_says_until_when_made_on_which_model_that_it_is_no_decision_and_how_good_it_is(book, risk_list):
    text = "\n".join(str(cell) for row in book["Overzicht"].values for cell in row if cell is not None)
    for needed in (
        "Gegevens tot",
        "31/03/2026",
        "Lijst gemaakt op",
        "02/04/2026",
        ex.MODELS[ex.IN_YEAR],
        risk_list.list_id,
    ):
        assert needed in text
    assert "Dit is geen beslissing" in text
    assert "Van 10 leerlingen op deze lijst vallen er naar schatting 6 uit" in text
    assert f"De lijst mist 42{SPACE}%" in text
    assert "Geen lijst. De reden: de kansen klopten niet" in text


@pytest.mark.parametrize("name", ["Verplicht opvolgen", SHEET])
def test_a_list_sheet_has_filters_a_frozen_header_and_prints_on_wide_pages(book, name):
    sheet = book[name]
    line, _ = header_of(sheet)
    assert next(iter(sheet.tables.values())).autoFilter is not None
    assert sheet.freeze_panes == f"{'C' if name == 'Verplicht opvolgen' else 'D'}{line + 1}"
    page = sheet.page_setup
    assert (page.orientation, page.fitToWidth or 1, page.fitToHeight) == ("landscape", 1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.print_title_rows == f"${line}:${line}"


@pytest.mark.parametrize("name", ["Verplicht opvolgen", SHEET])
def test_only_the_feedback_cells_are_open(book, name):
    sheet = book[name]
    line, titles = header_of(sheet)
    assert sheet.protection.sheet and not sheet.protection.autoFilter
    open_cells = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    place = titles.index(FOLLOW_UP) + 1
    lines = range(line + 1, sheet.max_row + 1)
    assert open_cells == {sheet.cell(row, column).coordinate for row in lines for column in range(place, place + 5)}


def test_the_answers_are_a_drop_down_and_a_duty_is_never_not_useful(book):
    for name, answers in (("Verplicht opvolgen", words.follow_ups(for_duty=True)), (SHEET, words.follow_ups())):
        rules = book[name].data_validations.dataValidation
        choices = [rule.formula1 for rule in rules if rule.type == "list"]
        assert choices == [f'"{",".join(answers.values())}"', '"ja,nee"', '"aangepast,niet aangepast"']
        assert [rule.type for rule in rules].count("date") == 1
        assert {str(rule.sqref).split(":")[1].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for rule in rules} == {
            str(book[name].max_row)
        }


def test_row_keys_are_hidden_not_printed_and_those_of_the_list(book, risk_list):
    sheet = book[SHEET]
    line, titles = header_of(sheet)
    letter = openpyxl.utils.get_column_letter(titles.index(KEY) + 1)
    assert sheet.column_dimensions[letter].hidden and f"${letter}$" not in str(sheet.print_area)
    keys = [sheet[f"{letter}{row}"].value for row in range(line + 1, sheet.max_row + 1)]
    assert keys == [row.row_key for part in risk_list.moments if part.moment == ex.IN_YEAR for row in part.rows]


def test_the_list_hash_is_in_a_hidden_sheet_and_no_pseudonym_is_anywhere(book, risk_list):
    assert book["_lijst"].sheet_state == "veryHidden"
    assert dict(book["_lijst"].values)["list_hash"] == risk_list.list_hash
    cells = {cell for sheet in book for row in sheet.values for cell in row}
    assert not cells & {person.pupil_id for person in risk_list.persons}


def test_chances_and_dates_are_values_shown_the_belgian_way(book):
    sheet = book[SHEET]
    line, titles = header_of(sheet)
    chance = sheet.cell(line + 1, titles.index("Kans") + 1)
    assert isinstance(chance.value, float) and chance.number_format == '[<0.01]"< 1 %";0" "%'
    duties = book["Verplicht opvolgen"]
    line, titles = header_of(duties)
    known = duties.cell(line + 1, titles.index("Bekend tot") + 1)
    assert known.value.date() == dt.date(2026, 3, 31) and known.number_format == "dd\\/mm\\/yyyy"


def test_the_band_is_a_word_with_its_own_colour_and_the_chance_has_a_bar(book, risk_list):
    sheet = book[SHEET]
    line, titles = header_of(sheet)
    place = titles.index("Risico") + 1
    looks = {
        sheet.cell(row, place).value: sheet.cell(row, place).fill.fgColor.rgb
        for row in range(line + 1, sheet.max_row + 1)
    }
    assert set(looks) == {"hoog", "zeer hoog"} and len(set(looks.values())) == 2
    assert [rule.type for rules in sheet.conditional_formatting for rule in rules.rules] == ["dataBar"]


@given(st.one_of(st.sampled_from(NASTY), st.builds("{}{}".format, st.sampled_from("=+-@"), st.text(max_size=20))))
@settings(max_examples=25, deadline=None)
def test_no_text_becomes_a_formula_link_or_number(text):
    """Names and sentences come from outside; also a cell that a user edits and leaves must stay text."""
    reasons = [{**row, "sentence_nl": text} for row in ex.reasons_of("p1", ex.IN_YEAR, [0])]
    source = ex.source([ex.score("p1", 0.9)], [ex.duty("p1", "guidance_file", 5, 5)], reasons)
    book = opened(build_list(ex.CLB, source, lambda pupils: {"p1": (text, text, text)}, ex.about()))
    for sheet in book:
        for cell in (cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)):
            assert cell.data_type == "s" and not cell.value.startswith(("=", "+", "-", "@", "\t", "\r"))
            assert cell.hyperlink is None or cell.hyperlink.location


def test_the_same_list_gives_the_same_bytes_also_elsewhere_and_later(risk_list, monkeypatch):
    first = excel_bytes(risk_list)
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    source, about = ex.example()
    assert excel_bytes(build_list(ex.CLB, source, ex.names, about)) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        assert b"2026-04-02T00:00:00Z" in archive.read("docProps/core.xml")


def test_duties_alone_make_a_workbook_that_says_why_there_is_no_list():
    closed = {moment: Gate(False, "te weinig gegevens.") for moment in ex.MODELS}
    source = ex.source([], [ex.duty("p2", "guidance_file", 5, 5)], [])
    book = opened(build_list(ex.CLB, source, ex.names, ex.about(**closed)))
    assert [sheet.title for sheet in book] == ["Overzicht", "Verplicht opvolgen", "_lijst"]
    cells = [cell for row in book["Overzicht"].values for cell in row if isinstance(cell, str)]
    assert sum("te weinig gegevens." in cell for cell in cells) == 3


def test_without_duties_the_duty_sheet_says_so():
    book = opened(build_list(ex.CLB, ex.source([ex.score("p1", 0.9)], [], []), ex.names, ex.about()))
    assert words.MUST_ACT_EMPTY in [row[0] for row in book["Verplicht opvolgen"].values]


def test_a_text_too_long_for_a_cell_is_refused_not_cut():
    source = ex.source([ex.score("p1", 0.9)], [], [])
    with pytest.raises(DeliveryError, match="too long"):
        excel_bytes(build_list(ex.CLB, source, lambda pupils: {"p1": ("x" * 40_000, "y", None)}, ex.about()))


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(risk_list, tmp_path, monkeypatch):
    path = tmp_path / "lijst.xlsx"
    path.write_bytes(b"old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DeliveryError, match="No space left"):
        write_excel(risk_list, path)
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


def test_a_written_file_is_whole_and_closed_to_other_users(risk_list, tmp_path):
    path = write_excel(risk_list, tmp_path / "lijst.xlsx")
    assert path.read_bytes() == excel_bytes(risk_list) and path.stat().st_mode & 0o077 == 0
    assert [file.name for file in tmp_path.iterdir()] == ["lijst.xlsx"]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(DeliveryError, match="nowhere"):
        write_whole(Path(tmp_path / "nowhere" / "lijst.xlsx"), b"")


def test_a_column_is_as_wide_as_its_words_and_a_row_as_high_as_its_reasons(book, risk_list):
    sheet = book[SHEET]
    line, titles = header_of(sheet)
    for column in RISK_COLUMNS:
        width = sheet.column_dimensions[openpyxl.utils.get_column_letter(titles.index(column.title) + 1)].width
        assert max(map(len, column.title.split())) < width <= column.widest + 3
    heights = [sheet.row_dimensions[row].height for row in range(line + 1, sheet.max_row + 1)]
    n_reasons = [len(row.reasons) for part in risk_list.moments if part.moment == ex.IN_YEAR for row in part.rows]
    assert all(height >= 12 * n for height, n in zip(heights, n_reasons, strict=True))

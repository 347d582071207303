"""The first sheet: what this file is, how good it is, how to work with it, and what it does not know.

Belongs here: the overview only. Its sentences are in `words`.
"""

from delivery import words
from delivery.excel_sheet import Page, Sheet, finish
from delivery.language import day, say
from delivery.moment_words import MOMENTS
from delivery.shapes import MomentList

_WIDTHS = (30, 13, 110)


def write_overview(sheet: Sheet) -> None:
    """Write the overview as the first sheet."""
    page = sheet.add(say(words.OVERVIEW))
    for place, width in enumerate(_WIDTHS):
        page.raw.set_column(place, place, width)
    _head(page)
    _lists(page)
    for title, texts in ((words.HOW_TO, words.STEPS), (words.LIMITS_TITLE, words.LIMITS)):
        page.line(say(title), "heading")
        for number, text in enumerate(texts, 1):
            page.line(f"{number}. {say(text)}")
        page.next_line += 1
    finish(page)
    page.raw.print_area(0, 0, page.next_line, len(_WIDTHS) - 1)


def _head(page: Page) -> None:
    risk_list = page.sheet.risk_list
    page.line(say(words.TITLE).format(clb_id=risk_list.clb_id), "title")
    page.line(say(words.NO_DECISION), "warning")
    page.next_line += 1
    facts = {
        words.DATA_UNTIL: day(risk_list.data_until),
        words.MADE_ON: day(risk_list.made_on),
        words.MODEL: ", ".join(moment.model_version for moment in risk_list.moments if moment.model_version)
        or say(words.NO_MODEL),
        words.LIST_NUMBER: risk_list.list_id,
        words.PUBLICATION: risk_list.publication_id,
    }
    for label, value in facts.items():
        page.text(page.next_line, 0, say(label), "label")
        page.text(page.next_line, 1, value)
        page.next_line += 1
    if risk_list.n_without_name:
        page.line(say(words.WITHOUT_NAME).format(n=risk_list.n_without_name), "warning")
    page.next_line += 1


def _lists(page: Page) -> None:
    for place, title in enumerate((words.LISTS, words.PUPILS, words.REMARK)):
        page.text(page.next_line, place, say(title), "header")
    page.next_line += 1
    _row(page, say(words.MUST_ACT), len(page.sheet.risk_list.duties), [say(words.MUST_ACT_LEAD)], has_sheet=True)
    for moment in page.sheet.risk_list.moments:
        has_sheet = moment.status == "listed"
        _row(page, say(MOMENTS[moment.moment].sheet), len(moment.rows), _remark(moment), has_sheet=has_sheet)
    page.next_line += 1


def _row(page: Page, name: str, n_pupils: int, remark: list[str], *, has_sheet: bool) -> None:
    if has_sheet:
        page.raw.write_url(page.next_line, 0, f"internal:'{name}'!A1", page.sheet.look("link"), name)
        page.raw.write_number(page.next_line, 1, n_pupils, page.sheet.look("number"))
        page.keep(page.next_line, 0, name)
        page.keep(page.next_line, 1, n_pupils)
    else:
        page.text(page.next_line, 0, name, "text")
        page.text(page.next_line, 1, "–", "number")
    text = "\n".join(remark)
    page.text(page.next_line, 2, text, "text")
    page.fit_height(page.next_line, [(text, _WIDTHS[2])])
    page.next_line += 1


def _remark(moment: MomentList) -> list[str]:
    if moment.status != "listed" or moment.honest_card is None or moment.valid_until is None:
        return [words.why_no_list(moment)]
    lines = words.about_moment(moment)
    if moment.honest_card.auc is not None:
        lines.append(words.about_ranking(moment.honest_card.auc))
    usable = say("Model {model}. Te gebruiken tot {day}.")
    lines.append(usable.format(model=moment.model_version, day=day(moment.valid_until)))
    return lines

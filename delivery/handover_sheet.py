"""The sheet that goes with a pupil to the partner who takes over: the minimum fields, and only with consent.

Belongs here: filling and refusing the sheet. Not here: which handovers are open (`cases`), or PDF itself (`pdf`).
"""

from delivery import case_words
from delivery.errors import DeliveryError
from delivery.html import shared, template
from delivery.language import day, say
from delivery.pdf import pdf_bytes
from delivery.shapes import HandoverRow, RiskList


def may_be_handed_over(row: HandoverRow) -> bool:
    """Whether there is consent and a partner to hand over to."""
    return row.has_consent is True and row.partner_name is not None


def sheet_bytes(risk_list: RiskList, row: HandoverRow) -> bytes:
    """The sheet of one handover as PDF, in the language of now.

    Raises
    ------
    DeliveryError
        Where the pupil or the parents did not agree, or no partner takes over.
    """
    if row.has_consent is not True:
        raise DeliveryError(
            "There is no consent for this handover, so there is no sheet. Ask the pupil or the parents first."
        )
    if row.partner_name is None:
        raise DeliveryError("No partner takes over yet, so there is no sheet. Choose one with the pupil first.")
    return pdf_bytes(sheet_page(risk_list, row))


def sheet_page(risk_list: RiskList, row: HandoverRow) -> str:
    """The sheet as a page: nothing on it but what the partner needs."""
    person = row.person
    values = (
        person.last_name or "",
        person.first_name or "",
        day(row.birth_date) if row.birth_date else "",
        person.school_name or "",
        day(row.exit_date),
        case_words.situation(row.situation_code),
        case_words.consent(row),
        row.partner_name or "",
        f"CLB {risk_list.clb_id}",
    )
    titles = [say(title) for title in case_words.SHEET_FACTS]
    return template("handover.html").render(
        texts=case_words,
        facts=list(zip(titles, values, strict=True)),
        step=case_words.handover_step(row),
        signs=[say(title) for title in case_words.SHEET_SIGNS],
        made_on=risk_list.made_on,
        list_id=risk_list.list_id,
        **shared(risk_list.clb_id),
    )

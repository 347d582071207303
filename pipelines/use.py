"""Use: the lists of each centre, from the current publication and the names in the vault.

Belongs here: writing the files of lists, with a record and an entry in the audit chain for each. Not here: reading what lists need
(`list_sources`), what is on a list or how it looks (`delivery`).
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from delivery import DeliveryError, RiskList, build_list, html_text, speaking
from delivery.csv_file import csv_bytes
from delivery.excel import workbook
from delivery.files import write_whole
from delivery.handover_sheet import may_be_handed_over, sheet_bytes
from delivery.pdf import pdf_bytes
from delivery.records import record_of
from delivery.sealed_excel import encrypted
from delivery.seals import Seals
from pipelines import made_lists
from pipelines.list_sources import never_enrolled_without_centre, sources, without_centre
from warehouse.audit import record as tell
from warehouse.home import Home
from warehouse.publication import current
from warehouse.vault import Identity, names_of

FORMATS = ("xlsx", "html", "pdf", "csv")


@dataclass(frozen=True)
class Wish:
    """How lists are to be written: formats, language, and the password of the workbook."""

    formats: tuple[str, ...] = ("xlsx",)
    language: str = "nl"
    password: str | None = None

    def __post_init__(self) -> None:
        unknown = sorted(set(self.formats) - set(FORMATS))
        if unknown or not self.formats:
            raise DeliveryError(f"`{', '.join(unknown)}` is no format of lists. Use {', '.join(FORMATS)}.")
        if self.password is not None and set(self.formats) != {"xlsx"}:
            raise DeliveryError("A password locks a workbook only. Use it with --format xlsx, or leave it out.")


def write_lists(
    home: Home,
    *,
    clb: str | None,
    wish: Wish | None = None,
    out: Path | None = None,
    on: dt.date | None = None,
    on_refusal: Callable[[str], None] = lambda reason: None,
) -> list[dict[str, Any]]:
    """Write the files of each centre; returns where they are and how many rows each list has.

    A centre for which no list can be made does not keep the others from theirs: `on_refusal` is told why.

    Raises
    ------
    DeliveryError
        Where there is no centre, or no list at all can be made.
    """
    published = current(home)
    found = sources(home, published, on, clb)
    if not found.about.capacity:
        raise DeliveryError("The data name no centre (CLB), so there are no lists. Deliver `clb_areas` to have them.")
    folder = out or home.lists / published.id
    folder.mkdir(parents=True, exist_ok=True)
    names = _names(home)
    written, refused = [], []
    for centre, source in found.of_centre.items():
        try:
            made = build_list(centre, source, names, found.about, found.last.get(centre))
        except DeliveryError as error:
            refused.append(str(error))
            continue
        written += write_list(home, made, wish or Wish(), folder)
    if refused and not written:
        raise DeliveryError("\n".join(refused))
    for school, pupils in without_centre(published):
        refused.append(
            f"School {school} has no CLB on {published.manifest['as_of']}: {pupils} of its pupils are on no list. Deliver `clb_areas`."
        )
    for place, children in never_enrolled_without_centre(published):
        refused.append(
            f"Municipality {place} is not served by one centre alone: {children} of its children who were never enrolled are on no list."
            " Agree with the centres who calls them."
        )
    for reason in refused:
        on_refusal(reason)
    return written


def write_handovers(home: Home, *, clb: str, language: str = "nl", out: Path | None = None) -> dict[str, Any]:
    """Write the handover sheets of one centre, for pupils with consent and a partner; returns where they are and what is open.

    Raises
    ------
    DeliveryError
        Where the centre is unknown or has nothing to list at all.
    """
    published = current(home)
    found = sources(home, published, None, clb)
    made = build_list(clb, found.of_centre[clb], _names(home), found.about, found.last.get(clb))
    folder = out or home.lists / published.id
    folder.mkdir(parents=True, exist_ok=True)
    ready = [row for row in made.handovers if may_be_handed_over(row)]
    with speaking(language):
        sheets = {row.row_key: sheet_bytes(made, row) for row in ready}
    tell(home, "export", list=made.list_id, clb=clb, publication=published.id, what="handover", rows=len(sheets))
    paths = [write_whole(folder / f"overdracht_{clb}_{key}.pdf", content) for key, content in sheets.items()]
    return {
        "sheets": [str(path) for path in paths],
        "without_consent": sum(row.has_consent is not True for row in made.handovers),
        "without_partner": sum(row.has_consent is True and row.partner_name is None for row in made.handovers),
        "lost_from_sight": sum(row.is_lost for row in made.handovers),
    }


def write_list(home: Home, made: RiskList, wish: Wish, folder: Path) -> list[dict[str, Any]]:
    """Write one list in each format that is wished; the audit chain knows of it before the first file is there."""
    with speaking(wish.language):
        seals, files = _files(made, wish)
    rows = sum(len(moment.rows) for moment in made.moments)
    about = {"list": made.list_id, "clb": made.clb_id, "publication": made.publication_id}
    tell(home, "list", **about, rows=rows, must_act=len(made.duties), formats=" ".join(wish.formats))
    made_lists.keep(home, record_of(made, {wish.language: seals}))
    written = []
    for format, content in files.items():
        path = write_whole(folder / f"lijst_{made.clb_id}_{made.made_on.isoformat()}.{format}", content)
        written.append({"clb_id": made.clb_id, "file": str(path), "rows": rows, "must_act_rows": len(made.duties)})
    return written


def _files(made: RiskList, wish: Wish) -> tuple[Seals, dict[str, bytes]]:
    """The seals of the workbook, also where no workbook is wished, and the content of each format."""
    excel, seals = workbook(made)
    makers: dict[str, Callable[[], bytes]] = {
        "xlsx": lambda: encrypted(excel, wish.password) if wish.password else excel,
        "html": lambda: html_text(made).encode("utf-8"),
        "pdf": lambda: pdf_bytes(html_text(made, for_paper=True)),
        "csv": lambda: csv_bytes(made),
    }
    return seals, {format: makers[format]() for format in wish.formats}


def _names(home: Home) -> Callable[[Sequence[str]], dict[str, Identity]]:
    return lambda pupil_ids: names_of(home, pupil_ids)

"""A page as PDF: tagged (PDF/UA-1), so that a screen reader follows it, and the same bytes for the same page.

Belongs here: from HTML to PDF. Not here: what is on the page (`html`, `handover`).
"""

import hashlib
import logging
from pathlib import Path

from delivery.errors import DeliveryError
from delivery.files import write_whole
from delivery.html import html_text
from delivery.shapes import RiskList


def write_pdf(risk_list: RiskList, path: Path) -> Path:
    """Write a list as PDF, whole or not at all."""
    return write_whole(path, pdf_bytes(html_text(risk_list, for_paper=True)))


def pdf_bytes(page: str) -> bytes:
    """A page as PDF; it may not reach for anything outside itself.

    Raises
    ------
    DeliveryError
        Where the system's drawing library is missing.
    """
    try:
        import weasyprint
        from weasyprint.urls import FatalURLFetchingError, URLFetcher
    except OSError as error:
        raise DeliveryError(
            f"PDF needs Pango, which this system lacks ({error}). Install libpango-1.0-0 and libpangoft2-1.0-0, or use xlsx."
        ) from error
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    nothing = URLFetcher(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
    document = weasyprint.HTML(string=page, url_fetcher=nothing)
    identifier = hashlib.sha256(page.encode()).digest()[:16]
    try:
        made = document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True, pdf_identifier=identifier)
    except FatalURLFetchingError as error:
        raise DeliveryError("A page may not load anything from outside. Take it out of the template.") from error
    return bytes(made)

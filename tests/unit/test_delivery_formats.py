"""What every format of a list promises: two languages, no formula, nothing from outside, the same bytes for the same list."""

import csv
import dataclasses
import html.parser
import io
import re
import zipfile
import zlib

import delivery_example as ex
import openpyxl
import pytest

from delivery import DeliveryError, build_list, html_text, speaking
from delivery.csv_file import csv_bytes
from delivery.excel import workbook
from delivery.language import catalogue, say
from delivery.pdf import pdf_bytes
from delivery.sealed_excel import encrypted, read_password
from delivery.shapes import RiskList

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
DUTCH = re.compile(r"\b(de|het|een|niet|leerling|leerlingen|van|voor|halve|dagen|naam|klas)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def risk_list() -> RiskList:
    source, about = ex.example()
    return build_list(ex.CLB, source, ex.names, about, ex.last_list(source))


class _Page(html.parser.HTMLParser):
    """Tags, headings, and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._in_style = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if not self._in_style and data.strip():
            self.texts.append(data.strip())


def test_the_same_list_gives_the_same_bytes_in_every_format(risk_list):
    source, about = ex.example()
    again = build_list(ex.CLB, source, ex.names, about, ex.last_list(source))
    assert workbook(risk_list) == workbook(again)
    assert csv_bytes(risk_list) == csv_bytes(again)
    assert html_text(risk_list) == html_text(again)
    pages = [html_text(one, for_paper=True) for one in (risk_list, again)]
    assert pdf_bytes(pages[0]) == pdf_bytes(pages[1])


def test_the_page_is_one_file_that_reaches_for_nothing(risk_list):
    text = html_text(risk_list)
    page = _Page(text)
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object", "form", "base"}
    links = [attrs["href"] for tag, attrs in page.tags if "href" in attrs]
    assert links and all(link.startswith("#") for link in links)
    assert "default-src 'none'" in text and "http://" not in text and "https://" not in text and "url(" not in text


def test_the_page_can_be_followed_without_seeing_it(risk_list):
    page = _Page(html_text(risk_list))
    assert ("html", {"lang": "nl"}) in page.tags
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))
    tables = [tag for tag, _ in page.tags if tag == "table"]
    assert len(tables) == len([tag for tag, _ in page.tags if tag == "caption"]) >= 3
    assert all(attrs.get("scope") for tag, attrs in page.tags if tag == "th")
    assert all(attrs.get("aria-hidden") == "true" for tag, attrs in page.tags if tag == "svg")
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids)) and {attrs["href"][1:] for _, attrs in page.tags if "href" in attrs} <= set(ids)


def test_what_a_name_holds_is_text_and_never_a_tag(risk_list):
    source = ex.source([ex.score("p1", 0.25)], [], [])
    nasty = build_list(ex.CLB, source, lambda pupils: {"p1": ("<script>x</script>", "O'&<b>", "1")}, ex.about())
    page = _Page(html_text(nasty))
    assert "script" not in {tag for tag, _ in page.tags} and "b" not in {tag for tag, _ in page.tags}
    assert any("<script>x</script>" in text for text in page.texts)


def test_the_pdf_is_tagged_names_its_language_and_has_no_clock(risk_list):
    content = pdf_bytes(html_text(risk_list, for_paper=True))
    assert content.startswith(b"%PDF-")
    plain = b"".join(_unpacked(part) for part in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL))
    for needed in (b"/StructTreeRoot", b"/MarkInfo", b"pdfuaid", b"/Lang", b"/TH", b"/Table"):
        assert needed in plain
    assert b"/CreationDate" not in plain


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def test_a_pdf_page_may_not_load_anything():
    with pytest.raises(DeliveryError, match="may not load"):
        pdf_bytes(
            '<html lang="nl"><head><title>x</title></head><body><img src="file:///etc/hostname" alt=""></body></html>'
        )


def test_every_format_speaks_english_on_request_and_nothing_else(risk_list):
    """Names of schools and partners are what they are; the invented reasons have their feature's name for English."""
    with speaking("en"):
        page = " ".join(_Page(html_text(risk_list)).texts)
        book = openpyxl.load_workbook(io.BytesIO(workbook(risk_list)[0]))
        table = csv_bytes(risk_list).decode("utf-8-sig")
    cells = [str(cell) for sheet in book for row in sheet.values for cell in row if cell is not None]
    for text in (page, " ".join(cells), table):
        for proper in ("Middenschool De Brug", "NAFT De Brug", "NAFT Het Spoor", *ex.LAST):
            text = text.replace(proper, "")
        assert DUTCH.findall(text) == []
    assert "Pupil list of centre 900001" in page and book.sheetnames[:2] == ["Overview", "Must act"]


def test_a_sentence_without_english_is_refused_and_an_unknown_language_too():
    with speaking("en"), pytest.raises(DeliveryError, match="No en words for `Zomaar`"):
        say("Zomaar")
    with pytest.raises(DeliveryError, match="No words in `fr`"), speaking("fr"):
        pass


def test_the_catalogue_keeps_the_places_of_values():
    for dutch, english in catalogue("en").items():
        assert sorted(re.findall(r"{\w+}", dutch)) == sorted(re.findall(r"{\w+}", english)), dutch


def test_a_locked_workbook_opens_with_its_password_only(risk_list, tmp_path):
    import msoffcrypto

    (tmp_path / "word").write_text("lange zin 42\n")
    content = workbook(risk_list)[0]
    sealed = encrypted(content, read_password(tmp_path / "word"))
    assert not zipfile.is_zipfile(io.BytesIO(sealed)) and b"Peeters" not in sealed
    opened = io.BytesIO()
    file = msoffcrypto.OfficeFile(io.BytesIO(sealed))
    file.load_key(password="lange zin 42")
    file.decrypt(opened)
    assert opened.getvalue() == content
    with pytest.raises(msoffcrypto.exceptions.InvalidKeyError):
        file.load_key(password="andere zin 42", verify_password=True)


@pytest.mark.parametrize("text", ["", "kort\n", "\n\n"])
def test_a_short_or_missing_password_is_refused(tmp_path, text):
    (tmp_path / "word").write_text(text)
    with pytest.raises(DeliveryError, match="fewer than 8 letters"):
        read_password(tmp_path / "word")
    with pytest.raises(DeliveryError, match="cannot be read"):
        read_password(tmp_path / "none")


def test_the_csv_says_the_trend_the_change_and_the_partner(risk_list):
    rows = list(csv.DictReader(csv_bytes(risk_list).decode("utf-8-sig").splitlines(keepends=True), delimiter=";"))
    first = next(row for row in rows if row["Nr."] == "1" and row["Lijst"] == "Dit schooljaar - secundair")
    assert first["Verloop"].count("→") == 4 and first["Sinds vorige lijst"].startswith("gestegen (was ")
    assert "NAFT" in first["Wie kan helpen?"]
    assert any(row["Lijst"] == "Wat veranderde" and row["Wat veranderde er?"].startswith("weg (was ") for row in rows)


def test_a_list_without_history_has_no_trend_column():
    source, about = ex.example()
    plain = build_list(ex.CLB, dataclasses.replace(source, history=None), ex.names, about)
    assert "Verloop" not in html_text(plain) and "Er is geen vroegere lijst" in html_text(plain)


def test_sentences_are_short_and_words_are_common():
    """Reading level B1: at most 25 words a sentence, on average at most twelve, and no word over 20 letters."""
    sentences = [part for dutch in catalogue("en") for part in re.split(r"(?<=[.!?:]) +", dutch)]
    lengths = [len(sentence.split()) for sentence in sentences]
    assert max(lengths) <= 25 and sum(lengths) / len(lengths) <= 12
    assert [word for sentence in sentences for word in re.findall(r"\w+", sentence) if len(word) > 20] == []

"""No list, file or sheet ever holds a pupil of another centre: ten thousand random pairs of a centre and a pupil."""

import csv
import io

import delivery_example as ex
import numpy as np
import openpyxl
import pandas as pd
import pytest

from delivery import About, Gate, ListSource, build_list, html_text
from delivery.changes import LastList, Scored
from delivery.csv_file import csv_bytes
from delivery.excel import workbook
from delivery.source import _MAY_BE

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
PAIRS, CENTRES, PUPILS, CAPACITY = 10_000, 20, 1_000, 12


def names(pupils):
    """A name that is found in any text again."""
    return {pupil: (f"Voor{pupil}", f"Achter{pupil}x", f"R{pupil}") for pupil in pupils}


@pytest.fixture(scope="module")
def everybody() -> tuple[ListSource, dict[str, str]]:
    """A thousand pupils of twenty centres, with scores at two moments, duties and cases, and the centre of each."""
    rng = np.random.default_rng(11)
    centre_of = {f"p{i}": f"9{rng.integers(CENTRES):05d}" for i in range(PUPILS)}
    scores = [
        ex.score(p, float(rng.beta(1, 3)), clb=c, moment=m)
        for p, c in centre_of.items()
        for m in (ex.IN_YEAR, ex.ONWARD)
    ]
    duties = [ex.duty(p, "guidance_file", 7, 5, clb=c) for p, c in centre_of.items() if rng.random() < 0.1]
    cases = {}
    for name, frame in ex.cases().items():
        rows = [
            {**row, "pupil_id": p, "clb_id": centre_of[p]}
            for row in frame.to_dict("records")
            for p in rng.choice(list(centre_of), 60)
        ]
        cases[name] = pd.DataFrame(rows, columns=_MAY_BE[name].split()).drop_duplicates("pupil_id")
    source = ex.source(scores, duties, [])
    return ListSource(**{**vars(source), **cases}), centre_of


@pytest.fixture(scope="module")
def written(everybody) -> dict[str, str]:
    """All that each centre receives, in every format, as one text."""
    source, centre_of = everybody
    capacity = dict.fromkeys(sorted(set(centre_of.values())), CAPACITY)
    gates = {ex.IN_YEAR: Gate(True), ex.ONWARD: Gate(True)}
    about = About(ex.MADE_ON, ex.MADE_ON, "a-publication", capacity, gates)
    rng = np.random.default_rng(12)
    # the last list of each centre holds pupils who have gone to others since
    before = {(ex.IN_YEAR, str(p)): Scored(0.5, (), "m", 1) for p in rng.choice(list(centre_of), 300)}
    found = {}
    for centre in capacity:
        made = build_list(centre, source, names, about, LastList(ex.MADE_ON, before))
        book = openpyxl.load_workbook(io.BytesIO(workbook(made)[0]))
        cells = [str(cell) for sheet in book for row in sheet.values for cell in row if cell is not None]
        found[centre] = "\n".join([*cells, csv_bytes(made).decode("utf-8-sig"), html_text(made)])
    return found


def test_no_list_holds_a_pupil_of_another_centre(everybody, written):
    _, centre_of = everybody
    rng = np.random.default_rng(13)
    pairs = [
        (str(c), str(p))
        for c, p in zip(rng.choice(list(written), PAIRS), rng.choice(list(centre_of), PAIRS), strict=True)
    ]
    strangers = [(c, p) for c, p in pairs if centre_of[p] != c]
    assert len(strangers) > 9_000
    assert [
        pair for pair in strangers if f"Achter{pair[1]}x" in written[pair[0]] or f"Voor{pair[1]}\n" in written[pair[0]]
    ] == []


def test_the_check_can_fail(everybody, written):
    """A centre's own pupils are found in what it receives: the search works."""
    _, centre_of = everybody
    own = [p for p, c in centre_of.items() if f"Achter{p}x" in written[c]]
    assert len(own) > CAPACITY * CENTRES


def test_every_row_of_every_format_is_of_a_listed_pupil(everybody, written):
    text = next(iter(written.values()))
    start = text.index("Lijst;")
    rows = list(csv.reader(io.StringIO(text[start : text.index("<!DOCTYPE")]), delimiter=";"))
    assert len({len(row) for row in rows if row}) == 1

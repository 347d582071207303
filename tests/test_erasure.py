"""What erasure promises: nobody who was erased stands anywhere, or comes back."""

import gzip
import json
import shutil
from pathlib import Path

import openpyxl
import pytest
from conftest import Runner
from every_byte import everything
from intake_example import write_delivery

from warehouse.audit import entries, problems
from warehouse.connection import working_store
from warehouse.erasure import ErasureError, erase
from warehouse.home import Home
from warehouse.landing import deliver, deliveries
from warehouse.pseudonym import pseudonym_key, pseudonyms
from warehouse.publication import current, publications
from warehouse.publishing import publish
from warehouse.vault import names_of

GONE, STAYS = "P00000017", "P00000018"
DRAWN = {
    "pupils": f"""
        pupil_id  | birth_date | sex_code | known_date
        {GONE}    | 2010-03-04 | M        | 2019-09-01
        {STAYS}   | 2011-05-06 | F        | 2019-09-01
    """,
    "enrolments": f"""
        enrolment_id | pupil_id | school_id | school_year | level_code | grade | start_date | known_date
        E1           | {GONE}   | S1        | 2019        | primary    | 4     | 2019-09-01 | 2019-09-01
        E2           | {STAYS}  | S1        | 2019        | primary    | 3     | 2019-09-01 | 2019-09-01
    """,
    "identities": f"""
        pupil_id  | first_name | last_name   | register_number | known_date
        {GONE}    | Kanarie    | Vogel00017  | 10030400017     | 2019-09-01
        {STAYS}   | Merel      | Blijft00018 | 11050600018     | 2019-09-01
    """,
}


def packed(delivery: Path, form: str) -> Path:
    """The same delivery, with its pupils as plain text, packed, as a workbook, in another encoding, with a line too wide, or told twice."""
    path = delivery / "pupils.csv"
    if form == "gz":
        (delivery / "pupils.csv.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
        path.unlink()
    if form == "utf-16":
        path.write_bytes(path.read_text().encode("utf-16"))
    if form == "twice":
        path.write_text(path.read_text() + path.read_text().splitlines()[1] + "\n")
    if form == "wide":
        rows = "".join(f"P1000{n:04},2010-01-{n % 28 + 1:02},F,,,2019-09-01\n" for n in range(100))
        path.write_text(path.read_text() + rows + f"{GONE},2010-03-04,M,,,2019-09-01,too,many\n")
    if form == "xlsx":
        book = openpyxl.Workbook()
        for line in path.read_text().splitlines():
            book.active.append(line.split(","))
        book.save(delivery / "pupils.csv.xlsx")
        path.unlink()
    return delivery


def made(folder: Path, form: str = "csv") -> Home:
    """A home with that delivery, tables, a publication, a list and names."""
    home = Home(folder / "home").create()
    deliver(home, packed(write_delivery(folder / "in", **DRAWN), form), "aanboord")
    gone, stays = pseudonym_of(home, GONE), pseudonym_of(home, STAYS)
    with working_store(home) as db:
        db.execute("create table core.scores as select unnest(?) as pupil_id, 0.5 as probability", [[gone, stays]])
        publish(
            home, db, {"scores": "from core.scores order by pupil_id"}, {"as_of": "2020-01-01"}, {"gate.json": "[]"}
        )
    (home.lists / "lijst.csv").write_text(f"{gone};Kanarie Vogel00017\n")
    return home


def pseudonym_of(home: Home, natural: str) -> str:
    """The pseudonym of a pupil of that home."""
    return pseudonyms(pseudonym_key(home), "aanboord", "pupil", [natural])[0]


def hits(home: Home, *words: str) -> list[str]:
    """Where one of the words stands, in any file of a home, unpacked."""
    return [part.where for part in everything(home.root) if any(word.encode() in part.content for word in words)]


@pytest.mark.parametrize("form", ["csv", "gz", "xlsx", "utf-16", "wide", "twice"])
def test_nothing_of_an_erased_pupil_is_left_and_the_others_stay(tmp_path: Path, form: str) -> None:
    """In whatever form it was delivered: landed, mapped, published, listed and named."""
    home = made(tmp_path, form)
    gone, stays = pseudonym_of(home, GONE), pseudonym_of(home, STAYS)
    before = current(home).id
    done = erase(home, [GONE])
    assert (done.pupils, done.deliveries) == (1, 1) and done.files_searched > 5
    assert hits(home, GONE, gone, "Vogel00017", "10030400017") == []
    assert [p.id for p in publications(home)] == [current(home).id] != [before] and current(home).problems() == []
    with current(home).open() as db:
        assert db.execute("select pupil_id from scores").fetchall() == [(stays,)]
    assert names_of(home, [gone, stays]) == {stays: ("Merel", "Blijft00018", "11050600018")}
    [left] = deliveries(home)
    assert all(f["lines_in"] == f["accepted"] + f["quarantined"] + f["duplicates"] for f in left.files)
    assert entries(home)[-1]["action"] in ("retention", "publish") and problems(home) == []
    assert [e["about"] for e in entries(home) if e["action"] == "erase"] == [{"pupils": 1}]


def test_an_erased_pupil_does_not_come_back(tmp_path: Path) -> None:
    """Neither with the same delivery, nor with a later one."""
    home = made(tmp_path)
    gone = pseudonym_of(home, GONE)
    erase(home, [GONE])
    assert not deliver(home, tmp_path / "in", "aanboord")[1]
    later = {name: drawn.replace("2019-09-01", "2019-10-01") for name, drawn in DRAWN.items()}
    delivery, is_new = deliver(home, write_delivery(tmp_path / "later", **later), "aanboord")
    assert is_new and delivery.tables["pupils"] == {"accepted": 1, "quarantined": 0}
    assert hits(home, GONE, gone, "Vogel00017") == []


def test_the_same_erasure_again_finishes_what_was_broken_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And who was never there is refused, before anything is done."""
    home = made(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr("warehouse.erasure.vault.forget", lambda *_: (_ for _ in ()).throw(OSError("pulled the plug")))
        with pytest.raises(OSError, match="plug"):
            erase(home, [GONE])
    assert erase(home, [GONE]).deliveries == 0, "it was read again before it broke off"
    assert hits(home, GONE, pseudonym_of(home, GONE), "Vogel00017") == []
    with pytest.raises(ErasureError, match="Nobody is known by that number"):
        erase(home, ["P99999999"])


def test_what_is_left_is_told_by_file(tmp_path: Path) -> None:
    """A copy that somebody put in the home is no secret."""
    home = made(tmp_path)
    shutil.copytree(tmp_path / "in", home.root / "copy")
    with pytest.raises(
        ErasureError, match=r"Something is left in 3 file\(s\): copy/enrolments.csv, copy/identities.csv"
    ):
        erase(home, [GONE])


def test_a_hundred_pupils_leave_a_home_that_was_run(
    small_home: Home, small_delivery: Path, aanboord: Runner, tmp_path: Path
) -> None:
    """Also in Dagster's history, models, evaluations and logs; the command says what it does not reach."""
    home = Home(tmp_path / "home")
    shutil.copytree(small_home.root, home.root, symlinks=True)
    with current(home).open() as db:
        before = db.execute("select count(*) from pupils").fetchall()[0][0]
    lines = (small_delivery / "pupils.csv").read_text(encoding="utf-8").splitlines()[1:]
    known = [line.split(",")[0] for line in lines[1000:1100]]
    (tmp_path / "numbers").write_text("\n".join(known))
    done = aanboord("erase", "--pupils-file", tmp_path / "numbers", "--home", home.root, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["pupils"] == 100 and json.loads(done.stdout)["models"]
    words = [*known, *(pseudonym_of(home, number) for number in known)]
    found = [
        part.where for part in everything(home.root) if part.is_text and any(w.encode() in part.content for w in words)
    ]
    assert found == []
    with current(home).open() as db:
        assert before - 100 <= db.execute("select count(*) from pupils").fetchall()[0][0] < before

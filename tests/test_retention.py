"""What terms promise: what is left is exactly what they allow, nothing else stands anywhere, and nothing comes back."""

import datetime as dt
import json
import random
from pathlib import Path

import duckdb
from conftest import Runner
from every_byte import everything
from intake_example import write_delivery

from data_contracts import contracts
from data_contracts.retention import settings_of, term_years
from pipelines.map import mapped_deliveries, staged_tables
from pipelines.store import Store
from warehouse.audit import entries, problems
from warehouse.connection import working_store
from warehouse.home import Home
from warehouse.landing import deliver, deliveries
from warehouse.pseudonym import pseudonym_key, pseudonyms
from warehouse.publication import current, publications
from warehouse.publishing import publish
from warehouse.retention import due, hold_to, purge
from warehouse.vault import names_of

TODAY = dt.date(2025, 1, 15)
GONE, ATTESTED, SPECIAL, YOUNG = "P00000017", "P00000018", "P00000019", "P00000020"
DRAWN = {
    "pupils": f"""
        pupil_id    | birth_date | sex_code | known_date
        {GONE}      | 1995-03-04 | M        | 2012-09-01
        {ATTESTED}  | 1995-05-06 | F        | 2012-09-01
        {SPECIAL}   | 1997-05-06 | F        | 2012-09-01
        {YOUNG}     | 2008-05-06 | F        | 2012-09-01
    """,
    "enrolments": f"""
        enrolment_id | pupil_id   | school_id | school_year | level_code | grade | special_type_code | start_date | known_date
        EGONE00001   | {GONE}     | S1        | 2013        | secondary  | 6     |                   | 2013-09-01 | 2013-09-01
        EATTEST001   | {ATTESTED} | S1        | 2013        | secondary  | 6     |                   | 2013-09-01 | 2013-09-01
        ESPECIAL01   | {SPECIAL}  | S1        | 2012        | secondary  | 4     | 2                 | 2012-09-01 | 2012-09-01
        EYOUNG0001   | {YOUNG}    | S1        | 2012        | kindergarten | 2   |                   | 2012-09-01 | 2012-09-01
    """,
    "certificates": f"""
        pupil_id   | school_year | certificate_code | certificate_date | known_date
        {ATTESTED} | 2013        | A                | 2014-06-30       | 2014-07-01
    """,
    "identities": f"""
        pupil_id    | first_name | last_name   | register_number | known_date
        {GONE}      | Kanarie    | Vogel00017  | 10030400017     | 2012-09-01
        {ATTESTED}  | Merel      | Blijft00018 | 11050600018     | 2012-09-01
    """,
    "school_days": """
        school_id | school_year | school_date | half_days | known_date
        S1        | 2012        | 2012-09-03  | 2         | 2012-09-01
        S1        | 2009        | 2009-09-03  | 2         | 2012-09-01
    """,
}


def made(folder: Path) -> Home:
    """A home with that delivery, scores, a publication, and a list."""
    home = Home(folder / "home").create()
    deliver(home, write_delivery(folder / "in", **DRAWN), "aanboord")
    gone, young = pseudonym_of(home, GONE), pseudonym_of(home, YOUNG)
    with working_store(home) as db:
        db.execute("create table core.scores as select unnest(?) as pupil_id, 0.5 as probability", [[gone, young]])
        publish(
            home, db, {"scores": "from core.scores order by pupil_id"}, {"as_of": "2020-01-01"}, {"gate.json": "[]"}
        )
    for name in (f"{current(home).id}/lijst.csv", ".made/C1/old.json"):
        (home.lists / name).parent.mkdir(parents=True)
        (home.lists / name).write_text(f"{gone};Kanarie Vogel00017\n")
    return home


def pseudonym_of(home: Home, natural: str, kind: str = "pupil") -> str:
    """The pseudonym of somebody of that home."""
    return pseudonyms(pseudonym_key(home), "aanboord", kind, [natural])[0]


def hits(home: Home, *words: str) -> list[str]:
    """Where one of the words stands, in any file of a home, unpacked."""
    return [part.where for part in everything(home.root) if any(word.encode() in part.content for word in words)]


def kept(home: Home, table: str) -> set[str]:
    """The pupils of a mapped table."""
    found = [d.parquet(home, table) for d in deliveries(home)]
    with duckdb.connect() as db:
        rows = db.execute("select distinct pupil_id from read_parquet(?)", [[str(p) for p in found if p.exists()]])
        return {pupil for (pupil,) in rows.fetchall()}


def test_a_dry_run_tells_what_would_go_and_changes_nothing(tmp_path: Path, aanboord: Runner) -> None:
    """By table, with the reason; and --apply takes exactly that away."""
    home = made(tmp_path)
    before = {p: p.read_bytes() for p in home.root.rglob("*") if p.is_file()}
    told = aanboord("retention", "--on", TODAY, "--home", home.root, "--json")
    assert told.returncode == 0, told.stderr
    assert {p: p.read_bytes() for p in home.root.rglob("*") if p.is_file()} == before
    plan = json.loads(told.stdout)
    past = {t["table"]: t["past_rows"] for t in plan["tables"] if t["past_rows"]}
    assert past == {"pupils": 1, "enrolments": 2, "school_days": 1} and plan["pupils_gone"] == 1
    why = {t["table"]: t["why"] for t in plan["tables"]}
    assert why["enrolments"] == (
        "last contact before 2014-09-01, and born before 1999-09-01 (special education: before 1994-09-01)"
    )
    assert "Nothing was changed" in aanboord("retention", "--on", TODAY, "--home", home.root).stdout
    assert aanboord("retention", "--on", "2099-01-01", "--apply", "--home", home.root).returncode == 2
    done = json.loads(aanboord("retention", "--on", TODAY, "--apply", "--home", home.root, "--json").stdout)
    assert {t["table"]: t["past_rows"] for t in done["tables"] if t["past_rows"]} == past


def test_nothing_of_what_is_past_its_term_is_left_and_the_rest_stays(tmp_path: Path) -> None:
    """Landed, mapped, published, listed and named; a certificate keeps its pupil, and a school its days."""
    home = made(tmp_path)
    gone, attested, special, young = (pseudonym_of(home, n) for n in (GONE, ATTESTED, SPECIAL, YOUNG))
    done = purge(home, TODAY)
    assert (done.pupils_gone, done.deliveries, done.lists) == (1, 1, 2)
    assert hits(home, GONE, gone, "Vogel00017", "10030400017", pseudonym_of(home, "EATTEST001", "enrolment")) == []
    assert kept(home, "pupils") == {attested, special, young} and kept(home, "certificates") == {attested}
    assert kept(home, "enrolments") == {special, young}
    assert names_of(home, [gone, attested]) == {attested: ("Merel", "Blijft00018", "11050600018")}
    with current(home).open() as db:
        assert db.execute("select pupil_id from scores").fetchall() == [(young,)]
    assert [p.id for p in publications(home)] == [current(home).id] and current(home).problems() == []
    [left] = deliveries(home)
    assert all(f["lines_in"] == f["accepted"] + f["quarantined"] + f["duplicates"] for f in left.files)
    assert {f["name"]: f["lines_in"] for f in left.files}["enrolments.csv"] == 2
    assert {"rows": 4, "pupils": 1} in [e["about"] for e in entries(home) if e["action"] == "retention"]
    assert problems(home) == [] and due(home, TODAY).is_empty and purge(home, TODAY).is_empty


def test_what_is_past_its_term_does_not_come_back(tmp_path: Path) -> None:
    """Neither with the same delivery, nor with a later one of that year: it never reaches `core`."""
    home = made(tmp_path)
    gone = pseudonym_of(home, GONE)
    purge(home, TODAY)
    assert not deliver(home, tmp_path / "in", "aanboord")[1]
    later = {name: drawn.replace("2012-09-01\n", "2012-10-01\n") for name, drawn in DRAWN.items()}
    assert deliver(home, write_delivery(tmp_path / "later", **later), "aanboord")[1]
    store = Store(home_folder=str(home.root))
    mapped_deliveries(store)
    [*_] = staged_tables(store)
    with working_store(home) as db:
        found = db.execute("select count(*) from staged.enrolments where pupil_id = ?", [gone]).fetchall()
        assert found == [(0,)]
    assert hits(home, GONE, gone, "Vogel00017") == [] and due(home, TODAY).is_empty
    again = hold_to(home)
    assert again is not None and again.is_empty


def test_a_line_that_was_told_twice_goes_twice(tmp_path: Path) -> None:
    """Only one of two equal lines is mapped; the other may not stay in its place."""
    home = Home(tmp_path / "home").create()
    delivery = write_delivery(tmp_path / "in", **DRAWN)
    path = delivery / "enrolments.csv"
    path.write_text(path.read_text() + path.read_text().splitlines()[1] + "\n")
    deliver(home, delivery, "aanboord")
    purge(home, TODAY)
    assert hits(home, GONE, pseudonym_of(home, GONE)) == []


def test_every_term_is_a_dated_setting() -> None:
    """Of every table, with its source."""
    settings = settings_of(TODAY)
    assert {term_years(table) for table in contracts().values()} == {settings["term_short"], settings["term_long"]}


def test_what_is_left_is_exactly_what_the_terms_allow(tmp_path: Path) -> None:
    """Many pupils of any age, with and without a certificate or a birth, over the years, against a rule in plain Python."""
    chosen, home = random.Random(8), Home(tmp_path / "home").create()
    people = {f"P{n:04}": _person(chosen) for n in range(150)}
    half = [*people][::2]
    for part, names in (("a", half), ("b", [p for p in people if p not in half])):
        deliver(home, _delivery(tmp_path / part, {name: people[name] for name in names}), "aanboord")
    for day in (dt.date(2019, 8, 31), dt.date(2019, 9, 1), dt.date(2044, 9, 1)):
        purge(home, day)
        for table in ("pupils", "enrolments", "certificates"):
            allowed = {pseudonym_of(home, name) for name, person in people.items() if person.may_stay(table, day)}
            assert kept(home, table) == allowed, (table, day)


class _Person:
    """Somebody drawn, and a rule that is written down once more."""

    def __init__(self, born: dt.date | None, year: int, is_special: bool, has_certificate: bool) -> None:  # noqa: FBT001
        self.born, self.year, self.is_special, self.has_certificate = born, year, is_special, has_certificate

    def may_stay(self, table: str, day: dt.date) -> bool:
        """Whether a row of a table may be there on a day."""
        if table == "pupils":
            return self.may_stay("enrolments", day) or self.may_stay("certificates", day)
        if table == "certificates" and not self.has_certificate:
            return False
        born = self.born or dt.date(self.year, 9, 1)
        contact = dt.date(self.year + 1, 8, 31)
        ends = [
            self._after(contact, 30 if table == "certificates" else 10),
            self._after(born, 30 if self.is_special else 25),
        ]
        return day < max(ends)

    def _after(self, date: dt.date, years: int) -> dt.date:
        """The first 1 September after so many years."""
        end = (date.year + years, date.month, date.day)
        return dt.date(end[0] + (end[1:] >= (9, 1)), 9, 1)


def _person(chosen: random.Random) -> _Person:
    year = chosen.randint(1995, 2018)
    born = dt.date(year - chosen.randint(3, 18), chosen.randint(1, 12), chosen.randint(1, 28))
    return _Person(born if chosen.random() > 0.1 else None, year, chosen.random() < 0.2, chosen.random() < 0.3)


def _delivery(folder: Path, people: dict[str, _Person]) -> Path:
    pupils = [f"{name} | {p.born or ''} | F | {p.year}-09-01" for name, p in people.items()]
    enrolments = [
        f"E{name} | {name} | S1 | {p.year} | secondary | 4 | {'2' if p.is_special else ''} | {p.year}-09-01 | {p.year}-09-01"
        for name, p in people.items()
    ]
    certificates = [
        f"{name} | {p.year} | A | {p.year + 1}-06-30 | {p.year + 1}-07-01"
        for name, p in people.items()
        if p.has_certificate
    ]
    heads = (
        "pupil_id | birth_date | sex_code | known_date",
        "enrolment_id | pupil_id | school_id | school_year | level_code | grade | special_type_code | start_date | known_date",
        "pupil_id | school_year | certificate_code | certificate_date | known_date",
    )
    drawn = ["\n".join([head, *rows]) for head, rows in zip(heads, (pupils, enrolments, certificates), strict=True)]
    return write_delivery(folder, pupils=drawn[0], enrolments=drawn[1], certificates=drawn[2])

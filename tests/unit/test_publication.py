"""What publications promise: readers see one whole version, checked, for reading; and then the next."""

import hashlib
import json
from pathlib import Path

import duckdb
import pytest

from warehouse.connection import DatabaseError, working_store
from warehouse.home import Home
from warehouse.publication import Publication, PublicationError, current, document, publish

TABLES = {
    "scores": "select i as pupil_id, i / 7 as score from range(5000) as t(i) order by i",
    "schools": "select 'S1' as school_id, date '2025-01-01' as known_date",
}
DOCUMENTS = {"gate.json": '[{"check": "a", "passed": true}]'}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    return Home(tmp_path / "home").create()


def published(home: Home, day: str = "2025-03-01", tables: dict[str, str] = TABLES) -> Publication:
    """A publication of that day."""
    with working_store(home) as db:
        return publish(home, db, tables, {"as_of": day}, DOCUMENTS)


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a publication."""
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def test_before_the_first_there_is_none(home: Home) -> None:
    """The message says how to get one."""
    with pytest.raises(PublicationError, match="Nothing is published .* run `aanboord run`"):
        current(home)


def test_what_was_put_in_is_what_readers_find(home: Home) -> None:
    """As a database, as Parquet files and as documents."""
    made = published(home)
    found = current(home)
    assert (found.id, found.manifest) == (made.id, made.manifest)
    assert found.manifest["as_of"] == "2025-03-01" and found.manifest["tables"] == {"scores": 5000, "schools": 1}
    assert document(found, "gate.json") == [{"check": "a", "passed": True}]
    with found.open() as db, duckdb.connect() as plain:
        for name in TABLES:
            rows = db.execute(f"from {name}").fetchall()
            assert rows == plain.execute(f"from '{found.folder / name}.parquet'").fetchall()
            assert rows == plain.execute(TABLES[name]).fetchall()


def test_the_manifest_has_the_hash_of_every_other_file(home: Home) -> None:
    """So that what was altered can be found."""
    folder = published(home).folder
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    files = {name: bytes_ for name, bytes_ in content(folder).items() if name != "manifest.json"}
    assert {n: f["sha256"] for n, f in manifest["files"].items()} == {
        n: hashlib.sha256(b).hexdigest() for n, b in files.items()
    }


def same_bytes(published: Publication) -> dict[str, bytes]:
    """What must be the same twice: all but the database, which DuckDB marks at random, and the manifest with its hash."""
    return {n: b for n, b in content(published.folder).items() if n not in ("publication.duckdb", "manifest.json")}


def test_the_same_inputs_give_the_same_bytes(home: Home, tmp_path: Path) -> None:
    """In another home too, and when published again; the database has the same rows in the same order."""
    first, other = published(home), published(Home(tmp_path / "other").create())
    assert (first.id, same_bytes(first)) == (other.id, same_bytes(other))
    with first.open() as db, other.open() as elsewhere:
        assert db.execute("from scores").fetchall() == elsewhere.execute("from scores").fetchall()
    before = same_bytes(first)
    assert same_bytes(published(home)) == before and len(before) == 3


def test_other_inputs_give_another_version_beside_the_first(home: Home) -> None:
    """The pointer moves; what was published before is still there as it was."""
    first = published(home)
    before = content(first.folder)
    second = published(home, "2025-03-08")
    assert current(home).id == second.id != first.id
    assert content(first.folder) == before


@pytest.mark.parametrize("day", ["2025-03-01", "2025-03-08"], ids=["same version", "next version"])
def test_a_publication_that_fails_leaves_the_last_one(home: Home, day: str) -> None:
    """Nor does anything of it stay."""
    first = published(home)
    before = content(first.folder)
    with pytest.raises(DatabaseError):
        published(home, day, {**TABLES, "reasons": "select * from nowhere"})
    assert current(home).id == first.id and content(first.folder) == before
    assert {p.name for p in home.publications.iterdir()} == {first.id, "current"}


def test_publishing_a_version_again_never_destroys_it_first(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the new one cannot be put in its place, the bytes of the old one still exist."""
    first = published(home)
    before, rename = content(first.folder), Path.rename

    def fails(path: Path, target: Path) -> Path:
        if Path(target) == first.folder:
            raise OSError("pulled the plug")
        return rename(path, target)

    with monkeypatch.context() as unplugged, pytest.raises(OSError, match="plug"):
        unplugged.setattr(Path, "rename", fails)
        published(home)
    assert before in [content(p) for p in home.publications.iterdir() if p.is_dir()]


def test_a_reader_is_not_disturbed_by_the_next_publication(home: Home) -> None:
    """What was opened stays open on what it was, even where the same version is published again."""
    with published(home).open() as db:
        published(home, "2025-03-08")
        published(home)
        assert db.execute("select count(*), max(pupil_id) from scores").fetchall() == [(5000, 4999)]


def test_a_reader_never_blocks_the_writer(home: Home) -> None:
    """Readers open the publication and not the working store."""
    with published(home).open(), working_store(home) as db:
        db.execute("create table core.pupils as select 1 as n")


def test_a_publication_is_for_reading(home: Home) -> None:
    """Nobody writes in it, and nobody reads other files through it."""
    with published(home).open() as db:
        for query in (
            "delete from scores",
            "from read_text('/etc/passwd')",
            f"from '{home.publications}/current/scores.parquet'",
        ):
            with pytest.raises(DatabaseError):
                db.execute(query).fetchall()


def test_a_document_that_was_altered_is_not_read(home: Home) -> None:
    """The message says which and what to do."""
    made = published(home)
    (made.folder / "gate.json").write_text("[]", encoding="utf-8")
    with pytest.raises(PublicationError, match=f"gate.json of publication {made.id} was altered. Run again"):
        document(made, "gate.json")
    assert document(published(home), "gate.json") == [{"check": "a", "passed": True}]

"""What publications promise: readers see one whole version, checked, for reading; and then the next."""

import hashlib
import json
import os
from pathlib import Path

import duckdb
import pytest

from warehouse.connection import DatabaseError, working_store
from warehouse.home import Home
from warehouse.publication import Publication, PublicationError, current, document, publication, publications
from warehouse.publishing import clear_old, point_to, publish

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


@pytest.mark.parametrize("threads", ["1", "2", "8"])
def test_the_same_inputs_give_the_same_bytes(
    home: Home, tmp_path: Path, threads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In another home too, with any number of threads, and when published again."""
    first = published(home)
    monkeypatch.setenv("AANBOORD_THREADS", threads)
    other = published(Home(tmp_path / "other").create())
    assert first.id == other.id and content(first.folder) == content(other.folder)
    before = content(first.folder)
    assert content(published(home).folder) == before and len(before) == 4


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


def test_publishing_a_version_again_does_not_touch_it(home: Home) -> None:
    """The same bytes are not written a second time."""
    first = published(home)
    before = [(p.name, p.stat().st_ino) for p in sorted(first.folder.iterdir())]
    assert [(p.name, p.stat().st_ino) for p in sorted(published(home).folder.iterdir())] == before


def spoil(path: Path) -> None:
    """Turn one bit over in the middle of a file."""
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["scores.parquet", "gate.json", "manifest.json"])
def test_what_was_altered_is_named_and_mended_by_publishing_again(home: Home, name: str) -> None:
    """One bit is enough."""
    made = published(home)
    assert made.problems() == []
    spoil(made.folder / name)
    try:
        assert f"Publication {made.id}: {name} was altered." in current(home).problems()
    except PublicationError as error:
        assert "manifest.json" in str(error)
    assert published(home).problems() == current(home).problems() == []


def test_files_that_are_missing_or_too_many_are_named(home: Home) -> None:
    """Each by its name."""
    made = published(home)
    (made.folder / "gate.json").unlink()
    (made.folder / "names.csv").write_text("not published", encoding="utf-8")
    prefix = f"Publication {made.id}: "
    assert made.problems() == [f"{prefix}gate.json is missing.", f"{prefix}names.csv does not belong there."]


def test_the_newest_are_kept_and_those_that_are_read_or_in_force(home: Home) -> None:
    """A reader of an old one is not disturbed by clearing away."""
    made = [published(home, f"2025-03-0{day}") for day in range(1, 7)]
    for age, one in enumerate(reversed(made)):
        os.utime(one.folder / "manifest.json", (10**9 - age, 10**9 - age))
    point_to(home, made[0])
    with made[1].open() as db:
        assert clear_old(home, 2) == [made[2].id, made[3].id]
        assert db.execute("select count(*) from scores").fetchall() == [(5000,)]
    assert clear_old(home, 2) == [made[1].id]
    assert [p.id for p in publications(home)] == [made[0].id, made[4].id, made[5].id]


def test_what_a_killed_process_left_goes_with_the_next_publication(home: Home) -> None:
    """What a living one writes stays."""
    killed, alive = home.publications / ".staging-999999999-x", home.publications / f".staging-{os.getppid()}-x"
    for folder in (killed, alive):
        folder.mkdir()
        (folder / "scores.parquet").write_bytes(b"half")
    published(home)
    assert not killed.exists() and alive.exists()


def test_a_publication_is_found_by_the_beginning_of_its_id(home: Home) -> None:
    """Or told which there are."""
    made = published(home)
    assert publication(home, made.id[:5]) == publication(home, "current") == made
    with pytest.raises(PublicationError, match=f"called `nothing`. Kept are: {made.id}"):
        publication(home, "nothing")


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
        ):
            with pytest.raises(DatabaseError):
                db.execute(query).fetchall()


def test_a_document_that_was_altered_is_not_read(home: Home) -> None:
    """The message says which and what to do."""
    made = published(home)
    (made.folder / "gate.json").chmod(0o600)
    (made.folder / "gate.json").write_text("[]", encoding="utf-8")
    with pytest.raises(PublicationError, match=f"gate.json of publication {made.id} was altered. Run again"):
        document(made, "gate.json")
    assert document(published(home), "gate.json") == [{"check": "a", "passed": True}]

"""What landing promises: a delivery is kept unchanged, once, or nothing of it stays."""

import gzip
import hashlib
import json
import os
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from intake_example import DRAWN, pupil_lines, rows_of, tree, write_delivery

from warehouse import landing
from warehouse.gate import GateError
from warehouse.home import Home
from warehouse.landing import deliver, deliveries, landed_file, remap
from warehouse.pseudonym import pseudonym_key, pseudonyms
from warehouse.quarantine import QuarantineError
from warehouse.source import SourceError
from warehouse.unpack import MOST_FILES
from warehouse.vault import names_of, natural_keys_of

LATER = DRAWN["pupils"].replace("M ", "F ")
MAPPING = """
title: Mine
files:
  leerlingen: {pattern: "leerlingen*.csv*", columns: [pupil_id, birth_date, sex_code, race, known_date], required: true}
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    return Home(tmp_path / "home").create()


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    """A good delivery of three files."""
    return write_delivery(tmp_path / "delivery")


def zipped(folder: Path, to: Path, prefix: str = "") -> Path:
    """The files of a folder as a zip."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, prefix + path.name)
    return to


def test_every_file_is_kept_unchanged_under_the_hash_of_its_content(home: Home, delivery: Path) -> None:
    """Byte for byte, and the manifest says which file is where."""
    made, is_new = deliver(home, delivery)
    assert is_new and made.system == "aanboord" and deliveries(home) == [made]
    assert {f["name"] for f in made.files} == {"pupils.csv", "schools.csv", "enrolments.csv"}
    for file in made.files:
        content = (delivery / file["name"]).read_bytes()
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
        assert content not in (home.landed / file["sha256"][:2] / file["sha256"]).read_bytes()  # sealed
        (home.temp / "again").mkdir(exist_ok=True)
        assert landed_file(home, made, file["name"], home.temp / "again").read_bytes() == content
        assert file["lines_in"] == file["accepted"] + file["quarantined"] + file["duplicates"]


def test_names_and_natural_keys_go_to_the_vault_and_open_for_who_has_its_key(home: Home, tmp_path: Path) -> None:
    """By the pseudonym; a pupil who was not named has no box, and no table holds the natural key."""
    named = (
        "pupil_id | first_name | last_name | register_number | known_date\nP1 | Jan | Kanarievogel | 00017 | 2019-09-01"
    )
    made, _ = deliver(home, write_delivery(tmp_path / "in", identities=named))
    one, two = pseudonyms(pseudonym_key(home), "aanboord", "pupil", ["P1", "P2"])
    assert names_of(home, [one, two]) == {one: ("Jan", "Kanarievogel", "00017")}
    assert natural_keys_of(home, [one, two]) == {one: "P1"}
    assert {row[0] for row in rows_of(made.parquet(home, "pupils"), "pupil_id")} == {one, two}
    assert not made.parquet(home, "identities").exists()


def test_the_same_content_again_changes_nothing(home: Home, delivery: Path) -> None:
    """Under other names, and as a zip with a folder in it, it is still the same delivery."""
    first, _ = deliver(home, delivery)
    before = tree(home)
    (delivery / "pupils.csv").rename(delivery / "pupils_2.csv")
    assert deliver(home, delivery) == (first, False)
    assert deliver(home, zipped(delivery, delivery.parent / "a.zip", "some/folder/")) == (first, False)
    assert tree(home) == before


def as_utf16(text: str) -> bytes:
    return text.encode("utf-16")


def shuffled(text: str) -> bytes:
    head, *rows = text.splitlines(keepends=True)
    return (head + "".join(reversed(rows))).encode()


def columns_reordered(text: str) -> bytes:
    return "".join(",".join(reversed(line.split(","))) + "\n" for line in text.splitlines()).encode()


def twice(text: str) -> bytes:
    return (text + "".join(text.splitlines(keepends=True)[1:])).encode()


@pytest.mark.parametrize("change", [as_utf16, shuffled, columns_reordered, twice])
def test_the_same_said_in_another_way_changes_nothing(
    home: Home, delivery: Path, change: Callable[[str], bytes]
) -> None:
    """In another encoding, in another order, with each line twice: it says the same."""
    first, _ = deliver(home, delivery)
    before = tree(home)
    for path in delivery.iterdir():
        path.write_bytes(change(path.read_text(encoding="utf-8")))
    assert deliver(home, delivery) == (first, False)
    assert tree(home) == before


def test_one_changed_byte_makes_another_delivery(home: Home, delivery: Path) -> None:
    """Both are kept."""
    first, _ = deliver(home, delivery)
    second, is_new = deliver(home, write_delivery(delivery, pupils=LATER))
    assert is_new and {d.id for d in deliveries(home)} == {first.id, second.id}


def climbing(delivery: Path) -> Path:
    """A zip whose files would land outside its folder."""
    return zipped(delivery, delivery.parent / "climb.zip", "../../")


def cut_off(delivery: Path) -> Path:
    """A zip with bytes altered."""
    path = zipped(delivery, delivery.parent / "spoiled.zip")
    content = bytearray(path.read_bytes())
    content[40:60] = b"\xff" * 20
    path.write_bytes(bytes(content))
    return path


def with_password(delivery: Path) -> Path:
    """A zip that says it is encrypted."""
    path = zipped(delivery, delivery.parent / "locked.zip")
    content = path.read_bytes()
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        parts = content.split(mark)
        content = mark.join([parts[0], *(p[: offset - 4] + b"\x01\x00" + p[offset - 2 :] for p in parts[1:])])
    path.write_bytes(content)
    return path


def of_one_name(delivery: Path) -> Path:
    """Two files of one name in two folders."""
    path = zipped(delivery, delivery.parent / "twice.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("2024/pupils.csv", pupil_lines())
    return path


def too_many(delivery: Path) -> Path:
    """More files than a delivery may hold."""
    for i in range(MOST_FILES):
        (delivery / f"pupils_{i}.csv").touch()
    return zipped(delivery, delivery.parent / "many.zip")


def no_zip(delivery: Path) -> Path:
    """A file that is no zip."""
    return delivery / "pupils.csv"


def empty(delivery: Path) -> Path:
    """A folder without files."""
    (delivery.parent / "empty").mkdir()
    return delivery.parent / "empty"


def unknown(delivery: Path) -> Path:
    """Files that no system delivers."""
    for path in delivery.iterdir():
        path.rename(path.with_name("x_" + path.name))
    return delivery


def one_bad_file(delivery: Path) -> Path:
    """The last file cannot be read, the others are good."""
    (delivery / "schools.csv").rename(delivery / "schools.csv.gz")
    return delivery


def one_unknown_code(delivery: Path) -> Path:
    """A level that no list knows, found when the first tables were mapped already."""
    return write_delivery(delivery, schools=DRAWN["schools"].replace("primary", "nursery"))


@pytest.mark.parametrize(
    ("spoil", "error", "told"),
    [
        (cut_off, GateError, "spoiled.zip cannot be unpacked"),
        (with_password, GateError, "without password"),
        (climbing, GateError, "outside its folder"),
        (of_one_name, GateError, "files of one name in several folders"),
        (too_many, GateError, "Deliver it in parts"),
        (no_zip, GateError, "no folder and no zip"),
        (empty, GateError, "holds no files"),
        (unknown, SourceError, r"looks like no known system. Say which with --system \(aanboord, .*star\)"),
        (one_bad_file, GateError, "schools.csv.gz cannot be read"),
        (one_unknown_code, QuarantineError, "schools: 1 of 1 rows break a rule.*code:level_code"),
    ],
)
def test_of_a_refused_delivery_nothing_stays(
    home: Home, delivery: Path, spoil: Callable[[Path], Path], error: type[Exception], told: str
) -> None:
    """Not a file, not a row, not a name, not a temporary folder."""
    deliver(home, write_delivery(delivery.parent / "earlier", pupils=LATER))
    source, before = spoil(delivery), tree(home)
    with pytest.raises(error, match=told):
        deliver(home, source)
    assert tree(home) == before and not list(home.temp.iterdir())


def test_a_named_system_tells_which_file_it_misses(home: Home, delivery: Path) -> None:
    """And an unknown system tells which are known."""
    (delivery / "schools.csv").unlink()
    with pytest.raises(GateError, match=r"lacks schools\*.csv\*, which system aanboord needs. Add it"):
        deliver(home, delivery, "aanboord")
    with pytest.raises(SourceError, match="Unknown system `teletext`. Known: aanboord, .*star"):
        deliver(home, delivery, "teletext")


def test_a_delivery_that_was_cut_short_can_be_delivered_again(
    home: Home, delivery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full when names are sealed: the delivery does not exist, and the next attempt is whole."""
    with monkeypatch.context() as full, pytest.raises(OSError, match="full"):
        full.setattr(landing.vault, "store_boxes", lambda *_: (_ for _ in ()).throw(OSError("full")))
        deliver(home, delivery)
    assert deliveries(home) == []
    made, is_new = deliver(home, delivery)
    assert is_new and deliveries(home) == [made] and made.parquet(home, "pupils").exists()


def own_mappings(folder: Path, race: str) -> Path:
    """A system of one's own, whose SQL fills one column in a given way."""
    (folder / "mine").mkdir(parents=True, exist_ok=True)
    (folder / "mine" / "source.yaml").write_text(MAPPING, encoding="utf-8")
    columns = f"pupil_id, birth_date, sex_code, null as municipality_code, {race} as race, known_date, _file, _line"
    (folder / "mine" / "pupils.sql").write_text(f"select {columns} from leerlingen", encoding="utf-8")
    return folder


def test_a_changed_mapping_is_run_again_on_what_was_landed(home: Home, tmp_path: Path) -> None:
    """The source itself is not needed any more; with the same mapping nothing is done."""
    (tmp_path / "in").mkdir()
    packed = gzip.compress(pupil_lines("P1,2010-01-01,F,x,2019-09-01"))
    (tmp_path / "in" / "leerlingen.csv.gz").write_bytes(packed)
    made, _ = deliver(home, tmp_path / "in", "mine", own_mappings(tmp_path / "own", "race"))
    (tmp_path / "in" / "leerlingen.csv.gz").unlink()
    assert remap(home, made) is made
    own_mappings(tmp_path / "own", "upper(race)")
    again = remap(home, made)
    assert (again.id, deliveries(home)) == (made.id, [again]) and again.mapping != made.mapping
    assert rows_of(again.parquet(home, "pupils"), "race") == [("X",)]


def test_the_manifest_tells_counts_and_no_row(home: Home, delivery: Path) -> None:
    """Names of files, hashes and numbers."""
    made, _ = deliver(home, delivery)
    text = (home.deliveries / f"{made.id}.json").read_text(encoding="utf-8")
    assert json.loads(text)["tables"]["pupils"] == {"accepted": 2, "quarantined": 0}
    assert not [word for word in ("P1", "E1", "2010-03-04", "Wilg") if word in text]


def test_what_a_killed_process_left_behind_goes_before_the_next_delivery(home: Home, delivery: Path) -> None:
    """The folder of a process that is gone; that of one that is alive stays."""
    gone = subprocess.Popen(["true"])
    gone.wait()
    for process in (gone.pid, os.getpid()):
        (home.temp / f"reading-{process}-x").mkdir()
    deliver(home, delivery)
    assert [p.name for p in home.temp.iterdir()] == [f"reading-{os.getpid()}-x"]

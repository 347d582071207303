"""What the vault promises: a name is opened pupil by pupil, with the private key, and in no other way."""

import datetime as dt
import itertools
import os
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.boxes import BoxError, key_pair, open_all, public_of, shut
from warehouse.home import Home
from warehouse.keys import KeysError, read_key
from warehouse.pseudonym import key_id, key_path, pseudonym_key
from warehouse.vault import (
    VaultError,
    make_key_pair,
    names_of,
    natural_keys_of,
    private_key_path,
    public_key,
    seal,
    sealed_boxes,
    store_boxes,
    vault_file,
)

ROOT = Path(__file__).parents[2]
WORDS = st.text(st.characters(codec="utf-8"), max_size=12)
DATES = st.dates(dt.date(1990, 1, 1), dt.date(2035, 12, 31))
PUPILS = st.text("0123456789abcdef", min_size=4, max_size=20)
IDENTITIES = st.dictionaries(PUPILS, st.tuples(WORDS, WORDS, WORDS), max_size=6)
JAN = ("Jan", "Kanarievogel", "00017")
JANA = ("Jana", "Kanarievogel", "00017")
DAY, LATER = dt.date(2024, 9, 1), dt.date(2025, 9, 1)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    return Home(tmp_path / "home").create()


def boxes(home: Home) -> dict[str, bytes]:
    """What the vault holds on disk."""
    with closing(sqlite3.connect(vault_file(home, key_id(home)))) as database:
        return dict(database.execute("select pupil_id, box from sealed").fetchall())


def put(home: Home, pupil_id: str, box: bytes) -> None:
    """Write to the vault behind its back."""
    with closing(sqlite3.connect(vault_file(home, key_id(home)))) as database, database:
        database.execute("insert or replace into sealed values (?, '2024-09-01', '', ?)", [pupil_id, box])


@settings(max_examples=30, deadline=None)
@given(IDENTITIES, DATES)
def test_what_is_sealed_is_opened_as_it_was(identities: dict[str, tuple[str, str, str]], day: dt.date) -> None:
    """Any script; a pupil without a name is left out."""
    with TemporaryDirectory() as folder:
        home = Home(Path(folder)).create()
        assert seal(home, [(pupil, words, day) for pupil, words in identities.items()]) == len(identities)
        assert names_of(home, [*identities, "nobody"]) == identities


@settings(max_examples=40, deadline=None)
@given(PUPILS, PUPILS, st.lists(WORDS, max_size=4), DATES, st.data())
def test_a_box_that_is_not_as_it_was_shut_stays_shut(
    owner: str, other: str, content: list[str], day: dt.date, data: st.DataObject
) -> None:
    """Any bit altered, any length cut off, given to another pupil, or tried with another key."""
    private, public = key_pair()
    ((_, box),) = shut(public, [(owner, content, day)])
    assert open_all(private, [(owner, box)]) == {owner: content}
    place, bit = data.draw(st.integers(0, len(box) - 1)), data.draw(st.integers(0, 7))
    altered = box[:place] + bytes([box[place] ^ (1 << bit)]) + box[place + 1 :]
    for spoiled in (altered, box[:place], box + b"\0"):
        with pytest.raises(BoxError):
            open_all(private, [(owner, spoiled)])
    for key, pupil in ((private, other + "0"), (key_pair()[0], owner)):
        with pytest.raises(BoxError):
            open_all(key, [(pupil, box)])


def test_boxes_of_names_of_any_usual_length_are_of_one_length() -> None:
    """So a box tells nothing of the name in it, and two boxes of one name differ."""
    _, public = key_pair()
    names = ["An", "Jan", "Maximiliaan-Alexander", "An"]
    shut_in = [
        box for _, box in shut(public, [(f"p{i}", (name, "Peeters", "00017"), DAY) for i, name in enumerate(names)])
    ]
    assert len({len(box) for box in shut_in}) == 1 and len(set(shut_in)) == len(names)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_what_was_known_last_counts_in_whatever_order_deliveries_come(home: Home, order: tuple[int, ...]) -> None:
    """One name a pupil; of two that are as late always the same, and the same again changes nothing."""
    known = [("Old", DAY, "d1"), ("Newest", LATER, "d2"), ("Other", LATER, "d1"), ("Oldest", dt.date(2020, 9, 1), "d9")]
    for i in (*order, *order):
        name, day, delivery = known[i]
        if (name, delivery) == ("Old", "d1"):  # one delivery may name a pupil twice
            seal(home, [("p1", (name, "", ""), day), ("p1", ("Other", "", ""), LATER)], delivery)
        seal(home, [("p1", (name, "", ""), day)], "d0" if name == "Old" else delivery)
    assert names_of(home, ["p1"]) == {"p1": ("Newest", "", "")} and len(boxes(home)) == 1


def test_a_delivery_that_is_mapped_anew_replaces_what_it_said(home: Home) -> None:
    """Also where its known date was wrong before, and not where another delivery knew better."""
    seal(home, [("p1", JAN, LATER), ("p2", JAN, DAY)], "d1")
    seal(home, [("p2", JANA, LATER)], "d2")
    seal(home, [("p1", JANA, DAY), ("p2", JAN, DAY)], "d1")
    assert names_of(home, ["p1", "p2"]) == {"p1": JANA, "p2": JANA}


def test_the_same_again_does_not_let_the_vault_grow(home: Home) -> None:
    """Not by a byte."""
    entries = [(f"p{i}", JAN, DAY) for i in range(500)]
    seal(home, entries, "d1")
    size = vault_file(home, key_id(home)).stat().st_size
    seal(home, entries, "d1")
    assert vault_file(home, key_id(home)).stat().st_size == size and len(boxes(home)) == 500


def test_no_name_stands_in_a_file_of_the_home(home: Home) -> None:
    """What the vault does tell: which pseudonyms it knows, and since when."""
    seal(home, [("p1", JAN, DAY), ("p2", JAN, DAY)])
    content = b"".join(p.read_bytes() for p in home.root.rglob("*") if p.is_file())
    assert b"p1" in content and b"2024-09-01" in content and not [word for word in JAN if word.encode() in content]


def test_a_box_opens_only_for_its_own_pupil(home: Home) -> None:
    """Moved to another pupil, or altered, it stays shut; the refusal does not say whose it is."""
    seal(home, [("p1", JAN, DAY)])
    box = boxes(home)["p1"]
    put(home, "p2", box)
    put(home, "p3", box[:-1] + bytes([box[-1] ^ 1]))
    for pupil in ("p2", "p3"):
        with pytest.raises(VaultError, match="stays shut") as refused:
            names_of(home, [pupil])
        assert pupil not in str(refused.value)


def test_sealing_needs_no_private_key(home: Home) -> None:
    """Whoever takes deliveries in can write, also after the private key was taken away, and cannot read."""
    seal(home, [("p1", JAN, DAY)])
    kept = private_key_path(home).read_text()
    private_key_path(home).unlink()
    seal(home, [("p2", JANA, DAY)])
    with pytest.raises(KeysError, match="private key of the identity vault is not at"):
        names_of(home, ["p1"])
    private_key_path(home).write_text(kept)
    assert names_of(home, ["p1", "p2"]) == {"p1": JAN, "p2": JANA}


def test_the_private_key_may_be_kept_elsewhere(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the user who makes lists; nothing in the home opens the vault then."""
    monkeypatch.setenv("AANBOORD_VAULT_KEY", str(tmp_path / "kept" / "vault.key"))
    assert make_key_pair(home) == tmp_path / "kept" / "vault.key"
    monkeypatch.delenv("AANBOORD_VAULT_KEY")
    seal(home, [("p1", JAN, DAY)])
    with pytest.raises(KeysError):
        names_of(home, ["p1"])
    monkeypatch.setenv("AANBOORD_VAULT_KEY", str(tmp_path / "kept" / "vault.key"))
    assert names_of(home, ["p1"]) == {"p1": JAN}


def test_a_private_key_of_another_user_is_not_read(home: Home) -> None:
    """The file system keeps it, and the message says what to do."""
    seal(home, [("p1", JAN, DAY)])
    private_key_path(home).chmod(0)
    me = os.geteuid()
    try:
        if me == 0:  # the superuser may read everything
            os.seteuid(65_534)
        with pytest.raises(KeysError, match="closed to this user. Work as the user who keeps it"):
            read_key(private_key_path(home), "The private key")
    finally:
        os.seteuid(me)


def test_a_private_key_of_another_vault_is_refused(home: Home, tmp_path: Path) -> None:
    """Before a box is tried."""
    seal(home, [("p1", JAN, DAY)])
    other = Home(tmp_path / "other").create()
    make_key_pair(other)
    private_key_path(home).write_text(private_key_path(other).read_text())
    with pytest.raises(KeysError, match="is not the private key of this vault"):
        names_of(home, ["p1"])


def test_keys_are_never_made_anew_where_they_were_lost(home: Home) -> None:
    """Neither half, nor a second pair."""
    seal(home, [("p1", JAN, DAY)])
    with pytest.raises(KeysError, match="exists: this vault has its keys"):
        make_key_pair(home)
    (home.vault / "public.key").unlink()
    with pytest.raises(KeysError, match="public.key is gone while the vault holds names"):
        seal(home, [("p2", JAN, DAY)])


def test_a_pair_that_was_half_made_is_completed(home: Home) -> None:
    """Whatever broke off before the public key was written."""
    public = public_key(home)
    (home.vault / "public.key").unlink()
    assert public_key(home) == public


def test_who_start_at_once_have_the_same_keys(home: Home) -> None:
    """The first to finish counts; no key is left over."""
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: (pseudonym_key(home), public_key(home)), range(16)))
    assert len(set(made)) == 1 and len(list(home.secrets.iterdir())) == 2
    assert [p.name for p in home.root.iterdir() if p.is_file()] == ["keys.json"]


def test_the_vault_is_not_read_out_at_once(home: Home) -> None:
    """One centre's list and no more; the message names nobody."""
    seal(home, [(f"p{i}", JAN, DAY) for i in range(12)])
    assert len(names_of(home, [f"p{i}" for i in range(10)], most=10)) == 10
    with pytest.raises(VaultError, match="11 names were asked for at once, more than the 10"):
        names_of(home, [f"p{i}" for i in range(11)], most=10)
    with pytest.raises(VaultError, match="more than the 5000"):
        names_of(home, ["p1"] * 5_001)


def test_a_natural_key_is_kept_where_it_is_given(home: Home) -> None:
    """It is asked for by itself: a list shows names."""
    seal(home, [("p1", (*JAN, "10010100022"), DAY), ("p2", JAN, DAY)])
    assert natural_keys_of(home, ["p1", "p2"]) == {"p1": "10010100022"}
    assert names_of(home, ["p1", "p2"]) == {"p1": JAN, "p2": JAN}


CHILD = """
import datetime as dt, sys
from warehouse.vault import sealed_boxes
public = bytes.fromhex(sys.argv[1])
def watch(event, arguments):
    if event == "open" and not str(arguments[0]).endswith((".py", ".pyc")) or event.startswith(("socket", "sqlite3")):
        raise SystemExit("touched " + str(arguments[0]))
sys.addaudithook(watch)
for pupil, box in sealed_boxes(public, [("p1", ("Jan", "Kanarievogel", "00017"), dt.date(2024, 9, 1))]):
    print(pupil, box.hex())
"""


def test_a_child_that_knows_the_public_key_alone_can_seal(home: Home) -> None:
    """It opens no file but code; its boxes are stored as any others."""
    command = [sys.executable, "-c", CHILD, public_key(home).hex()]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 0, done.stderr
    pupil, box = done.stdout.split()
    store_boxes(home, [(pupil, bytes.fromhex(box))], "d1")
    assert names_of(home, ["p1"]) == {"p1": JAN} and "Kanarievogel" not in done.stdout


def test_the_public_key_is_that_of_the_private_key(home: Home) -> None:
    """The writer's half opens nothing."""
    public = public_key(home)
    private = bytes.fromhex(private_key_path(home).read_text())
    assert public_of(private) == public != private
    ((_, box),) = sealed_boxes(public, [("p1", JAN, DAY)])
    with pytest.raises(BoxError):
        open_all(public, [("p1", box)])


def test_keys_are_closed_to_other_users(home: Home) -> None:
    """Keys and names can be read, and their folders entered, by their owner only."""
    pseudonym_key(home)
    seal(home, [])
    for path in (key_path(home, key_id(home)), private_key_path(home), vault_file(home, key_id(home))):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in (home.secrets, home.vault, home.lists):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700

"""What the vault and the pseudonyms promise: a name is opened pupil by pupil, with the key of its home, and in no other way."""

import hashlib
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.home import Home
from warehouse.pseudonym import key_id, pseudonym_key, pseudonyms
from warehouse.vault import names_of, seal

WORDS = st.text(st.characters(codec="utf-8"), max_size=12)
IDENTITIES = st.dictionaries(
    st.text("0123456789abcdef", min_size=4, max_size=20), st.tuples(WORDS, WORDS, WORDS), max_size=6
)
JAN = ("Jan", "Kanarievogel", "00017")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    return Home(tmp_path).create()


def boxes(home: Home) -> dict[str, bytes]:
    """What the vault holds on disk."""
    with closing(sqlite3.connect(home.vault / "identities.sqlite")) as database:
        return dict(database.execute("select pupil_id, box from sealed").fetchall())


def put(home: Home, pupil_id: str, box: bytes) -> None:
    """Write to the vault behind its back."""
    with closing(sqlite3.connect(home.vault / "identities.sqlite")) as database, database:
        database.execute("insert or replace into sealed values (?, ?)", [pupil_id, box])


@settings(max_examples=30, deadline=None)
@given(IDENTITIES)
def test_what_is_sealed_is_opened_as_it_was(identities: dict[str, tuple[str, str, str]]) -> None:
    """Any script; a pupil without a name is left out."""
    with TemporaryDirectory() as folder:
        home = Home(Path(folder)).create()
        assert seal(home, identities.items()) == len(identities)
        assert names_of(home, [*identities, "nobody"]) == identities


def test_a_later_identity_replaces_the_earlier(home: Home) -> None:
    """One name a pupil."""
    seal(home, [("p1", JAN)])
    seal(home, [("p1", ("Jana", "Kanarievogel", "00017"))])
    assert names_of(home, ["p1"]) == {"p1": ("Jana", "Kanarievogel", "00017")} and len(boxes(home)) == 1


def test_no_name_stands_in_a_file_of_the_home(home: Home) -> None:
    """Nor can two pupils of one name be told to have one: every box has a nonce of its own."""
    seal(home, [("p1", JAN), ("p2", JAN)])
    assert len(set(boxes(home).values())) == 2
    content = b"".join(p.read_bytes() for p in home.root.rglob("*") if p.is_file())
    assert b"p1" in content and not [word for word in JAN if word.encode() in content]


def test_a_box_opens_only_for_its_own_pupil(home: Home) -> None:
    """Moved to another pupil, or altered, it stays shut."""
    seal(home, [("p1", JAN)])
    box = boxes(home)["p1"]
    put(home, "p2", box)
    put(home, "p3", box[:-1] + bytes([box[-1] ^ 1]))
    for pupil in ("p2", "p3"):
        with pytest.raises(InvalidTag):
            names_of(home, [pupil])


def test_a_vault_without_its_key_stays_shut(home: Home) -> None:
    """A copy of the file alone tells nothing."""
    seal(home, [("p1", JAN)])
    (home.secrets / "vault.key").unlink()
    with pytest.raises(InvalidTag):
        names_of(home, ["p1"])


def test_keys_are_closed_to_other_users(home: Home) -> None:
    """Keys can be read, and their folders entered, by their owner only."""
    pseudonym_key(home)
    seal(home, [])
    for name in ("pseudonym.key", "vault.key"):
        assert stat.S_IMODE((home.secrets / name).stat().st_mode) == 0o600
    for folder in (home.secrets, home.vault, home.lists):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def by_hand(key: bytes, message: bytes) -> str:
    """HMAC-SHA-256 from its definition (RFC 2104), the first twenty characters."""
    padded = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in padded) + message).digest()
    return hashlib.sha256(bytes(b ^ 0x5C for b in padded) + inner).hexdigest()[:20]


@given(key=st.binary(min_size=32, max_size=32), naturals=st.lists(WORDS, max_size=5))
def test_a_pseudonym_is_a_keyed_hash_of_system_kind_and_number(key: bytes, naturals: list[str]) -> None:
    """Against the definition of HMAC."""
    expected = [by_hand(key, f"star:pupil:{natural}".encode()) for natural in naturals]
    assert pseudonyms(key, "star", "pupil", naturals) == expected


def test_another_key_system_or_kind_gives_another_pseudonym() -> None:
    """So that a number of one source says nothing about a number of another."""
    asked = [
        (bytes(32), "star", "pupil"),
        (b"k" * 32, "star", "pupil"),
        (bytes(32), "aanboord", "pupil"),
        (bytes(32), "star", "enrolment"),
    ]
    assert len({pseudonyms(key, system, kind, ["17"])[0] for key, system, kind in asked}) == 4  # fmt: skip


def test_a_hundred_thousand_pupils_have_a_pseudonym_each() -> None:
    """No two share one."""
    assert len(set(pseudonyms(bytes(32), "aanboord", "pupil", map(str, range(100_000))))) == 100_000


def test_a_home_keeps_its_key(home: Home, tmp_path: Path) -> None:
    """The same at every call, another one in another home; its name tells nothing of it."""
    key = pseudonym_key(home)
    other = Home(tmp_path / "other").create()
    assert len(key) == 32 and pseudonym_key(home) == key != pseudonym_key(other)
    assert key_id(home) == key_id(home) != key_id(other) and key_id(home) not in key.hex()


@pytest.mark.parametrize("text", ["", "00ff"])
def test_a_key_that_was_cut_off_is_not_used(home: Home, text: str) -> None:
    """An empty key would make hashes that anyone can make."""
    (home.secrets / "pseudonym.key").write_text(text)
    with pytest.raises(ValueError, match="no key of 32. Put back the key from a backup"):
        pseudonym_key(home)

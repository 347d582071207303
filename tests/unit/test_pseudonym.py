"""What pseudonyms promise: the same key gives the same one for ever, and a key that was lost is never made anew."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.connection import memory_store
from warehouse.home import Home
from warehouse.keys import KeysError
from warehouse.pseudonym import SQL, in_database, key_id, key_path, make_key, pseudonym_key, pseudonyms

WORDS = st.text(st.characters(codec="utf-8"), max_size=12)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    return Home(tmp_path / "home").create()


def by_hand(key: bytes, message: bytes) -> str:
    """HMAC-SHA-256 from its definition (RFC 2104), the first twenty characters."""
    padded = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in padded) + message).digest()
    return hashlib.sha256(bytes(b ^ 0x5C for b in padded) + inner).hexdigest()[:20]


@given(key=st.binary(min_size=32, max_size=32), naturals=st.lists(WORDS, max_size=5))
def test_a_pseudonym_is_a_keyed_hash_of_name_space_kind_and_number(key: bytes, naturals: list[str]) -> None:
    """Against the definition of HMAC."""
    expected = [by_hand(key, f"star:pupil:{natural}".encode()) for natural in naturals]
    assert pseudonyms(key, "star", "pupil", naturals) == expected


@settings(max_examples=30, deadline=None)
@given(key=st.binary(min_size=32, max_size=32), naturals=st.lists(WORDS, max_size=5))
def test_a_database_gives_the_same_pseudonyms(tmp_path_factory, key: bytes, naturals: list[str]) -> None:
    """There are two ways to make them, for one and for millions: against the same definition."""
    with memory_store([], tmp_path_factory.mktemp("temp")) as db:
        db.execute(
            "create table keys as select unnest($1) as natural_key, unnest($2) as n",
            [naturals, [*range(len(naturals))]],
        )
        found = db.execute(f"select {SQL} from keys order by n", in_database(key, "star", "pupil")).fetchall()
    assert [row[0] for row in found] == [by_hand(key, f"star:pupil:{natural}".encode()) for natural in naturals]


@pytest.mark.parametrize(
    ("key", "namespace", "natural", "expected"),
    [
        (bytes(32), "star", "10000", "29a3621e20c9f1055c5f"),
        (bytes(range(32)), "insz", "10010100022", "9b68b1b62523501891e1"),  # made with OpenSSL
        (bytes(range(32)), "insz", "0010100022", "6ecabef0eee6a4a4211f"),  # the leading nought counts
    ],
)
def test_known_pseudonyms(key: bytes, namespace: str, natural: str, expected: str) -> None:
    """They may never change: every row that was ever mapped is named with them."""
    assert pseudonyms(key, namespace, "pupil", [natural]) == [expected]


def test_another_key_name_space_or_kind_gives_another_pseudonym() -> None:
    """Trap 7: a number that is unique in one source only (stamnummer) is nobody in another, unless they share a name space."""
    asked = [
        (bytes(32), "star", "pupil"),
        (b"k" * 32, "star", "pupil"),
        (bytes(32), "insz", "pupil"),
        (bytes(32), "star", "enrolment"),
    ]
    assert len({pseudonyms(key, space, kind, ["17"])[0] for key, space, kind in asked}) == 4


def test_a_name_space_cannot_be_written_so_that_it_looks_like_another() -> None:
    """`a:b` and `c` would be `a` and `b:c`."""
    with pytest.raises(ValueError, match="hold no `:`"):
        pseudonyms(bytes(32), "star:pupil", "x", ["17"])


def test_a_hundred_thousand_pupils_have_a_pseudonym_each() -> None:
    """No two share one."""
    assert len(set(pseudonyms(bytes(32), "aanboord", "pupil", map(str, range(100_000))))) == 100_000


def test_a_home_keeps_its_key(home: Home, tmp_path: Path) -> None:
    """The same at every call, another one in another home; its id tells nothing of it."""
    key = pseudonym_key(home)
    other = Home(tmp_path / "other").create()
    assert len(key) == 32 and pseudonym_key(home) == key != pseudonym_key(other)
    assert key_id(home) == key_id(home) != key_id(other) and key_id(home) not in key.hex()
    assert key.hex() not in (home.root / "keys.json").read_text()


def lose(home: Home) -> None:
    """The key file is gone."""
    key_path(home, key_id(home)).unlink()


def cut_off(home: Home) -> None:
    """A key that lost its end: an empty key would make hashes that anyone can make."""
    key_path(home, key_id(home)).write_text("00ff")


def replace(home: Home) -> None:
    """Another home's key in its place."""
    other = key_path(home, make_key(home))
    other.replace(key_path(home, key_id(home)))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lose, "is not at .*Put it back from a backup"),
        (cut_off, "no key of 32 bytes"),
        (replace, "but this home needs"),
    ],
)
def test_a_key_that_was_lost_or_replaced_is_never_made_anew(
    home: Home, spoil: Callable[[Home], None], told: str
) -> None:
    """Another key would give every pupil another pseudonym, so nothing is mapped."""
    key = pseudonym_key(home).hex()
    spoil(home)
    with pytest.raises(KeysError, match=told) as refused:
        pseudonym_key(home)
    assert key not in str(refused.value) and "00ff" not in str(refused.value)


def test_a_home_with_deliveries_gets_no_first_key(home: Home) -> None:
    """Who lost `keys.json` is told so."""
    pseudonym_key(home)
    (home.root / "keys.json").unlink()
    assert len(pseudonym_key(home)) == 32  # an empty home starts anew
    (home.root / "keys.json").unlink()
    (home.deliveries / "d1.json").write_text("{}")
    with pytest.raises(KeysError, match="keys.json is gone while there are deliveries"):
        pseudonym_key(home)
    assert not (home.root / "keys.json").exists()

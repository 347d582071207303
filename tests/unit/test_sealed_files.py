"""What a sealed file promises: it opens as it was, or not at all."""

import stat
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse import sealed_files
from warehouse.home import Home
from warehouse.keys import KeysError
from warehouse.sealed_files import SealedFileError, landed_key, open_file, opened, seal_file

KEY, OTHER = bytes(range(32)), bytes(32)
SMALL = 16  # bytes a chunk in these tests, so that few bytes are many chunks
HEAD = len(sealed_files.MARK) + 32
CONTENT = st.one_of(
    st.binary(max_size=100), st.sampled_from([b"", b"x" * SMALL, b"x" * 2 * SMALL, b"x" * (2 * SMALL + 1)])
)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of a few bytes are cut as files of a few gigabytes are."""
    monkeypatch.setattr(sealed_files, "CHUNK_BYTES", SMALL)


def sealed(folder: Path, content: bytes) -> Path:
    """A sealed file of that content."""
    (folder / "plain").write_bytes(content)
    seal_file(folder / "plain", folder / "sealed", KEY)
    return folder / "sealed"


@settings(max_examples=60, deadline=None)
@given(CONTENT)
def test_what_is_sealed_opens_as_it_was(content: bytes) -> None:
    """Empty, whole chunks, and what is left over; in the file it cannot be read."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        made = sealed(folder, content)
        open_file(made, folder / "again", KEY)
        assert (folder / "again").read_bytes() == content == b"".join(opened(made, KEY))
        assert len(content) < 8 or content not in made.read_bytes()[HEAD:]


@settings(max_examples=60, deadline=None)
@given(CONTENT, st.data())
def test_a_file_that_is_not_as_it_was_sealed_does_not_open(content: bytes, data: st.DataObject) -> None:
    """Any bit altered, any length cut off, something added; and nothing of it stays."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        made = sealed(folder, content)
        whole = made.read_bytes()
        place, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
        altered = whole[:place] + bytes([whole[place] ^ (1 << bit)]) + whole[place + 1 :]
        for spoiled in (altered, whole[:place], whole + b"\0"):
            made.write_bytes(spoiled)
            with pytest.raises(SealedFileError, match="sealed does not open"):
                open_file(made, folder / "again", KEY)
            assert not (folder / "again").exists()


@pytest.mark.parametrize("chunks", [[1, 0, 2], [0, 0, 1, 2], [0, 2], [0, 1], [2]])
def test_chunks_that_were_moved_do_not_open(tmp_path: Path, chunks: list[int]) -> None:
    """Out of order, twice, left out, or without the end: each chunk is whole in itself."""
    made = sealed(tmp_path, b"a" * SMALL + b"b" * SMALL + b"c")
    whole, step = made.read_bytes(), SMALL + 16
    parts = [whole[HEAD + i * step : HEAD + (i + 1) * step] for i in range(3)]
    made.write_bytes(whole[:HEAD] + b"".join(parts[i] for i in chunks))
    with pytest.raises(SealedFileError):
        list(opened(made, KEY))


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    """And the message tells what to do."""
    with pytest.raises(SealedFileError, match="sealed with another key. Put back the file, or the key, from a backup"):
        list(opened(sealed(tmp_path, b"Kanarievogel"), OTHER))


def test_two_files_of_one_content_are_sealed_differently(tmp_path: Path) -> None:
    """So that nobody can tell by looking that they are the same; only their owner can read them."""
    first = sealed(tmp_path, b"Kanarievogel").read_bytes()
    again = sealed(tmp_path, b"Kanarievogel")
    assert first != again.read_bytes() and stat.S_IMODE(again.stat().st_mode) == 0o600


def test_what_cannot_be_sealed_leaves_nothing(tmp_path: Path) -> None:
    """Neither a part nor a file without a name of its own; what was there stays."""
    made = sealed(tmp_path, b"Kanarievogel")
    before = made.read_bytes()
    with pytest.raises(IsADirectoryError):
        seal_file(tmp_path, made, KEY)
    assert made.read_bytes() == before and sorted(p.name for p in tmp_path.iterdir()) == ["plain", "sealed"]


def test_a_plain_file_is_never_written_over(tmp_path: Path) -> None:
    """What is there is not what was asked for."""
    made = sealed(tmp_path, b"Kanarievogel")
    with pytest.raises(FileExistsError):
        open_file(made, tmp_path / "plain", KEY)
    assert (tmp_path / "plain").read_bytes() == b"Kanarievogel"


def test_the_key_of_landed_files_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be kept elsewhere, and is never made anew where files were landed with it."""
    home = Home(tmp_path / "home").create()
    key = landed_key(home)
    assert len(key) == 32 and landed_key(home) == key
    (home.landed / "ab").mkdir()
    seal_file(home.secrets / "landed.key", home.landed / "ab" / "abc", key)
    (home.secrets / "landed.key").rename(tmp_path / "kept.key")
    with pytest.raises(KeysError, match="key of the landed files is not at"):
        landed_key(home)
    assert not (home.secrets / "landed.key").exists()
    monkeypatch.setenv("AANBOORD_LANDED_KEY", str(tmp_path / "kept.key"))
    assert landed_key(home) == key

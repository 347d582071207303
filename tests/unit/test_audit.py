"""What the audit chain promises: nothing in it can be changed unseen, and nothing happens without it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.audit import AuditError, entries, problems, record
from warehouse.home import Home
from warehouse.keys import KeysError

Lines = list[str]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home in which five things were done."""
    made = Home(tmp_path / "home").create()
    for number in range(5):
        record(made, "list", clb="CLB01", rows=number)
    return made


def chain(home: Home) -> Path:
    """The file of the chain."""
    return home.audit / "chain.jsonl"


def change(home: Home, how: Callable[[Lines], Lines]) -> None:
    """Write the chain's lines anew."""
    chain(home).write_text("".join(how(chain(home).read_text(encoding="utf-8").splitlines(keepends=True))))


def test_every_action_is_one_entry_with_its_time_and_actor(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order in which they were done, in UTC."""
    monkeypatch.setenv("AANBOORD_ACTOR", "nightly")
    record(home, "publish", publication="abc")
    found = entries(home)
    assert [e["number"] for e in found] == [1, 2, 3, 4, 5, 6] and problems(home) == []
    assert (found[5]["action"], found[5]["about"], found[5]["actor"]) == ("publish", {"publication": "abc"}, "nightly")
    assert found[5]["at"].endswith("+00:00")


@pytest.mark.parametrize(
    ("how", "problem"),
    [
        (lambda lines: [lines[0].replace('"rows":0', '"rows":9'), *lines[1:]], "entry 1 was changed"),
        (lambda lines: [*lines[:2], *lines[3:]], "entry 3 is missing"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "entry 1 is missing or out of order"),
        (lambda lines: lines[:-1], "cut off: it has 4 entries, and there were 5"),
        (lambda lines: [], "cut off: it has 0 entries"),
        (lambda lines: [*lines, lines[-1]], "entry 6 is missing or out of order"),
        (lambda lines: [*lines[:4], "nonsense\n"], "a line that is no entry"),
        (lambda lines: [*lines, lines[4].replace('"number":5', '"number":6')], "entry 6 was changed"),
    ],
    ids=["edited", "taken out", "moved", "cut off", "emptied", "doubled", "no entry", "forged"],
)
def test_what_was_done_to_the_chain_is_found(home: Home, how: Callable[[Lines], Lines], problem: str) -> None:
    """And says which entry."""
    change(home, how)
    assert problem in problems(home)[0]


@settings(max_examples=60, deadline=None)
@given(position=st.integers(0), bit=st.integers(0, 7))
def test_one_bit_is_enough(tmp_path_factory: pytest.TempPathFactory, position: int, bit: int) -> None:
    """Wherever it is turned over, in the chain or in its head."""
    home = Home(tmp_path_factory.mktemp("home")).create()
    for number in range(3):
        record(home, "view", rows=number)
    path = [chain(home), home.audit / "head.json"][position % 2]
    content = bytearray(path.read_bytes())
    content[position % len(content)] ^= 1 << bit
    path.write_bytes(content)
    assert problems(home)


def test_a_chain_that_was_cut_off_with_its_head_is_found_by_the_copy_elsewhere(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who may write both files, and had kept an older head, is found by the anchor."""
    monkeypatch.setenv("AANBOORD_AUDIT_ANCHOR", str(tmp_path))
    kept = {p: p.read_bytes() for p in (chain(home), home.audit / "head.json")}
    record(home, "erase", pupils=1)
    for path, content in kept.items():
        path.write_bytes(content)
    assert "cut off: it has 5 entries, and there were 6" in problems(home)[0]


def test_the_head_or_chain_that_is_gone_is_told(home: Home) -> None:
    """And no new chain is begun in its place."""
    chain(home).unlink()
    assert problems(home)
    with pytest.raises(AuditError, match="is gone. Put it back"):
        record(home, "view", rows=1)


def test_a_lost_key_is_no_reason_for_another(home: Home) -> None:
    """The message says which file to put back."""
    (home.secrets / "audit.key").unlink()
    with pytest.raises(KeysError, match="The key of the audit chain is not at"):
        record(home, "view", rows=1)


def test_an_entry_that_a_power_cut_left_half_is_taken_away(home: Home) -> None:
    """Its action did not happen; the chain goes on after the last whole entry."""
    with chain(home).open("a") as file:
        file.write('{"number":6,"act')
    record(home, "view", rows=1)
    assert problems(home) == [] and len(entries(home)) == 6


def test_where_it_cannot_be_written_nothing_may_be_done(home: Home) -> None:
    """A full or closed folder."""
    (home.audit / "head.json").unlink()
    (home.audit / "head.json").mkdir()
    with pytest.raises(AuditError, match=r"cannot be written .* so nothing was done"):
        record(home, "view", rows=1)


def test_an_unknown_action_is_refused(home: Home) -> None:
    """A typing error would be an action that nobody finds."""
    with pytest.raises(AuditError, match="Unknown action `looked`"):
        record(home, "looked")


def test_many_processes_write_one_chain(home: Home) -> None:
    """No entry is lost and none stands twice."""
    code = "import sys; from pathlib import Path; from warehouse.audit import record; from warehouse.home import Home\n"
    code += "for n in range(10): record(Home(Path(sys.argv[1])), 'view', rows=n)"
    command = [sys.executable, "-c", code, str(home.root)]
    running = [subprocess.Popen(command, env=os.environ) for _ in range(4)]
    assert [process.wait(60) for process in running] == [0] * 4
    assert problems(home) == [] and len(entries(home)) == 45


def test_an_entry_is_one_line_of_json(home: Home) -> None:
    """So that any tool can read it."""
    assert [json.loads(line)["number"] for line in chain(home).read_text().splitlines()] == [1, 2, 3, 4, 5]

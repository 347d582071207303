"""What a rotation promises when it is killed: the old key or the new one is in force, and never a mix."""

from pathlib import Path

import pytest
from rotation_example import TODAY, child, home_of_three, state_of

from warehouse.home import Home
from warehouse.landing import map_with
from warehouse.pseudonym import key_id, key_path, key_state
from warehouse.rotation import forget, keys_status, rotate

DIES = """
import datetime as dt, os, sys
from pathlib import Path
from warehouse import rotation, vault
from warehouse.home import Home
from warehouse.landing import map_with

module, name, call, before = sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5] == "before"
owner = {"rotation": rotation, "vault": vault}[module]
real, calls = getattr(owner, name), []

def dies(*arguments, **named):
    calls.append(1)
    if len(calls) == call and before:
        os.kill(os.getpid(), 9)
    done = real(*arguments, **named)
    if len(calls) == call:
        os.kill(os.getpid(), 9)
    return done

setattr(owner, name, dies)
home, day = Home(Path(sys.argv[1])), dt.date(2025, 3, 1)
if sys.argv[6] == "rotate":
    rotation.rotate(home, day, map_with)
else:
    rotation.forget(home, day, early=True)
"""
ROTATING = [
    ("rotation", "make_key", 1, "after", "old"),
    ("rotation", "write_state", 1, "before", "old"),
    ("rotation", "write_state", 1, "after", "old"),
    ("rotation", "_remember_names", 1, "after", "old"),
    ("vault", "store_boxes", 1, "after", "old"),
    ("vault", "store_renamed", 2, "before", "old"),
    ("rotation", "_empty", 1, "before", "old"),
    ("rotation", "_empty", 1, "after", "old"),
    ("rotation", "write_state", 2, "before", "old"),
    ("rotation", "write_state", 2, "after", "new"),
]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with two deliveries of three pupils."""
    return home_of_three(tmp_path)


def killed(home: Home, command: str, module: str, name: str, call: int, when: str) -> None:
    """Run a command in a process that is killed at that call."""
    with child(DIES, str(home.root), module, name, str(call), when, command) as process:
        process.communicate()
    assert process.returncode == -9


@pytest.mark.parametrize(("module", "name", "call", "when", "which"), ROTATING)
def test_a_rotation_that_is_killed_leaves_the_old_or_the_new_key_in_force(
    home: Home, module: str, name: str, call: int, when: str, which: str
) -> None:
    """All rows and names are of one key; the command again finishes what was begun, with the key that was begun with."""
    before, old = state_of(home), key_id(home)
    killed(home, "rotate", module, name, call, when)
    assert (key_id(home) == old) is (which == "old")
    assert state_of(home) == before
    upcoming = key_state(home).upcoming
    if which == "old":
        assert rotate(home, TODAY, map_with).current == (upcoming or key_id(home)) != old
    assert state_of(home) == before and keys_status(home, TODAY).rotation_is_unfinished is False


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("name", ["destroy", "write_state"])
def test_a_forgetting_that_is_killed_is_finished_by_the_same_command(home: Home, name: str, when: str) -> None:
    """The key in force stays whole."""
    before = state_of(home)
    old = rotate(home, TODAY, map_with).previous
    killed(home, "forget", "rotation", name, 1, when)
    assert state_of(home) == before
    if (name, when) != ("write_state", "after"):
        assert forget(home, TODAY, early=True) == old
    assert not key_path(home, old).exists() and state_of(home) == before

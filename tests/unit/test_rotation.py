"""What a rotation promises: every pupil another pseudonym, nothing else changed, and never a mix of old and new."""

import datetime as dt
from pathlib import Path

import duckdb
import pytest
from intake_example import write_delivery
from rotation_example import AFTER, NATURALS, SECOND, TODAY, child, home_of_three, naturals_of, state_of

from warehouse import vault
from warehouse.connection import WarehouseBusyError, working_store
from warehouse.home import Home
from warehouse.keys import KeysError
from warehouse.landing import Delivery, deliver, deliveries, map_with, remap
from warehouse.pseudonym import key_id, key_path, key_state
from warehouse.rotation import forget, in_force, keys_status, rotate
from warehouse.vault import VaultError, names_of, vault_file

CAMPUS = """
title: Schools alone
files:
  campus: {pattern: "campus*", columns: [nummer, naam], required: true}
"""
CAMPUS_SQL = """
select nummer as school_id, naam as school_name, 'primary' as level_code, null as network_code, null as municipality_code,
    null as area_code, null as is_special, '2019-09-01' as known_date, _file, _line from campus
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with two deliveries of three pupils."""
    return home_of_three(tmp_path)


def test_a_rotation_changes_every_pseudonym_and_nothing_else(home: Home) -> None:
    """Rows and names are the same up to the renaming; nobody keeps the old pseudonym."""
    before, old, old_key = state_of(home), naturals_of(home), key_id(home)
    state = rotate(home, TODAY, map_with)
    new = naturals_of(home)
    assert (state.previous, state.overlap_until) == (old_key, "2025-06-09") and key_id(home) == state.current
    assert state_of(home) == before and not set(old.values()) & set(new.values())
    assert "Kanarievogel" in str(before) and before[1]["P2"][0] == "Anna"


def test_old_pseudonyms_are_still_understood_while_the_overlap_lasts(home: Home) -> None:
    """A list of before finds its pupils and their names; who was never renamed stays as he is."""
    old = naturals_of(home)
    rotate(home, TODAY, map_with)
    new = naturals_of(home)
    pupils = NATURALS["pupil"]
    assert in_force(home, [*(old[p] for p in pupils), new["P1"], "other"]) == {
        **{old[p]: new[p] for p in pupils},
        new["P1"]: new["P1"],
        "other": "other",
    }
    assert names_of(home, [old["P1"]]) == {old["P1"]: ("Jan", "Kanarievogel", "00017")}


def test_which_pseudonym_became_which_is_sealed(home: Home) -> None:
    """No file of the home holds the new one beside the old one, and without the private key nobody can tell."""
    old = naturals_of(home)
    rotate(home, TODAY, map_with)
    new = naturals_of(home)
    content = vault_file(home, key_state(home).previous).read_bytes()
    assert old["P1"].encode() in content and new["P1"].encode() not in content
    vault.private_key_path(home).unlink()
    with pytest.raises(KeysError):
        in_force(home, [old["P1"]])


def test_the_old_key_is_destroyed_when_the_overlap_ends(home: Home) -> None:
    """With it go its mapped rows and its names; the home says the same as before."""
    old, before = naturals_of(home), state_of(home)
    state = rotate(home, TODAY, map_with)
    with pytest.raises(KeysError, match="lasts until 2025-06-09"):
        forget(home, dt.date(2025, 6, 9))
    assert forget(home, dt.date(2025, 6, 10)) == state.previous
    left = [p for p in home.root.rglob("*") if state.previous in p.name]
    assert left == [] and names_of(home, [old["P1"]]) == {} and state_of(home) == before
    assert in_force(home, [old["P1"]]) == {old["P1"]: old["P1"]}
    with pytest.raises(KeysError, match="no old key to forget"):
        forget(home, AFTER)


def test_an_overlap_may_be_ended_early(home: Home) -> None:
    """On purpose."""
    rotate(home, TODAY, map_with)
    assert forget(home, TODAY, early=True)


def test_one_overlap_at_a_time(home: Home) -> None:
    """Two renamings in a row could not be undone one by one."""
    rotate(home, TODAY, map_with)
    with pytest.raises(KeysError, match="End that overlap first"):
        rotate(home, AFTER, map_with)
    forget(home, AFTER)
    before = state_of(home)
    rotate(home, AFTER, map_with)
    assert state_of(home) == before


def test_a_delivery_after_a_rotation_joins_what_was_there(home: Home, tmp_path: Path) -> None:
    """The same pupil has the same pseudonym in it; the same delivery as before is still known."""
    rotate(home, TODAY, map_with)
    third = write_delivery(tmp_path / "third", pupils=SECOND["pupils"].replace("2020", "2021"))
    made, is_new = deliver(home, third, "aanboord")
    with duckdb.connect() as db:
        found = db.execute(f"select pupil_id from read_parquet('{made.parquet(home, 'pupils')}')").fetchall()
    new = naturals_of(home)
    assert is_new and {row[0] for row in found} == {new["P2"], new["P3"]}
    assert not deliver(home, tmp_path / "first", "aanboord")[1]


def test_the_working_store_holds_nothing_of_the_old_key(home: Home) -> None:
    """What is computed is computed anew by the next run; a part of it would be a mix."""
    with working_store(home) as db:
        db.execute("create table core.pupils (pupil_id varchar); insert into core.pupils values ('old')")
    rotate(home, TODAY, map_with)
    with working_store(home) as db:
        assert db.execute("select count(*) from duckdb_tables() where not internal").fetchall() == [(0,)]


def test_nothing_rotates_while_a_run_writes(home: Home) -> None:
    """Another process has the working store: nothing is begun."""
    code = (
        "import sys; from pathlib import Path; from warehouse.home import Home; from warehouse.connection import working_store\n"
        "with working_store(Home(Path(sys.argv[1]))): print('open', flush=True); sys.stdin.read()"
    )
    with child(code, str(home.root)) as other:
        assert other.stdout and other.stdout.readline() == "open\n"
        with pytest.raises(WarehouseBusyError):
            rotate(home, TODAY, map_with)
        assert not key_state(home).upcoming
        other.communicate("")


def test_a_rotation_waits_for_no_lost_key(home: Home) -> None:
    """Where the key in force is gone, what is named with it could not be renamed."""
    key_path(home, key_id(home)).unlink()
    with pytest.raises(KeysError, match="Put it back from a backup"):
        rotate(home, TODAY, map_with)
    assert not key_state(home).upcoming


def test_an_unfinished_rotation_is_told(home: Home) -> None:
    """And whether an overlap is over; a status opens nothing."""

    def breaks(home: Home, delivery: Delivery, key: str) -> dict[str, str]:
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        rotate(home, TODAY, breaks)
    assert keys_status(home, TODAY).rotation_is_unfinished
    rotate(home, TODAY, map_with, overlap_days=1)
    assert not keys_status(home, TODAY + dt.timedelta(days=1)).overlap_is_over
    found = keys_status(home, TODAY + dt.timedelta(days=2))
    assert found.overlap_is_over and found.deliveries == 2 and found.published_with == ""


def test_a_delivery_without_pupils_is_rotated_too(home: Home, tmp_path: Path) -> None:
    """There is nobody in it to rename."""
    (tmp_path / "mine" / "campus").mkdir(parents=True)
    (tmp_path / "mine" / "campus" / "source.yaml").write_text(CAMPUS, encoding="utf-8")
    (tmp_path / "mine" / "campus" / "schools.sql").write_text(CAMPUS_SQL, encoding="utf-8")
    (tmp_path / "campus").mkdir()
    (tmp_path / "campus" / "campus.csv").write_text("nummer,naam\nS9,De Es\n", encoding="utf-8")
    made, _ = deliver(home, tmp_path / "campus", "campus", tmp_path / "mine")
    rotate(home, TODAY, map_with)
    assert remap(home, made) is made and made.parquet(home, "schools").exists()


def test_old_names_are_not_read_out_at_once(home: Home) -> None:
    """Renaming has the limit that opening has."""
    rotate(home, TODAY, map_with)
    with pytest.raises(VaultError, match="more than the 5000"):
        in_force(home, ["p"] * 5_001)


def test_a_mapped_delivery_is_found_under_the_key_in_force(home: Home) -> None:
    """Nothing has to be mapped again after a rotation; a key that was put back is found with its rows."""
    rotate(home, TODAY, map_with)
    for delivery in deliveries(home):
        assert remap(home, delivery) is delivery
        assert delivery.parquet(home, "pupils").parent.name.endswith(f"-{key_id(home)}")

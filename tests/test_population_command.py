"""`aanboord population` as a user runs it: what it writes, what it tells, and what it refuses before anything is written."""

import json
from pathlib import Path

import pytest
from conftest import Runner


def test_months_in_another_form_with_a_fault_are_delivered_and_the_ledger_is_named(aanboord: Runner, tmp_path: Path):
    arguments = ["--pupils", 300, "--school-years", 1, "--seed", 2, "--mapping", "discimus", "--monthly"]
    done = aanboord(
        "population", "--out", tmp_path / "out", *arguments, "--faults", "unknown_codes, wrong_check_digits", "--json"
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["ledger"] == str(tmp_path / "out-faults.json") and told["lines"]["afwezigheden"] > 3_000
    assert {entry["fault"] for entry in json.loads(Path(told["ledger"]).read_text())["faults"]} == {
        "unknown_codes",
        "wrong_check_digits",
    }
    months = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert (
        months[0] == "2024-09" and months[-1] == "2025-07" and len(months) >= 9
    )  # one without news goes with the next
    taken = aanboord("deliver", tmp_path / "out" / "2024-10", "--home", tmp_path / "home", "--json")
    assert taken.returncode == 0, taken.stderr
    (absences,) = (file for file in json.loads(taken.stdout)["files"] if file["name"] == "afwezigheden.csv")
    assert absences["lines_in"] == absences["accepted"] + absences["quarantined"] + absences["duplicates"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--pupils", 0], "pupils is 0"),
        (["--school-years", -3], "school_years is -3"),
        (["--faults", "earthquake"], "There is no fault earthquake"),
        (["--known-until", "2001-01-01"], "known_until is 2001-01-01"),
    ],
)
def test_what_cannot_be_made_is_a_usage_error(aanboord: Runner, tmp_path: Path, arguments, reason):
    done = aanboord("population", "--out", tmp_path / "out", *arguments)
    assert done.returncode == 2 and reason in " ".join(done.stderr.replace("│", "").split())
    assert list(tmp_path.iterdir()) == []


def test_too_little_room_is_a_usage_error_that_tells_how_much_is_needed(aanboord: Runner):
    """A file system in memory is smaller than sixty million years of pupils."""
    out = Path("/dev/shm/aanboord-population-that-does-not-fit")  # noqa: S108
    done = aanboord("population", "--out", out, "--pupils", 3_000_000, "--school-years", 20)
    told = " ".join(done.stderr.replace("│", "").split())
    assert done.returncode == 2 and "need about 78.0 GB" in told and "GB free" in told
    assert not out.exists()


def test_a_folder_is_asked_for(aanboord: Runner):
    done = aanboord("population", "--pupils", 100)
    assert done.returncode == 2 and "--out" in done.stderr

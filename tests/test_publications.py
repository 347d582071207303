"""What can be done with publications from the command line: verify, compare, make again."""

import json
import random
import shutil
from pathlib import Path

import pytest
from conftest import Runner

from pipelines.verify import problems
from warehouse.audit import entries
from warehouse.home import Home
from warehouse.publication import current, publications

BIT_FLIPS = 200


@pytest.fixture(scope="module")
def home(small_home: Home, aanboord: Runner, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a publication as of January beside that of February."""
    made = Home(tmp_path_factory.mktemp("publications") / "home")
    shutil.copytree(small_home.root, made.root, symlinks=True)
    done = aanboord("run", "--as-of", "2025-01-15", "--home", made.root)
    assert done.returncode == 0, done.stderr
    return made


def test_who_rose_or_fell_is_told_with_the_datum_that_moved_most(home: Home, aanboord: Runner) -> None:
    """And the comparison stands in the audit chain."""
    february, january = publications(home)
    done = aanboord("diff", january.id, february.id[:6], "--home", home.root, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["made_from"]["as_of"] == {"before": "2025-01-15", "after": february.manifest["as_of"]}
    assert found["tables"]["scores"]["changed"] + found["tables"]["scores"]["added"] > 0
    moved = [p for p in found["pupils"] if p["change"] in ("risen", "fallen")]
    assert moved and all(p["moved_by"] for p in moved)
    for pupil in moved:
        assert (pupil["after"] > pupil["before"]) == (pupil["change"] == "risen")
    assert sum(n for of_moment in found["moments"].values() for n in of_moment.values()) == len(found["pupils"])
    assert entries(home)[-1]["action"] == "diff"
    same = json.loads(aanboord("diff", january.id, january.id, "--home", home.root, "--json").stdout)
    assert same["pupils"] == [] and set(map(sum, (t.values() for t in same["tables"].values()))) == {0}


def test_a_publication_can_be_made_again_byte_for_byte(home: Home, aanboord: Runner) -> None:
    """From the deliveries that it names; what was published since stays in force."""
    february, january = publications(home)
    done = aanboord("reproduce", february.id, "--home", home.root, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"id": february.id, "same": True, "differing": []}
    assert current(home).id == january.id


def test_an_unknown_publication_is_refused(home: Home, aanboord: Runner) -> None:
    """With those that there are."""
    done = aanboord("reproduce", "nothing", "--home", home.root)
    assert done.returncode == 1 and "Kept are:" in done.stderr


def test_what_is_kept_is_as_it_was_written(home: Home, aanboord: Runner) -> None:
    """Until one bit is not: then the file is named."""
    done = aanboord("verify", "--home", home.root, "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"ok": True, "problems": []})
    path = current(home).folder / "scores.parquet"
    flip(path, 8 * 500)
    done = aanboord("verify", "--home", home.root, "--json")
    flip(path, 8 * 500)
    assert done.returncode == 1 and "scores.parquet was altered" in done.stdout


def flip(path: Path, position: int) -> None:
    """Turn one bit of a file over."""
    content = bytearray(path.read_bytes())
    content[position // 8 % len(content)] ^= 1 << position % 8
    path.chmod(0o600)
    path.write_bytes(content)


def test_every_bit_flip_is_found(home: Home) -> None:
    """In publications, landed files, models and the audit chain, wherever it is."""
    chosen = random.Random(7)
    kept = [p for part in ("publications", "landed", "models", "audit") for p in sorted((home.root / part).rglob("*"))]
    checked = [p for p in kept if p.is_file() and p.name not in ("training.json", ".lock") and "current" not in p.parts]
    missed = []
    for _ in range(BIT_FLIPS):
        path = chosen.choice(checked)
        position = chosen.randrange(8 * path.stat().st_size)
        flip(path, position)
        if not problems(home):
            missed.append((path.name, position))
        flip(path, position)
    assert missed == [] and problems(home) == []

"""What can be done with publications from the command line: verify, compare, make again."""

import json
import random
import shutil
from pathlib import Path

import pytest
from conftest import Runner

from data_contracts import contracts
from pipelines.verify import problems
from warehouse.audit import entries
from warehouse.erasure import erase
from warehouse.home import Home
from warehouse.publication import current, publications
from warehouse.publishing import point_to

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
    named = [p for p in moved if p["moved_by"]]
    assert named and all(p["because_nl"] and p["because_en"] for p in named)
    for pupil in named:
        assert (pupil["after"] > pupil["before"]) == (pupil["change"] == "risen") == (pupil["points"] > 0)
    assert sum(n for of_moment in found["moments"].values() for n in of_moment.values()) == len(found["pupils"])
    assert entries(home)[-1]["action"] == "diff"
    same = json.loads(aanboord("diff", january.id, january.id, "--home", home.root, "--json").stdout)
    assert same["pupils"] == [] and set(map(sum, (t.values() for t in same["tables"].values()))) == {0}


POINTS_OF = """
with long as (unpivot (select * exclude (prediction_date) from feature_values) on columns(* exclude (moment, pupil_id))
    into name feature value points_of)
select v.moment, v.pupil_id, p.feature, p.points from feature_values as w
inner join (select * from scorecard_points) as p on p.moment = w.moment
left join long as v0 on v0.moment = w.moment and v0.pupil_id = w.pupil_id and v0.feature = p.feature
cross join (select w.moment, w.pupil_id) as v
where (p.is_missing and v0.points_of is null)
    or (not p.is_missing and v0.points_of >= coalesce(p.from_value, '-inf') and v0.points_of < coalesce(p.below_value, 'inf'))
"""


def test_the_datum_that_is_named_moved_the_score_most_of_all_that_can_be_said(home: Home, aanboord: Runner) -> None:
    """Whatever its rank among the reasons: against plain SQL over what both publications hold."""
    february, january = publications(home)
    done = aanboord("diff", january.id, february.id, "--home", home.root, "--json")
    points = {}
    for one in (january, february):
        with one.open() as db:
            points[one.id] = {tuple(row[:3]): row[3] for row in db.execute(POINTS_OF).fetchall()}
            listed = db.execute("select moment, pupil_id, feature from reasons").fetchall()
    can_be_said = {
        column.name
        for table in contracts("feature").values()
        for column in table.columns
        if "{value}" in column.custom.get("sentence_nl", "") and column.custom.get("shown", True)
    }
    beside = 0
    for pupil in (p for p in json.loads(done.stdout)["pupils"] if p["change"] in ("risen", "fallen")):
        key, way = (pupil["moment"], pupil["pupil_id"]), 1 if pupil["change"] == "risen" else -1
        features = {feature for *who, feature in points[february.id] if tuple(who) == key}
        moves = {
            f: points[february.id].get((*key, f), 0) - points[january.id].get((*key, f), 0)
            for f in features
            if f in can_be_said
        }
        assert way * (pupil["points"] or 0) >= max(way * move for move in moves.values()) - 1e-9
        if pupil["moved_by"] in moves:
            assert pupil["points"] == pytest.approx(moves[pupil["moved_by"]])
        beside += (*key, pupil["moved_by"]) not in listed
    assert beside  # some of them are not among the five reasons


def test_a_list_names_the_same_datum_as_the_comparison_of_publications(home: Home, aanboord: Runner) -> None:
    """Also for a pupil of whom it is none of the five reasons; with both publications at hand nothing is left unnamed."""
    february, january = publications(home)
    told = json.loads(aanboord("diff", january.id, february.id, "--home", home.root, "--json").stdout)["pupils"]
    try:
        for one, folder in ((january, "then"), (february, "now")):
            point_to(home, one)
            done = aanboord("lists", "--format", "csv", "--out", home.root / folder, "--home", home.root)
            assert done.returncode == 0, done.stderr
    finally:
        point_to(home, january)
    lists = "".join(path.read_text(encoding="utf-8-sig") for path in (home.root / "now").glob("*.csv"))
    assert "buiten de vijf" not in lists
    said = [pupil["because_nl"] for pupil in told if pupil["because_nl"] and pupil["because_nl"] in lists]
    assert said and "Vorige keer: " in "".join(said)


def test_a_publication_can_be_made_again_byte_for_byte(home: Home, aanboord: Runner) -> None:
    """From the deliveries that it names; what was published since stays in force."""
    february, january = publications(home)
    done = aanboord("reproduce", february.id, "--home", home.root, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"id": february.id, "same": True, "differing": [], "since": {}}
    assert current(home).id == january.id


def test_after_an_erasure_it_is_made_of_what_is_left(
    home: Home, small_delivery: Path, aanboord: Runner, tmp_path: Path
) -> None:
    """Facts come out the same, byte for byte; what was learned with somebody who is gone cannot, and the reason is told."""
    other = Home(tmp_path / "home")
    shutil.copytree(home.root, other.root, symlinks=True)
    somebody = small_delivery.joinpath("pupils.csv").read_text(encoding="utf-8").splitlines()[1000].split(",")[0]
    erase(other, [somebody])
    done = aanboord("reproduce", "current", "--home", other.root, "--json")
    assert done.returncode == 1 and "1 erasure(s)" in done.stderr and "aanboord run" in done.stderr, done.stderr
    found = json.loads(done.stdout)
    assert (found["same"], found["since"]) == (False, {"erasures": 1})
    facts = {
        f"{name}.parquet" for name in ("pupils", "schools", "clb_areas", "attendance_by_year", "follow_ups", "duties")
    }
    assert not facts & {*found["differing"]}


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

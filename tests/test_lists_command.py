"""Lists as a user makes them: every format, the same bytes twice, locked, back again filled in, and without any model."""

import datetime as dt
import io
import json
import shutil
from pathlib import Path

import msoffcrypto
import openpyxl
import pytest
from conftest import Runner

from population import write_population
from warehouse.home import Home
from warehouse.landing import deliveries

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
PASSWORD = "een lange zin"


@pytest.fixture(scope="module")
def home(small_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A copy of the small home, to make lists in."""
    copy = Home(tmp_path_factory.mktemp("lists") / "home")
    shutil.copytree(small_home.root, copy.root, symlinks=True)
    return copy


def made(aanboord: Runner, home: Home, *options: object) -> list[dict]:
    done = aanboord("lists", "--json", "--home", home.root, *options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["lists"]


def test_every_format_is_written_twice_with_the_same_bytes(aanboord, home, tmp_path):
    formats = [option for name in ("xlsx", "html", "pdf", "csv") for option in ("--format", name)]
    twice = [made(aanboord, home, "--clb", "CLB01", *formats, "--out", tmp_path / out) for out in ("a", "b")]
    assert [Path(one["file"]).suffix for one in twice[0]] == [".xlsx", ".html", ".pdf", ".csv"]
    for one, other in zip(*twice, strict=True):
        assert Path(one["file"]).read_bytes() == Path(other["file"]).read_bytes()
        assert Path(one["file"]).stat().st_mode & 0o077 == 0
    assert not list((tmp_path / "a").glob(".*"))


def test_a_locked_list_comes_back_and_becomes_follow_ups(aanboord, home, tmp_path):
    word = tmp_path / "wachtwoord"
    word.write_text(PASSWORD)
    (sent,) = made(aanboord, home, "--clb", "CLB01", "--password-file", word, "--out", tmp_path)
    back = tmp_path / "terug.xlsx"
    back.write_bytes(filled(Path(sent["file"]).read_bytes()))
    feedback = ("deliver", back, "--system", "feedback", "--home", home.root)
    other = aanboord(*feedback, "--clb", "CLB02")
    assert other.returncode == 1 and "another centre" in other.stderr
    done = aanboord(*feedback, "--clb", "CLB01", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["answers"], told["corrections"], told["contested"], told["is_new"]) == (2, 1, 0, True)
    (delivery,) = [d for d in deliveries(home) if d.system == "feedback"]
    assert delivery.tables["follow_ups"] == {"accepted": 2, "quarantined": 0}
    again = aanboord(*feedback, "--json")
    assert json.loads(again.stdout)["is_new"] is False
    assert aanboord("audit", "verify", "--home", home.root).returncode == 0


def filled(locked: bytes) -> bytes:
    """Unlocked, two rows answered, and saved."""
    opened = io.BytesIO()
    file = msoffcrypto.OfficeFile(io.BytesIO(locked))
    file.load_key(password=PASSWORD)
    file.decrypt(opened)
    book = openpyxl.load_workbook(opened)
    sheet = book["Verplicht opvolgen"]
    line, column = next((c.row, c.column) for row in sheet.iter_rows() for c in row if c.value == "Wat deed je?")
    sheet.cell(line + 1, column).value, sheet.cell(line + 1, column + 1).value = "contact gelegd", "ja"
    sheet.cell(line + 2, column).value = "gegevens kloppen niet"
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


REFUSED = {
    "CLB nowhere is unknown": ("--clb", "nowhere"),
    "cannot be read": ("--password-file", "no_such_file"),
    "locks a workbook only": ("--format", "html", "--password-file", "WORD"),
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_cannot_be_made_is_refused_with_which_it_is(aanboord, home, tmp_path, message):
    (tmp_path / "WORD").write_text(PASSWORD)
    options = [tmp_path / option if option in ("WORD", "no_such_file") else option for option in REFUSED[message]]
    done = aanboord("lists", "--home", home.root, "--out", tmp_path / "out", *options)
    assert done.returncode == 1 and message in done.stderr
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


def test_expired_scores_leave_the_duties(aanboord, home, tmp_path):
    (one,) = made(aanboord, home, "--clb", "CLB01", "--on", "2035-01-01", "--format", "csv", "--out", tmp_path)
    assert one["rows"] == 0 and one["must_act_rows"] > 0
    assert "De scores zijn vervallen op" in Path(one["file"]).read_text(encoding="utf-8-sig")


def test_plans_and_usefulness_are_told(aanboord, home, tmp_path):
    done = aanboord("plan", "--json", "--home", home.root, "--out", tmp_path / "plan")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["plans"]
    assert found and all(0 <= one["gain"]["recall"] <= one["gain"]["recall_more_capacity"] <= 1 for one in found)
    assert len(list((tmp_path / "plan").glob("plan_*.svg"))) == len({one["moment"] for one in found})
    made(aanboord, home, "--out", tmp_path)
    told = json.loads(aanboord("usefulness", "--json", "--home", home.root).stdout)["usefulness"]
    assert {row["part"] for row in told} >= {"duty"} and all(row["rows"] > 0 for row in told)


def test_handover_sheets_are_for_those_with_consent(aanboord, home, tmp_path):
    done = aanboord("handovers", "--clb", "CLB01", "--json", "--home", home.root, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert len(list(tmp_path.glob("overdracht_*.pdf"))) == len(told["sheets"])
    assert all(Path(path).read_bytes().startswith(b"%PDF-") for path in told["sheets"])


def test_the_duties_are_listed_without_any_model(aanboord, tmp_path):
    """Two school years of three hundred pupils are too few for any model: whom one must act for is known all the same."""
    write_population(pupils=300, school_years=2, seed=4, out=tmp_path / "delivery", known_until=dt.date(2025, 2, 28))
    home = Home(tmp_path / "home")
    for command in (["deliver", tmp_path / "delivery"], ["run"]):
        done = aanboord(*command, "--home", home.root)
        assert done.returncode == 0, done.stderr
    lists = made(aanboord, home)
    assert lists and sum(one["must_act_rows"] for one in lists) > 10 and sum(one["rows"] for one in lists) == 0

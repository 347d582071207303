"""The command line as a user runs it: what it prints, what it refuses, and what then stays as it was."""

import gzip
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from conftest import CANARY, Runner
from intake_example import tree

from warehouse.home import Home

NUMBER = re.compile(rb"P000\d{4}")  # how the population numbers so few pupils


@pytest.fixture
def home(small_home: Home, tmp_path: Path) -> Home:
    """A copy of the home that was run, to change."""
    shutil.copytree(small_home.root, tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


@pytest.fixture
def delivery(small_delivery: Path, tmp_path: Path) -> Path:
    """A copy of the delivery, to spoil."""
    return Path(shutil.copytree(small_delivery, tmp_path / "delivery"))


def one_document(text: str) -> dict:
    """The one JSON document of an output."""
    return json.loads(text)


def test_status_tells_what_came_in_and_what_is_published(aanboord: Runner, small_home: Home) -> None:
    """Per file, lines in are accepted, set aside or duplicates."""
    done = aanboord("status", "--json", "--home", small_home.root)
    found = one_document(done.stdout)
    assert done.returncode == 0 and set(found) == {"deliveries", "quarantine", "publication", "last_run", "gate"}
    for file in found["deliveries"][0]["files"]:
        assert file["lines_in"] == file["accepted"] + file["quarantined"] + file["duplicates"]
    assert found["publication"]["data_until"] == "2025-02-28" and found["last_run"]["status"] == "done"
    assert {"check", "passed", "reason"} <= set(found["gate"][0])


def test_evaluate_prints_every_metric_with_its_interval(aanboord: Runner, small_home: Home) -> None:
    """The form that other programs may count on."""
    records = one_document(aanboord("evaluate", "--json", "--home", small_home.root).stdout)["evaluations"]
    measured = ("auc", "average_precision", "recall_at_capacity", "calibration_slope")
    wanted = {"moment", "target", "model", "split", "n", "positives", *measured}
    assert records and all(wanted <= set(r) and {"value", "low", "high"} <= set(r["auc"]) for r in records)
    assert {r["model"] for r in records} >= {"scorecard", "boosting", "logistic", "rules", "environment", "random"}
    assert {r["split"] for r in records} <= {"temporal", "unseen_schools", "leave_future_out"}


def test_lists_are_written_one_a_centre(aanboord: Runner, small_home: Home, tmp_path: Path) -> None:
    """Each file exists; a centre that does not exist is refused."""
    found = one_document(aanboord("lists", "--out", tmp_path / "out", "--json", "--home", small_home.root).stdout)[
        "lists"
    ]
    assert found and all(set(entry) >= {"clb_id", "file", "rows", "must_act_rows"} for entry in found)
    assert all(Path(entry["file"]).exists() for entry in found)
    refused = aanboord("lists", "--clb", "nowhere", "--home", small_home.root)
    assert refused.returncode == 1 and "unknown" in refused.stderr


def test_a_second_run_with_nothing_new_does_no_work(aanboord: Runner, home: Home) -> None:
    """It says so."""
    found = one_document(aanboord("run", "--json", "--home", home.root).stdout)
    assert (found["status"], found["did_work"]) == ("done", False)


def test_the_same_delivery_again_changes_nothing(aanboord: Runner, home: Home, delivery: Path) -> None:
    """Not even under other file names."""
    (delivery / "pupils.csv").rename(delivery / "pupils_again.csv")
    before = tree(home)
    done = aanboord("deliver", delivery, "--home", home.root)
    assert done.returncode == 0 and "nothing changed" in done.stdout
    assert tree(home) == before


def empty(folder: Path) -> None:
    """A delivery without files."""
    for path in folder.iterdir():
        path.unlink()


def unreadable(folder: Path) -> None:
    """A packed file that is cut off."""
    text = (folder / "pupils.csv").read_bytes()
    (folder / "pupils.csv").unlink()
    (folder / "pupils.csv.gz").write_bytes(gzip.compress(text)[:2000])


def not_utf8(folder: Path) -> None:
    """A byte that is no UTF-8."""
    (folder / "pupils.csv").write_bytes((folder / "pupils.csv").read_bytes() + b"P9,\xff,,,,2020-01-01\n")


def without_column(folder: Path) -> None:
    """A file that lacks a column."""
    path = folder / "enrolments.csv"
    path.write_text(path.read_text().replace("school_year", "year", 1))


def unknown_code(folder: Path) -> None:
    """A code that no list knows, in more rows than may be set aside."""
    path = folder / "absences.csv"
    path.write_text(path.read_text().replace(",Z,", ",Q,"))


def unclosed_quote(folder: Path) -> None:
    """A quote that is never closed."""
    path = folder / "schools.csv"
    lines = path.read_text().splitlines()
    lines[2] = lines[2].replace(",", ',"', 1)
    path.write_text("\n".join(lines) + "\n")


def too_many_bad_rows(folder: Path) -> None:
    """A thirteenth month in every birth date."""
    path = folder / "pupils.csv"
    head, *lines = path.read_text().splitlines()
    cells = [line.split(",") for line in lines]
    spoiled = [",".join([row[0], row[1][:5] + "13" + row[1][7:], *row[2:]]) for row in cells]
    path.write_text("\n".join([head, *spoiled]) + "\n")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (empty, ["holds no files"]),
        (unreadable, ["pupils.csv.gz", "cannot be read", "Deliver"]),
        (not_utf8, ["pupils.csv", "not utf-8", "Export"]),
        (without_column, ["enrolments.csv", "lacks", "school_year"]),
        (unknown_code, ["absences", "absence_code", "'Q'", "absence_code.csv"]),
        (unclosed_quote, ["schools.csv", "quote"]),
        (too_many_bad_rows, ["pupils", "type:birth_date", "Mend"]),
    ],
)
def test_a_bad_delivery_is_refused_whole(
    aanboord: Runner, home: Home, delivery: Path, spoil: Callable[[Path], None], told: list[str]
) -> None:
    """Exit status 1, one message with what, where and what to do; nothing landed, the last publication untouched."""
    spoil(delivery)
    before = tree(home)
    done = aanboord("deliver", delivery, "--system", "aanboord", "--home", home.root)
    assert done.returncode == 1, done.stderr
    assert done.stderr.count("Refused.") == 1 and all(words in done.stderr for words in told), done.stderr
    assert tree(home) == before


def test_an_unknown_system_is_refused_with_those_that_are_known(aanboord: Runner, home: Home, delivery: Path) -> None:
    """What is there to choose from stands in the message."""
    before = tree(home)
    done = aanboord("deliver", delivery, "--system", "teletext", "--home", home.root)
    assert done.returncode == 1 and "Unknown system `teletext`" in done.stderr and "star" in done.stderr
    assert tree(home) == before


def test_a_breach_of_a_contract_stops_the_run_and_keeps_what_was_published(
    aanboord: Runner, home: Home, delivery: Path
) -> None:
    """Enrolments that refer to a school nobody delivered, more of them than may be set aside, are found by their rule."""
    head, first, *rest = (delivery / "enrolments.csv").read_text().splitlines()
    cells, planted = first.split(","), []
    for number in range(len(rest) // 20):
        cells[0], cells[2] = f"E_planted{number}", "no_such_school"
        planted.append(",".join(cells))
    (delivery / "enrolments.csv").write_text("\n".join([head, *planted, first, *rest]) + "\n")
    assert aanboord("deliver", delivery, "--home", home.root).returncode == 0
    before, pointer = tree(home, "publications"), (home.publications / "current").resolve()
    done = aanboord("run", "--json", "--home", home.root)
    told = one_document(done.stdout)
    assert (done.returncode, told["status"], told["did_work"]) == (1, "refused", True), done.stderr
    assert f"`reference:school_id` ({len(planted)} row(s)" in done.stderr and "enrolments" in done.stderr
    assert not {"E_planted0", "no_such_school", cells[1]} & set(re.split(r"\W+", done.stderr + done.stdout))
    assert tree(home, "publications") == before and (home.publications / "current").resolve() == pointer
    status = one_document(aanboord("status", "--json", "--home", home.root).stdout)
    assert (status["last_run"]["status"], status["publication"]["id"]) == ("refused", pointer.name)


def test_a_fault_of_the_system_ends_with_three(aanboord: Runner, home: Home, delivery: Path) -> None:
    """A working store that is no database: one message, remembered as failed, and what was published is untouched."""
    (delivery / "certificates.csv").unlink()
    assert aanboord("deliver", delivery, "--home", home.root).returncode == 0
    home.working.write_bytes(b"no database at all")
    before = tree(home, "publications")
    done = aanboord("run", "--home", home.root)
    assert (done.returncode, done.stdout) == (3, "") and done.stderr.count("Fault.") == 1
    assert "Traceback" not in done.stderr and "not a valid DuckDB database" in done.stderr
    assert tree(home, "publications") == before
    assert one_document(aanboord("status", "--json", "--home", home.root).stdout)["last_run"]["status"] == "failed"


def test_a_query_reads_the_publication_and_nothing_else(aanboord: Runner, small_home: Home) -> None:
    """Counts come out; writing and other files do not."""
    asked = aanboord("sql", "select count(*) as n from pupils", "--json", "--home", small_home.root)
    assert one_document(asked.stdout)["rows"][0][0] > 700
    for query in (
        "delete from pupils",
        "from read_csv('/etc/passwd')",
        "attach '/tmp/other.db'",
        f"from read_blob('{small_home.secrets}/pseudonym.key')",
        f"attach '{small_home.working}' (read_only)",
        "select nothing from nowhere",
    ):
        assert aanboord("sql", query, "--home", small_home.root).returncode == 1


def test_impossible_usage_ends_with_two(aanboord: Runner, tmp_path: Path) -> None:
    """An unknown option, a folder that is not there, a population of nobody."""
    assert aanboord("run", "--fast").returncode == 2
    assert aanboord("deliver", tmp_path / "nowhere").returncode == 2
    assert aanboord("population", "--pupils", 0, "--out", tmp_path / "out").returncode == 2
    assert not (tmp_path / "out").exists()
    assert aanboord("run", "--as-of", "2025-13-01", "--home", tmp_path / "home").returncode == 2
    assert aanboord("lists", "--format", "papyrus", "--home", tmp_path / "home").returncode == 2


def test_a_stage_or_moment_that_there_is_not_is_refused_with_those_that_there_are(
    aanboord: Runner, small_home: Home
) -> None:
    """The message lists them; stages are fixed, so that another one is wrong usage, and moments are data."""
    for option, status, told in (("--stage", 2, "land, map,"), ("--moment", 1, "primary_to_secondary")):
        done = aanboord("run", option, "nonsense", "--home", small_home.root)
        assert done.returncode == status and "`nonsense`" in done.stderr and told in done.stderr


def test_a_refusal_or_fault_is_one_document_where_one_was_asked_for(
    aanboord: Runner, home: Home, tmp_path: Path
) -> None:
    """Status and reasons on standard output; a command that printed its own document prints no second one."""
    for command in (["run"], ["evaluate"], ["sql", "select 1"]):
        done = aanboord(*command, "--json", "--home", tmp_path / "empty")
        told = one_document(done.stdout)
        assert (done.returncode, told["status"]) == (1, "refused")
        assert all(reason in done.stderr for reason in told["reasons"])
    next(home.deliveries.iterdir()).write_text("{}")
    done = aanboord("status", "--json", "--home", home.root)
    assert (done.returncode, one_document(done.stdout)["status"]) == (3, "failed")


def test_nothing_to_run_on_is_said(aanboord: Runner, tmp_path: Path) -> None:
    """An empty home has no publication and nothing to do."""
    done = aanboord("run", "--home", tmp_path / "empty")
    assert done.returncode == 1 and "Deliver data first" in done.stderr
    assert aanboord("evaluate", "--home", tmp_path / "empty").returncode == 1


def outside(home: Home) -> list[Path]:
    """Every file of a home but the delivered ones, the vault and the lists."""
    inside = ("landed", "vault", "lists")
    files = (p for p in sorted(home.root.rglob("*")) if p.is_file())
    return [p for p in files if p.relative_to(home.root).parts[0] not in inside]


def rows_of_tables(home: Home) -> Iterator[tuple[str, str]]:
    """Each table of the working store, the publication and the mapped deliveries, and how to read it as lines of text."""
    with duckdb.connect() as db:
        db.execute(f"attach '{home.working}' as working (read_only)")
        tables = db.execute(
            "select database_name, schema_name, table_name from duckdb_tables() where not internal"
        ).fetchall()
        sources = [f"{d}.{s}.{t}" for d, s, t in tables] + [f"'{p}'" for p in outside(home) if p.suffix == ".parquet"]
        for source in sources:
            found = f"contains(t::varchar, '{CANARY}') or regexp_matches(t::varchar, '{NUMBER.pattern.decode()}')"
            yield source, str(db.execute(f"select count(*) from {source} as t where {found}").fetchall()[0][0])


def test_names_and_numbers_are_in_the_vault_and_the_lists_only(small_home: Home) -> None:
    """No file holds one as bytes: not the databases, not Dagster's history, not a log."""
    files = outside(small_home)
    assert {"dagster", "publications", "mapped", "models"} <= {p.relative_to(small_home.root).parts[0] for p in files}
    for path in files:
        content = path.read_bytes()
        assert CANARY.encode() not in content and not NUMBER.search(content), path.name


def test_names_and_numbers_are_in_no_row_of_any_table(small_home: Home) -> None:
    """Also where a file packs its rows: the working store, the publication, the mapped deliveries."""
    found = dict(rows_of_tables(small_home))
    assert len(found) > 50 and set(found.values()) == {"0"}


def test_names_and_numbers_are_never_printed(aanboord: Runner, home: Home, delivery: Path, tmp_path: Path) -> None:
    """Not by a command that ends well, nor by one that is refused."""
    commands = [["status"], ["evaluate"], ["lists", "--out", tmp_path / "out"], ["deliver", delivery], ["run"]]
    shown = [aanboord(*command, "--home", home.root) for command in commands]
    assert [done.returncode for done in shown] == [0] * len(commands)
    too_many_bad_rows(delivery)
    refused = aanboord("deliver", delivery, "--home", home.root)
    assert refused.returncode == 1
    printed = "".join(done.stdout + done.stderr for done in [*shown, refused])
    assert CANARY not in printed and not NUMBER.search(printed.encode())

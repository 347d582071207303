"""A feature, a contract or a moment that is wrong, through the command line: exit status 1, the file, the line, and what to do."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
Spoil = Callable[[Path], None]


def after(name: str, old: str, new: str) -> Spoil:
    """Replace a text in a file of the package."""

    def spoil(package: Path) -> None:
        path = package / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return spoil


def new_table(package: Path) -> None:
    (package / "tables" / "shoe_size.sql").write_text(
        "-- Shoes: one row a pupil.\nselect 1 as size\n", encoding="utf-8"
    )


@pytest.fixture
def run_with(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`aanboord run` in a process of its own that finds a spoilt copy of `features` before the real one."""

    def run(spoil: Spoil, *arguments: str) -> subprocess.CompletedProcess[str]:
        package = tmp_path / "own" / "features"
        shutil.copytree(ROOT / "features", package, ignore=shutil.ignore_patterns("__pycache__"))
        spoil(package)
        home = tmp_path / "home"
        (home / "inbox" / "waiting").mkdir(parents=True)
        command = [
            sys.executable,
            "-c",
            "from pipelines.cli import main; main()",
            "run",
            "--home",
            str(home),
            *arguments,
        ]
        environment = {**os.environ, "PYTHONPATH": f"{package.parent}{os.pathsep}{ROOT}", "COLUMNS": "400"}
        return subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, env=environment, timeout=300, check=False
        )

    return run


@pytest.mark.parametrize(
    ("spoil", "moment", "says"),
    [
        (lambda package: None, "in_year_primry", "Unknown moment `in_year_primry`. Did you mean `in_year_primary`?"),
        (
            after("moments.yaml", "moments:\n", "moments:\n  nursery: {}\n"),
            "in_year_primary",
            "features/moments.yaml, line 8: moment `nursery` cannot be read",
        ),
        (
            after("tables/travel.sql", "inner join transport as t", "inner joint transport as t"),
            None,
            "features/tables/travel.sql cannot be parsed: ",
        ),
        (
            new_table,
            None,
            "features/tables/shoe_size.sql, line 1: this table has no contract. Add data_contracts/feature/shoe_size.odcs.yaml",
        ),
    ],
    ids=["unknown moment", "moment without parts", "SQL that cannot be parsed", "table without a contract"],
)
def test_it_is_refused_before_any_work(
    spoil: Spoil, moment: str | None, says: str, run_with: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """One message, and no traceback."""
    done = run_with(spoil, *(("--moment", moment) if moment else ()))
    told = " ".join(done.stderr.split())
    assert done.returncode == 1, told
    assert told.startswith("Refused.") and says in told and "Traceback" not in told
    assert "(line 9: inner joint transport as t)" in told or "travel.sql" not in says

"""A table of contents or an SQL file that is wrong is refused with the file, the line and what to do."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_contracts.contract import ContractError, contracts
from features import contents, sql
from features.contents import MomentError, entries
from features.moments import moment, moments
from features.sql import FeatureError, sql_tables

ROOT = Path(__file__).parents[2]
GOOD = """# a comment
moments:
  in_year_primary:
    label_nl: lager onderwijs
    label_en: primary school
    level: primary
    dates: {in_year: ["11-01",
                      "02-01"]}
    valid_days: 60
    horizon_nl: dit jaar
    targets: [serious_absence]
    features: [pupil_profile,
               absence_window]
"""


def refused(text: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(contents, "text_of_contents", lambda: text)
    with pytest.raises(MomentError) as found:
        entries()
    return str(found.value)


def test_a_good_table_of_contents_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the refusals below are of what is changed in it."""
    monkeypatch.setattr(contents, "text_of_contents", lambda: GOOD)
    assert list(entries()) == ["in_year_primary"]


@pytest.mark.parametrize(
    ("good", "bad", "line", "says"),
    [
        (
            "absence_window",
            "shoe_size",
            13,
            "asks for `shoe_size`, which is not in features/tables. Write features/tables/shoe_size.sql",
        ),
        (
            "serious_absence",
            "happiness",
            11,
            "asks for `happiness`, which is not in features/labels. Write features/labels/happiness.sql",
        ),
        ("  in_year_primary", "  nursery", 3, "moment `nursery` has no cohort. Write features/cohorts/nursery.sql"),
        ('"02-01"', '"02-30"', 8, "`02-30` is no day of every year. Write month and day between quotes"),
        ("in_year:", "weekly:", 7, "needs one date rule, `yearly` or `in_year`"),
        (
            "    level: primary\n",
            "",
            3,
            "moment `in_year_primary` cannot be read: it lacks level. Compare it with another",
        ),
        (
            "valid_days: 60",
            "valid_days: soon",
            3,
            "cannot be read: valid_days is of another kind. Compare it with another",
        ),
        ("[serious_absence]", "[]", 11, "has no targets. Name at least one file of features/labels"),
        ("    valid_days: 60", "   valid_days: [60", 9, "cannot be read: .*Mend the YAML"),
        ("moments:", "moment:", 1, "says nothing under `moments:`"),
    ],
)
def test_what_is_wrong_in_it_is_refused_with_its_line(
    good: str, bad: str, line: int, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file, the line, and what to do."""
    assert good in GOOD
    message = refused(GOOD.replace(good, bad), monkeypatch)
    assert message.startswith(f"features/moments.yaml, line {line}: ") and re.search(says, message)


@pytest.mark.parametrize("entry", ["{}", "[]", "word"])
def test_a_moment_of_another_kind_is_named(entry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which one, and what to compare it with."""
    message = refused(f"moments:\n  half: {entry}\n", monkeypatch)
    assert (
        message.startswith("features/moments.yaml, line 2: moment `half` cannot be read")
        and "Compare it with" in message
    )


def test_an_unknown_moment_is_refused_with_the_one_that_was_meant() -> None:
    """And with all that there are."""
    with pytest.raises(
        MomentError, match=r"Unknown moment `in_year_primry`\. Did you mean `in_year_primary`\?.*moments\.yaml has"
    ):
        moment("in_year_primry")


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The SQL files in a folder of their own, to spoil."""
    for kind in (*sql.KINDS, "engines"):
        shutil.copytree(ROOT / "features" / kind, tmp_path / kind)
    monkeypatch.setattr(sql, "files", lambda _: tmp_path)
    sql_tables.cache_clear()
    yield tmp_path
    sql_tables.cache_clear()


@pytest.mark.parametrize("kind", sql.KINDS)
def test_an_sql_file_that_cannot_be_parsed_is_refused_with_its_line(kind: str, copied: Path) -> None:
    """The line as it stands in the file."""
    path = sorted((copied / kind).glob("*.sql"))[0]
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\nwhere and nothing\n", encoding="utf-8")
    line = len(text.splitlines()) + 2
    with pytest.raises(
        FeatureError, match=rf"features/{kind}/{path.name} cannot be parsed: .*\(line {line}: where and nothing\)"
    ):
        sql_tables(kind)


@pytest.mark.parametrize(("kind", "layer"), sql.LAYER_OF.items())
def test_a_table_without_a_contract_is_refused(kind: str, layer: str, copied: Path) -> None:
    """With the file that is to be written."""
    (copied / kind / "shoe_size.sql").write_text("-- Shoes.\nselect 1 as size", encoding="utf-8")
    with pytest.raises(
        FeatureError,
        match=rf"features/{kind}/shoe_size\.sql, line 1: .*Add data_contracts/{layer}/shoe_size\.odcs\.yaml",
    ):
        sql_tables(kind)


def test_a_contract_that_is_no_yaml_is_refused_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file, the line, and what to do."""
    import sys

    (tmp_path / "feature").mkdir()
    (tmp_path / "feature" / "shoe_size.odcs.yaml").write_text("name: shoe_size\nschema: [\n", encoding="utf-8")
    monkeypatch.setattr(sys.modules["data_contracts.contract"], "files", lambda _: tmp_path)
    contracts.cache_clear()
    try:
        with pytest.raises(
            ContractError, match=r"feature/shoe_size\.odcs\.yaml, line \d, cannot be read: .*Mend the YAML"
        ):
            contracts("feature")
    finally:
        contracts.cache_clear()


def test_the_table_of_contents_in_force_is_good() -> None:
    """Read anew, as the file stands."""
    assert list(entries()) == list(moments())

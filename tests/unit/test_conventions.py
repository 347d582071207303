"""The house rules that a machine can keep: stems that belong together, portable SQL, small files, nothing unsafe."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from data_contracts import codelist, contract, contracts
from data_contracts.codelists import CodelistError
from data_contracts.contract import LAYERS
from features import catalogue
from features.catalogue import why
from features.moments import moments
from features.portable_sql import problems
from features.sql import macro_names
from models.dated import KINDS

ROOT = Path(__file__).parents[2]
PACKAGES = ("data_contracts", "warehouse", "features", "models", "delivery", "pipelines", "population")
NOT_OURS = {".git", ".venv", "var", "dist", "build", "__pycache__", "node_modules"}
TRAPS = 15
LAYER_OF = {"tables": "feature", "labels": "label"}

UNSAFE_MODULES = {"pickle", "cPickle", "joblib", "dill", "cloudpickle", "shelve", "marshal"}
UNSAFE_CALLS = {"eval", "exec", "yaml.load", "yaml.unsafe_load", "yaml.full_load"}
REGISTRY = re.compile(
    r"(index-url|find-links|registry)[ =:\"']+https?:|https?://[^\s\"']*(/simple\b|pypi|pythonhosted)"
)
ENDINGS = {".py", ".toml", ".yaml", ".lock", ".txt", ".md", ".sh", ".cfg", ".ini", ".csv", ".sql", ".json", ""}


@cache
def code_of(path: Path) -> str:
    """SQL without comments and texts."""
    without_comments = re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))
    return re.sub(r"'[^']*'", "''", without_comments)


def sql_files(*kinds: str) -> list[Path]:
    return sorted(path for kind in kinds for path in (ROOT / "features" / kind).glob("*.sql"))


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(p for p in (ROOT / folder).rglob("*.py") if not NOT_OURS & set(p.parts))


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of each call."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and name of each module that is imported."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""


def named(path: Path, line: int, problem: str) -> str:
    return f"{path.relative_to(ROOT)}:{line}: {problem}"


ALL_SQL = sql_files("cohorts", "rollups", "tables", "labels")
MAPPINGS = sorted((ROOT / "data_contracts" / "mappings").rglob("*.sql"))


def name_of(path: Path) -> str:
    return "/".join(path.parts[-2:])


@pytest.mark.parametrize("kind", LAYER_OF)
def test_each_sql_file_has_a_contract_of_the_same_stem_and_each_contract_a_file(kind):
    """One table = one SQL file = one contract."""
    assert sorted(p.stem for p in sql_files(kind)) == sorted(contracts(LAYER_OF[kind]))


def test_each_sql_file_has_a_spec_of_the_same_stem_and_each_spec_a_file():
    """One SQL file = one spec; the cohorts share theirs."""
    stems = [p.stem for p in sql_files("rollups", "tables", "labels")]
    specs = [p.stem.removeprefix("test_") for p in (ROOT / "tests" / "spec").glob("test_*.py")]
    assert sorted(specs) == sorted([*stems, "cohorts"])


def test_each_moment_has_a_cohort_and_only_existing_tables_and_labels():
    """The table of contents names what there is."""
    assert sorted(moments()) == sorted(p.stem for p in sql_files("cohorts"))
    tables, labels = {p.stem for p in sql_files("tables")}, {p.stem for p in sql_files("labels")}
    assert {m.name: sorted(set(m.features) - tables) for m in moments().values() if set(m.features) - tables} == {}
    assert {m.name: sorted(set(m.targets) - labels) for m in moments().values() if set(m.targets) - labels} == {}
    assert labels == {target for m in moments().values() for target in m.targets}


def test_every_trap_of_flemish_data_has_a_spec():
    """The traps of the reference on Flemish education, by number, as the specs name them; 7 is one of intake."""
    tests = [*(ROOT / "tests" / "spec").glob("test_*.py"), ROOT / "tests" / "unit" / "test_pseudonym.py"]
    told = [
        n for path in tests for n in re.findall(r"[Tt]raps? (\d+)(?: and (\d+))?", path.read_text(encoding="utf-8"))
    ]
    assert sorted({int(n) for pair in told for n in pair if n}) == list(range(1, TRAPS + 1))


@pytest.mark.parametrize("path", ALL_SQL, ids=name_of)
def test_an_sql_file_begins_with_one_sentence(path):
    """The first line says what a row is: it becomes the description of the asset."""
    first, second = path.read_text(encoding="utf-8").splitlines()[:2]
    assert re.fullmatch(r"-- [A-Z].*[^.]\.", first), (
        f"{name_of(path)}: begin with `-- ` and a sentence with a full stop"
    )
    assert ". " not in first, f"{name_of(path)}: one sentence, not two"
    assert not second.startswith("--"), f"{name_of(path)}: the sentence must fit one line"


@pytest.mark.parametrize("path", [*ALL_SQL, *MAPPINGS], ids=name_of)
def test_an_sql_file_is_small_plain_and_lower_case(path):
    """At most 60 lines, one select, no template, keywords in lower case."""
    text, code = path.read_text(encoding="utf-8"), code_of(path)
    assert len(text.splitlines()) <= 60, f"{name_of(path)} has {len(text.splitlines())} lines: split it"
    assert text.startswith("-- "), f"{name_of(path)}: begin with a sentence"
    assert not re.search(r"[{}$?]", code), f"{name_of(path)}: parameters are rows of `cohort`, no templates"
    assert re.findall(r"\b[A-Z][A-Z_]+\b", code) == [], f"{name_of(path)}: write keywords in lower case"
    assert ";" not in code, f"{name_of(path)}: one select, no semicolon"


@pytest.mark.parametrize("path", ALL_SQL, ids=name_of)
def test_an_sql_file_stays_in_the_portable_subset(path):
    """The same text gives the same result on DuckDB and on Spark."""
    assert problems(path.read_text(encoding="utf-8")) == ()


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_every_engine_has_the_same_macros(engine):
    """A function that one engine knows is known to the other."""
    assert macro_names(engine) == {"days_between"}


def test_python_files_are_small_and_say_what_belongs_there():
    """At most 300 lines, and a docstring."""
    offenders = []
    for path in python_files(*PACKAGES, "tests", "notebooks", "benchmarks"):
        text = path.read_text(encoding="utf-8")
        if (lines := len(text.splitlines())) > 300:
            offenders.append(named(path, lines, "more than 300 lines: split it"))
        if path.parent.name != "notebooks" and not ast.get_docstring(ast.parse(text)):
            offenders.append(named(path, 1, "say in a docstring what belongs here"))
    assert offenders == []


def test_only_the_warehouse_opens_a_database():
    """One connection factory, so that every connection is locked down."""
    paths = python_files(*(p for p in PACKAGES if p != "warehouse"), "notebooks", "benchmarks")
    assert [
        named(p, line, "use warehouse.connection") for p in paths for line, f in calls(p) if f == "duckdb.connect"
    ] == []


def test_nothing_loads_what_can_execute():
    """No pickle, joblib, eval or unsafe YAML: a model is data."""
    offenders = []
    for path in python_files(*PACKAGES):
        unsafe = [(line, f"imports {m}") for line, m in imports(path) if m.split(".")[0] in UNSAFE_MODULES]
        unsafe += [(line, f"calls {f}") for line, f in calls(path) if f in UNSAFE_CALLS or f.endswith("_pickle")]
        offenders += [named(path, line, what) for line, what in unsafe]
    assert offenders == []


def test_only_the_command_line_prints():
    """Everything else returns, or logs."""
    paths = [p for p in python_files(*PACKAGES) if p != ROOT / "pipelines" / "cli.py"]
    assert [named(p, line, "return it or log it") for p in paths for line, f in calls(p) if f == "print"] == []


def test_no_file_holds_the_address_of_a_registry():
    """Where packages come from is a setting of a machine."""
    files = [p for p in ROOT.rglob("*") if p.suffix in ENDINGS and not _is_made(p) and p.is_file()]
    found = [p for p in sorted(files) if REGISTRY.search(p.read_text(encoding="utf-8", errors="replace"))]
    assert [str(p.relative_to(ROOT)) for p in found] == []


def _is_made(path: Path) -> bool:
    parts = set(path.relative_to(ROOT).parts)
    return bool(NOT_OURS & parts) or any(p.startswith(".") and p.endswith(("_cache", "hypothesis")) for p in parts)


@pytest.mark.parametrize("layer", LAYERS)
def test_each_contract_reads_and_names_only_what_exists(layer):
    """Code lists and references lead somewhere, every column is described, every table has a key."""
    offenders = []
    for promised in contracts(layer).values():
        offenders += [] if promised.primary_key else [f"{promised.name}: no primary key"]
        for column in promised.columns:
            offenders += [f"{promised.name}.{column.name}: {why}" for why in _wrong_with(column)]
    assert offenders == []


def _wrong_with(column) -> Iterator[str]:
    if not column.description:
        yield "say what it means"
    if column.codelist:
        try:
            codelist(column.codelist)
        except CodelistError as error:
            yield str(error)
    if column.references:
        table, key = column.references.split(".")
        contract(table).column(key)


def test_every_feature_of_a_model_can_be_said_and_may_be_missing():
    """A Dutch and an English sentence that agree about the value, whether it can be changed, what missing means, and why it is asked."""
    offenders = []
    for table in contracts("feature").values():
        for column in table.columns:
            if column.primary_key or column.custom.get("role") in ("helper", "rule"):
                continue
            lacks = {"sentence_nl", "sentence_en", "malleable", "missing", "dated"} - column.custom.keys()
            lacks |= set() if column.custom.get("dated") in KINDS else {f"a date that is one of {', '.join(KINDS)}"}
            lacks |= set() if why(table, column) else {"why (of the column, or of the table)"}
            offenders += [f"{table.name}.{column.name} lacks {name}" for name in sorted(lacks)]
            said = {"{value}" in column.custom.get(f"sentence_{language}", "") for language in ("nl", "en")}
            if len(said) > 1:
                offenders.append(f"{table.name}.{column.name}: the sentences disagree about {{value}}")
    assert offenders == []


def test_the_catalogue_of_features_is_what_the_contracts_give(tmp_path):
    """After a change of a contract, an SQL file or moments.yaml: `python -m features.catalogue`."""
    made = {path.name: path.read_text(encoding="utf-8") for path in catalogue.write(tmp_path)}
    assert {p.name: p.read_text(encoding="utf-8") for p in (ROOT / catalogue.FOLDER).iterdir()} == made


def test_no_audit_only_column_is_a_feature():
    """Race and home language may measure fairness; no SQL of a feature or label reads them."""
    audit_only = [c.name for table in contracts().values() for c in table.columns if c.classification == "audit_only"]
    assert sorted(audit_only) == ["home_language_not_dutch", "race"]
    anywhere = re.compile(rf"\b({'|'.join(audit_only)})\b")
    assert [name_of(p) for p in sql_files("tables", "labels", "cohorts") if anywhere.search(code_of(p))] == []

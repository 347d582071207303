"""What contracts promise about themselves, and that what is derived from them says the same."""

import csv
import re
import sys
from datetime import date
from importlib.resources import files

import duckdb
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from data_contracts import Column, Contract, Rule, codelist, contract, contracts
from data_contracts.codelists import HEADER, CodelistError
from data_contracts.compile import arrow_schema, ddl, row_rules
from data_contracts.contract import LAYERS, ContractError, contract_files
from data_contracts.suite import expectations

EVERY = [(layer, name) for layer in LAYERS for name in contracts(layer)]
LISTS = sorted(p.name.removesuffix(".csv") for p in (files("data_contracts") / "codelists").iterdir())
DUCKDB = {
    "string": "VARCHAR",
    "date": "DATE",
    "integer": "INTEGER",
    "long": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
}
ARROW = {
    "string": "string",
    "date": "date32[day]",
    "integer": "int32",
    "long": "int64",
    "number": "double",
    "boolean": "bool",
}
MINIMAL = """
name: {name}
version: 1.0.0
description: {{purpose: A table.}}
schema: [{{properties: [{{name: pupil_id, logicalType: {kind}, primaryKey: true}}]}}]
"""


def kind_of(column):
    """The type that a contract gives a column; an integer of eight bytes is a long."""
    return "long" if column.get("logicalTypeOptions", {}).get("format") == "i64" else column["logicalType"]


def document(layer, name):
    """The properties of a contract, straight from its YAML."""
    found = next(p for p in contract_files(layer) if p.name == f"{name}.odcs.yaml")
    return yaml.safe_load(found.read_text(encoding="utf-8"))["schema"][0]["properties"]


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Contracts and code lists are read from an empty folder."""
    for module, read in (("contract", contracts), ("codelists", codelist)):
        monkeypatch.setattr(sys.modules[f"data_contracts.{module}"], "files", lambda _: tmp_path)
        read.cache_clear()
    for folder in (*LAYERS, "codelists"):
        (tmp_path / folder).mkdir()
    yield tmp_path
    contracts.cache_clear()
    codelist.cache_clear()


def bad_rows(table, *rows):
    """For each row, the rules that it breaks, in DuckDB."""
    promised = contract(table)
    with duckdb.connect() as db:
        db.execute("create schema core")
        db.execute(ddl(promised).replace(" not null", ""))
        for row in rows:
            values = [row.get(c) for c in promised.column_names]
            columns, cells = ", ".join(promised.column_names), ", ".join("?" for _ in values)
            db.execute(f"insert into core.{table} ({columns}) values ({cells})", values)
        rules = [f"coalesce(not ({holds}), {rule.startswith('required')})" for rule, _, holds in row_rules(promised)]
        found = db.execute(f"select {', '.join(rules)} from core.{table}").fetchall()
    return [[rule for (rule, _, _), broken in zip(row_rules(promised), row, strict=True) if broken] for row in found]


@pytest.mark.parametrize(("layer", "name"), EVERY)
def test_the_table_that_is_created_has_the_columns_of_the_contract(layer, name):
    """Names, order, types and which may be empty are those of the YAML."""
    with duckdb.connect() as db:
        db.execute(f"create schema {layer}")
        db.execute(ddl(contract(name, layer)))
        made = [(row[0], row[1], row[2] == "NO") for row in db.execute(f"describe {layer}.{name}").fetchall()]
    promised = [(p["name"], DUCKDB[kind_of(p)], p.get("required", False)) for p in document(layer, name)]
    assert made == promised + ([("superseded_date", "DATE", True)] if layer == "core" else [])


@pytest.mark.parametrize(("layer", "name"), EVERY)
def test_the_arrow_schema_says_what_the_contract_says(layer, name):
    """Types, which may be empty, and the description with each column."""
    schema = arrow_schema(contract(name, layer))
    made = [(f.name, str(f.type), not f.nullable, f.metadata[b"description"].decode()) for f in schema]
    wanted = document(layer, name)
    assert made == [(p["name"], ARROW[kind_of(p)], p.get("required", False), p.get("description", "")) for p in wanted]
    version = contract(name, layer).version
    assert schema.metadata == {b"contract": f"{layer}.{name}".encode(), b"version": version.encode()}


def test_row_rules_single_out_the_rows_that_break_them():
    """A good enrolment, one that ends before it starts, one whose end is undated, one without a year and in class 9."""
    good = {"enrolment_id": "e", "pupil_id": "p", "school_year": 2023, "level_code": "primary"}
    good |= {"start_date": "2023-09-01", "known_date": "2023-09-01"}
    ended = {**good, "end_date": "2023-08-31", "end_known_date": "2023-09-01"}
    undated, open_class = {**good, "end_date": "2023-09-02"}, {**good, "school_year": None, "grade": 9}
    assert bad_rows("enrolments", good, ended, undated, open_class) == [
        [], ["ends_after_start"], ["end_is_dated"], ["required:school_year", "range:grade"],
    ]  # fmt: skip


def test_row_rules_come_with_the_most_basic_first():
    """What is required, then ranges, then what the contract says of a whole row."""
    kinds = [rule.split(":")[0] for rule, _, _ in row_rules(contract("absences"))]
    assert kinds == ["required"] * 7 + ["range", "known_after_it_happened", "on_a_weekday", "in_its_school_year"]


@pytest.mark.parametrize("name", contracts())
def test_every_promise_of_a_contract_is_expected_of_its_table(name):
    """Order of columns, key, required, codes, ranges, rules and references, each once."""
    promised, expected = contract(name), expectations(contract(name), f"core.{name}")
    wanted = {"columns", "unique_key", *(r.name for r in promised.rules)}
    for column in promised.columns:
        wanted |= {f"required:{column.name}"} if column.required else set()
        wanted |= {f"code:{column.name}"} if column.codelist else set()
        wanted |= {f"range:{column.name}"} if column.minimum is not None else set()
        wanted |= {f"reference:{column.name}"} if column.references else set()
    assert sorted(e["rule"] for e in expected) == sorted(wanted)
    assert expected[0]["kwargs"]["column_list"] == [*promised.column_names, "superseded_date"]


def test_expected_queries_find_what_breaks_the_promise():
    """A key that comes twice, a pupil that nobody knows, a known date before the day itself."""
    expected = expectations(contract("absences"), "core.absences")
    found = {
        e["rule"]: e["kwargs"]["unexpected_rows_query"] for e in expected if "unexpected_rows_query" in e["kwargs"]
    }
    with duckdb.connect() as db:
        db.execute("create schema core")
        for name in ("pupils", "schools", "absences", "enrolments", "school_days"):
            db.execute(ddl(contract(name)))
        db.execute("insert into core.pupils (pupil_id, known_date) values ('ana', '2020-01-01')")
        db.execute("insert into core.schools (school_id, known_date) values ('s1', '2020-01-01')")
        columns = ", ".join(contract("absences").column_names)
        for pupil, known in (("ana", "2024-02-01"), ("ana", "2024-02-01"), ("ben", "2024-01-31")):
            row = [pupil, "s1", "2024-02-01", "AM", 2023, "B", known]
            db.execute(f"insert into core.absences ({columns}) values (?, ?, ?, ?, ?, ?, ?)", row)
        broken = {rule: len(db.execute(sql.format(batch="core.absences")).fetchall()) for rule, sql in found.items()}
    assert {rule: count for rule, count in broken.items() if count} == {
        "unique_key": 1, "known_after_it_happened": 1, "reference:pupil_id": 1, "in_enrolment": 3
    }  # fmt: skip


def test_braces_in_a_rule_survive_the_batch():
    """Great Expectations fills in `{batch}`; a rule with braces of its own is left as it is."""
    rule = Rule("letters", "", predicate="regexp_matches(pupil_id, '^[a-z]{3}$')", engine="row")
    table = Contract("t", "core", "1", "", (Column("pupil_id", "string", "", primary_key=True),), (rule,))
    query = next(e for e in expectations(table, "core.t") if e["rule"] == "letters")["kwargs"]["unexpected_rows_query"]
    assert query.format(batch="core.t") == "select 1 from core.t where not (regexp_matches(pupil_id, '^[a-z]{3}$'))"


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: contract("pupil"), "No contract core.pupil. There are: absences, "),
        (lambda: contracts("staged"), "No layer `staged`. There are: core, feature, label."),
        (lambda: contract("absences").column("code"), "core.absences has no column `code`; it has ['pupil_id'"),
    ],
)
def test_asking_for_what_is_not_there_says_what_is(ask, says):
    """The message lists what can be asked for."""
    with pytest.raises(ContractError, match=re.escape(says)):
        ask()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name: [", "core/one.odcs.yaml, line 1, cannot be read"),
        ("name: one", "core/one.odcs.yaml cannot be read"),
        ("", "Mend the YAML"),
        (MINIMAL.format(name="two", kind="string"), "core/one.odcs.yaml is named `two`: name and file must agree"),
        (MINIMAL.format(name="one", kind="text"), "`pupil_id` has type `text`; use one of ('string'"),
    ],
)  # fmt: skip
def test_a_contract_that_is_wrong_is_named_with_what_to_do(elsewhere, text, says):
    """YAML that does not parse, lacks a part, has another name than its file, or a type that there is not."""
    (elsewhere / "core" / "one.odcs.yaml").write_text(text)
    with pytest.raises(ContractError, match=re.escape(says)):
        contracts()


def test_old_absence_letters_mean_one_of_the_official_seven():
    """Certificates are illness; exclusions, suspensions, top sport and maternity are excused by law."""
    absence = codelist("absence_code")
    assert sorted(absence.official) == list("ABHMPRZ")
    old = {code: official for code, official in absence.mapping.items() if code != official}
    assert old == {"D": "Z", "T": "R", "U": "R", "Y": "R", "C": "R", "J": "R"}


@pytest.mark.parametrize("name", LISTS)
def test_every_list_has_each_code_once_and_maps_only_to_official_codes(name):
    """An old code leads to a code that stands for itself; every code has a word in both languages."""
    found = codelist(name)
    codes = [c.code for c in found.codes]
    assert len(codes) == len(set(codes))
    assert set(found.mapping.values()) == set(found.official)
    assert [c for c in codes if not found.labels("nl")[c] or not found.labels("en")[c]] == []
    assert [c.code for c in found.codes if c.valid_from and c.valid_to and c.valid_from > c.valid_to] == []


OFFICIAL_LISTS = {"absence_code", "absence_letter", "register_symbol", "certificate", "finality", "municipality"}


@pytest.mark.parametrize("name", LISTS)
def test_a_code_that_is_not_official_says_so(name):
    """The official tables of many codes are not public: whoever maps to ours must not take them for those."""
    own = {c.code for c in codelist(name).codes if c.description.startswith("Own coding")}
    assert own == (set() if name in OFFICIAL_LISTS else set(codelist(name).mapping))


@pytest.mark.parametrize(("day", "flemish", "brussels"), [("2024-12-31", 300, 19), ("2025-01-01", 285, 19)])
def test_municipalities_are_counted_as_they_were_on_a_day(day, flemish, brussels):
    """Before and after the mergers of 2025; each old code leads to the municipality that it became part of."""
    on, found = date.fromisoformat(day), codelist("municipality").codes
    valid = [c for c in found if (c.valid_from or on) <= on <= (c.valid_to or on)]
    assert sum(not c.code.startswith("21") for c in valid) == flemish
    assert sum(c.code.startswith("21") for c in valid) == brussels
    in_force = {c.code for c in found if not c.valid_to}
    assert {c.maps_to for c in found if c.valid_to} <= in_force


@pytest.mark.parametrize(
    ("rule", "day", "threshold"),
    [
        ("guidance_file", "2016-08-31", 10),
        ("guidance_file", "2016-09-01", 5),
        ("minimum_presence_5", "2017-08-31", 220),
        ("minimum_presence_5", "2017-09-01", 250),
        ("minimum_presence_5", "2020-08-31", 250),
        ("minimum_presence_5", "2020-09-01", 290),
        ("minimum_presence_2", "2024-09-01", 100),
        ("minimum_presence_3", "2024-09-01", 150),
        ("minimum_presence_4", "2024-09-01", 185),
        ("problematic_absence", "2024-09-01", 30),
    ],
)
def test_one_threshold_is_in_force_on_a_day(rule, day, threshold):
    """Of the rules of the CLB, by year."""
    path = files("data_contracts") / "thresholds" / "clb_rule.csv"
    rows = [r for r in csv.DictReader(path.read_text(encoding="utf-8").splitlines()) if r["rule"] == rule]
    assert [int(r["threshold"]) for r in rows if (r["valid_from"] or day) <= day <= (r["valid_to"] or day)] == [
        threshold
    ]


def test_symbols_of_the_register_are_no_absence_and_no_absence_is_a_symbol():
    """Lessons suspended, days off, present and the codes of COVID mean that nobody was absent."""
    symbols = codelist("register_symbol").mapping.keys()
    assert set(symbols) == set("|I L ° + * X N".replace(" ", ""))
    assert not symbols & codelist("absence_letter").mapping.keys()


def test_the_nearest_codes_come_first():
    """A slip of the pen finds the code that was meant."""
    assert codelist("level").nearest("primery", count=1) == ["primary"]
    assert codelist("study_form").nearest("tsoo")[0] == "tso"


@given(st.text(max_size=12), st.integers(1, 5))
def test_whatever_is_delivered_the_nearest_codes_are_known_ones(unknown, count):
    """At most so many, and each a code of the list."""
    found = codelist("absence_code").nearest(unknown, count=count)
    assert len(found) <= count
    assert set(found) <= codelist("absence_code").mapping.keys()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "No code list `one` in data_contracts/codelists. Add one.csv or mend the contract."),
        ("code,label\nA,a\n", "Code list one.csv has columns ['code', 'label']; they must be ['code',"),
        (",".join(HEADER) + "\nA,a\n", "Code list one.csv: the row of code `A` has 2 cells, not 7."),
    ],
)
def test_a_code_list_that_is_wrong_is_named_with_what_to_do(elsewhere, text, says):
    """No such list, other columns, a row that is too short."""
    if text is not None:
        (elsewhere / "codelists" / "one.csv").write_text(text)
    with pytest.raises(CodelistError, match=re.escape(says)):
        codelist("one")

"""What is derived from a contract, never written twice: DDL, casts, rules as SQL, Arrow schema.

Belongs here: pure functions from a `Contract` to text or plain objects. Not here: running any of it, or Great Expectations (`suite`).
"""

import datetime as dt
import re
from typing import Any

from data_contracts.codelists import codelist
from data_contracts.contract import Column, Contract, Rule
from data_contracts.versioned import FOR_EVER, SUPERSEDED

SQL_TYPES = {
    "string": "varchar",
    "date": "date",
    "integer": "integer",
    "long": "bigint",
    "number": "double",
    "boolean": "boolean",
}


def sql_type(column: Column) -> str:
    """DuckDB type of a column."""
    return SQL_TYPES[column.logical_type]


def ddl(contract: Contract) -> str:
    """`create table` of a contract, in the layer's schema."""
    lines = [f"    {c.name} {sql_type(c)}{' not null' if c.required else ''}" for c in contract.columns]
    if contract.layer == "core":
        lines.append(f"    {SUPERSEDED} date not null default {FOR_EVER}")
    return f"create table {contract.layer}.{contract.name} (\n" + ",\n".join(lines) + "\n)"


def arrow_schema(contract: Contract) -> Any:
    """Arrow schema with each column's description as field metadata."""
    import pyarrow as pa

    types = {
        "string": pa.string(),
        "date": pa.date32(),
        "integer": pa.int32(),
        "long": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
    }
    fields = [
        pa.field(c.name, types[c.logical_type], nullable=not c.required, metadata={"description": c.description})
        for c in contract.columns
    ]
    return pa.schema(fields, metadata={"contract": f"{contract.layer}.{contract.name}", "version": contract.version})


def row_rules(contract: Contract) -> list[tuple[str, str, str]]:
    """Rules that each row must obey, most basic first: (rule, column, SQL predicate that holds for a good row).

    A predicate that is NULL counts as broken only for `required`; everywhere else missing is allowed.
    """
    rules = [(f"required:{c.name}", c.name, f"{c.name} is not null") for c in contract.columns if c.required]
    rules += [(f"range:{c.name}", c.name, _in_range(c)) for c in contract.columns if c.minimum is not None]
    return rules + [(r.name, "", r.predicate) for r in contract.rules if r.is_row_rule]


def breaking_rows(contract: Contract, schema: str) -> list[tuple[str, bool, str]]:
    """Rules that look at other tables, as (rule, whether it only warns, what follows `select … from <table> as this` to find its breaches).

    Examples
    --------
    >>> from data_contracts import contract
    >>> breaking_rows(contract("clb_areas"), "core")[0]
    ('reference:school_id', False, 'where this.school_id is not null and this.school_id not in (select r.school_id from core.schools as r)')
    """
    found = [
        (f"reference:{c.name}", False, f"where this.{c.name} is not null and this.{c.name} not in ({_keys(c, schema)})")
        for c in contract.columns
        if c.references and not c.references.startswith(f"{contract.name}.")
    ]
    return found + [(r.name, r.only_warns, _breaking(r, schema)) for r in contract.rules if r.is_set_rule]


def looked_at(contract: Contract) -> set[str]:
    """Names of the other tables that the rules of a table look at."""
    named = {name for rule in contract.rules for name in re.findall(r"\{schema\}\.(\w+)", rule.predicate)}
    return (named | {c.references.split(".")[0] for c in contract.columns if c.references}) - {contract.name}


def _keys(column: Column, schema: str) -> str:
    table, key = column.references.split(".")
    return f"select r.{key} from {schema}.{table} as r"


def _breaking(rule: Rule, schema: str) -> str:
    text = rule.predicate.replace("{schema}", schema)
    return f"anti join {text}" if rule.engine == "match" else f"where not coalesce({text}, true)"


def dated_code_rule(column: Column, cell: str, day: str) -> str:
    """SQL predicate that is false where a delivered code was not valid on a day; empty where all codes are always valid.

    Examples
    --------
    >>> from data_contracts import contract
    >>> "2019-08-31" in dated_code_rule(contract("absences").column("absence_code"), "cell", "day")
    True
    """
    spans = [(c.code, c.valid_from, c.valid_to) for c in codelist(column.codelist).codes if c.valid_from or c.valid_to]
    cases = [
        f"when '{code}' then {day} between date '{start or dt.date.min}' and date '{end or dt.date.max}'"
        for code, start, end in spans
    ]
    return f"case {cell} {' '.join(cases)} else true end" if cases else ""


def _in_range(column: Column) -> str:
    return f"{column.name} between {column.minimum} and {column.maximum}"

"""What is derived from a contract, never written twice: DDL, casts, row rules, Arrow schema, GX expectations.

Belongs here: pure functions from a `Contract` to text or plain objects. Not here: running any of it.
"""

import datetime as dt
from typing import Any

from data_contracts.codelists import codelist
from data_contracts.contract import Column, Contract
from data_contracts.versioned import FOR_EVER, SUPERSEDED, stored_key

SQL_TYPES = {"string": "varchar", "date": "date", "integer": "integer", "number": "double", "boolean": "boolean"}


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


def set_rules(contract: Contract, schema: str) -> list[tuple[str, str]]:
    """Rules that look at other tables, as (rule, SQL predicate that holds for a good row named `this`); those that only warn left out."""
    return [
        (r.name, r.predicate.replace("{schema}", schema)) for r in contract.rules if r.is_set_rule and not r.only_warns
    ]


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


def expectations(contract: Contract, table: str) -> list[dict[str, Any]]:
    """Great Expectations as data: `{"type", "kwargs", "rule", "severity"}`, for a table of that contract.

    Parameters
    ----------
    contract
        The contract.
    table
        Schema-qualified name of the table that is checked; references are looked up in the same schema.
    """
    schema = table.split(".")[0]
    found = [_expect("ExpectTableColumnsToMatchOrderedList", "columns", column_list=_stored(contract))]
    found += [
        _expect("ExpectColumnValuesToNotBeNull", f"required:{c.name}", column=c.name)
        for c in contract.columns
        if c.required
    ]
    found += [_unique(contract)]
    found += [
        _expect("ExpectColumnValuesToBeInSet", f"code:{c.name}", column=c.name, value_set=codelist(c.codelist).official)
        for c in contract.columns
        if c.codelist
    ]
    found += [
        _expect(
            "ExpectColumnValuesToBeBetween", f"range:{c.name}", column=c.name, min_value=c.minimum, max_value=c.maximum
        )
        for c in contract.columns
        if c.minimum is not None
    ]
    found += [
        _rows(r.name, f"select 1 from {{batch}} where not ({_braces(r.predicate)})")
        for r in contract.rules
        if r.is_row_rule
    ]
    found += [
        _rows(f"reference:{c.name}", _orphans(c, schema)) for c in contract.columns if _refers_elsewhere(c, contract)
    ]
    found += [
        _expect("ExpectTableRowCountToBeBetween", r.name, min_value=int(r.greater_than or 0) + 1)
        for r in contract.rules
        if r.metric == "rowCount"
    ]
    return found


def _stored(contract: Contract) -> list[str]:
    return [*contract.column_names, *([SUPERSEDED] if contract.layer == "core" else [])]


def _expect(kind: str, rule: str, **kwargs: Any) -> dict[str, Any]:
    return {"type": kind, "rule": rule, "kwargs": kwargs}


def _rows(rule: str, query: str) -> dict[str, Any]:
    return _expect("UnexpectedRowsExpectation", rule, unexpected_rows_query=query)


def _unique(contract: Contract) -> dict[str, Any]:
    keys = ", ".join(stored_key(contract))
    return _rows("unique_key", f"select {keys} from {{batch}} group by {keys} having count(*) > 1")


def _refers_elsewhere(column: Column, contract: Contract) -> bool:
    return bool(column.references) and column.references.split(".")[0] != contract.name


def _orphans(column: Column, schema: str) -> str:
    table, key = column.references.split(".")
    # no alias: GX gives the batch one
    return (
        f"select 1 from {{batch}} where {column.name} is not null"
        f" and {column.name} not in (select r.{key} from {schema}.{table} as r)"
    )


def _braces(predicate: str) -> str:
    return predicate.replace("{", "{{").replace("}", "}}")

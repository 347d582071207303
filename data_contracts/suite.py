"""Great Expectations of a contract, as data: what each rule of it expects of the table.

Belongs here: a pure function from a `Contract` to plain objects. Not here: running them (`warehouse.validation`).
"""

from collections.abc import Iterator
from typing import Any

from data_contracts.codelists import codelist
from data_contracts.compile import breaking_rows
from data_contracts.contract import Contract
from data_contracts.versioned import SUPERSEDED, stored_key

ERROR, WARNING = "error", "warning"


def expectations(contract: Contract, table: str) -> list[dict[str, Any]]:
    """What a table of that contract is held to, each as `{"type", "kwargs", "rule", "severity"}`.

    Parameters
    ----------
    contract
        The contract.
    table
        Schema-qualified name of the table that is checked; other tables are looked up in the same schema.
    """
    return [*_of_the_table(contract), *_of_columns(contract), *_of_rows(contract, table.split(".")[0])]


def _of_the_table(contract: Contract) -> Iterator[dict[str, Any]]:
    columns = [*contract.column_names, *([SUPERSEDED] if contract.layer == "core" else [])]
    yield _expect("ExpectTableColumnsToMatchOrderedList", "columns", column_list=columns)
    keys = ", ".join(stored_key(contract) if contract.layer == "core" else contract.primary_key)
    yield _rows("unique_key", repeated(keys, "{batch}"))
    for rule in contract.rules:
        if rule.metric == "rowCount":
            least = int(rule.greater_than or 0) + 1
            yield _expect("ExpectTableRowCountToBeBetween", rule.name, rule.severity, min_value=least)


def _of_columns(contract: Contract) -> Iterator[dict[str, Any]]:
    for c in contract.columns:
        if c.required:
            yield _expect("ExpectColumnValuesToNotBeNull", f"required:{c.name}", column=c.name)
        if c.codelist:
            official = codelist(c.codelist).official
            yield _expect("ExpectColumnValuesToBeInSet", f"code:{c.name}", column=c.name, value_set=official)
        if c.minimum is not None:
            yield _expect(
                "ExpectColumnValuesToBeBetween",
                f"range:{c.name}",
                column=c.name,
                min_value=c.minimum,
                max_value=c.maximum,
            )


def _of_rows(contract: Contract, schema: str) -> Iterator[dict[str, Any]]:
    for rule in contract.rules:
        if rule.is_row_rule:
            broken = f"select 1 from {{batch}} where not ({_braces(rule.predicate)})"
            yield _rows(rule.name, broken, rule.severity)
    for name, only_warns, tail in breaking_rows(contract, schema):
        broken = f"select 1 from (select * from {{batch}}) as this {_braces(tail)}"
        yield _rows(name, broken, WARNING if only_warns else ERROR)


def repeated(keys: str, table: str) -> str:
    """A query for the keys that stand in more than one row.

    Equal keys have equal hashes, which are counted in a third of the time: mostly there is nothing to group.
    """
    may_be = f"(select count(*) - count(distinct hash({keys})) from {table}) > 0"
    return f"select {keys} from {table} where {may_be} group by {keys} having count(*) > 1"


def _expect(kind: str, rule: str, severity: str = ERROR, **kwargs: Any) -> dict[str, Any]:
    return {"type": kind, "rule": rule, "severity": severity, "kwargs": kwargs}


def _rows(rule: str, query: str, severity: str = ERROR) -> dict[str, Any]:
    return _expect("CountedRowsExpectation", rule, severity, unexpected_rows_query=query)


def _braces(text: str) -> str:
    """GX fills in `{batch}`: braces of a rule's own are doubled."""
    return text.replace("{", "{{").replace("}", "}}")

"""Judging: SQL that types every mapped row and names the first rule that it breaks.

Belongs here: the text of that SQL, from a contract. Not here: running it, or what becomes of a row that breaks a rule (`mapping`).
The order of the rules is from basic to particular: a key that cannot exist, a cell that does not fit its type, an unknown code, a
code out of its time, what is required, ranges, the contract's own rules, and at last a key that was there already.
"""

from data_contracts import Column, Contract, codelist
from data_contracts.compile import dated_code_rule, row_rules, sql_type
from data_contracts.natural_keys import natural_key_rule
from data_contracts.versioned import version_key
from warehouse.connection import quoted
from warehouse.source import SourceSystem


def judged(table: Contract, system: SourceSystem, repeated: str) -> str:
    """A query over the view `mapped`: the contract's columns, `_withdrawn`, `_file`, `_line` and `broken`, the rule or NULL.

    Parameters
    ----------
    table
        The contract that is mapped to.
    system
        The source system, for the name spaces of its keys; the pseudonyms stand in `keys_<kind>`.
    repeated
        SQL over the typed rows that names the rule for a row whose key was there already.
    """
    typed = ", ".join(f"{typed_cell(c)} as {c.name}" for c in table.columns)
    joins = " ".join(
        f"left join keys_{c.pseudonym} as of_{c.name} on of_{c.name}.natural_key = m.{c.name}"
        for c in table.columns
        if c.pseudonym
    )
    return (
        f"with typed as (select {typed}, m._withdrawn, m._file, m._line, {_misfit(table, system)} as misfit"
        f" from mapped as m {joins}),"
        f" ruled as (select *, coalesce(misfit, {_breach(table)}) as rule from typed)"
        f" select {', '.join(table.column_names)}, _withdrawn, _file, _line, coalesce(rule, {repeated}) as broken from ruled"
    )


def repeated_key(table: Contract) -> str:
    """`unique_key` for all rows of one key and one day but one: which one counts depends on what they say, not on their order."""
    others = [c for c in table.columns if c.name not in version_key(table)]
    rest = [c.name for c in sorted(others, key=lambda c: bool(c.pseudonym))]  # another key orders pseudonyms otherwise
    order = ", ".join(["rule nulls first", "_withdrawn desc", *rest, "_file", "_line"])
    return (
        f"case when row_number() over (partition by {', '.join(version_key(table))} order by {order}) > 1"
        " then 'unique_key' end"
    )


def typed_cell(column: Column) -> str:
    """The cell as the contract's type, as pseudonym, or as the official code of the delivered one; NULL where it does not fit."""
    if column.pseudonym:
        return f"of_{column.name}.pseudonym"
    if not column.codelist:
        return f"try_cast(m.{column.name} as {sql_type(column)})"
    maps = {old: new for old, new in codelist(column.codelist).mapping.items() if old != new}
    cases = " ".join(f"when {quoted(old)} then {quoted(new)}" for old, new in maps.items())
    return f"case m.{column.name} {cases} else m.{column.name} end" if cases else f"cast(m.{column.name} as varchar)"


def unknown_code(column: Column) -> str:
    """Holds for a cell whose code no list knows."""
    listed = ", ".join(quoted(code) for code in codelist(column.codelist).mapping)
    return f"cast(m.{column.name} as varchar) not in ({listed})"


def _misfit(table: Contract, system: SourceSystem) -> str:
    """What is judged on the cell as it was delivered."""
    cases = [
        f"when not ({rule}) then 'key:{c.name}'"
        for c in table.columns
        if c.pseudonym and (rule := natural_key_rule(system.namespace(c.pseudonym), f"m.{c.name}"))
    ]
    cases += [
        f"when m.{c.name} is not null and {_fits_not(c)} then 'type:{c.name}'"
        for c in table.columns
        if sql_type(c) != "varchar"
    ]
    coded = [c for c in table.columns if c.codelist]
    cases += [f"when {unknown_code(c)} then 'code:{c.name}'" for c in coded]
    cases += [
        f"when not ({rule}) then 'dated_code:{c.name}'"
        for c in coded
        if (day := c.custom.get("code_date"))
        and (rule := dated_code_rule(c, f"cast(m.{c.name} as varchar)", f"try_cast(m.{day} as date)"))
    ]
    return f"case {' '.join(cases)} end" if cases else "cast(null as varchar)"


def _breach(table: Contract) -> str:
    """What is judged on the typed row; of a row that is withdrawn only that it can be found."""
    found = {*table.primary_key, "known_date"}
    cases = [
        f"when {'' if column in found else 'not _withdrawn and '}"
        f"not coalesce({holds}, {'false' if rule.startswith('required:') else 'true'}) then {quoted(rule)}"
        for rule, column, holds in row_rules(table)
    ]
    return f"case {' '.join(cases)} end"


def _fits_not(column: Column) -> str:
    """A cell that has no value of the column's type; DuckDB would round 2.7 to a whole number."""
    missing = f"{typed_cell(column)} is null"
    if column.logical_type != "integer":
        return missing
    cell = f"cast(m.{column.name} as varchar)"
    return f"({missing} or (contains({cell}, '.') and {typed_cell(column)} <> try_cast({cell} as double)))"

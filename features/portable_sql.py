"""The portable subset: what a feature's SQL may say so that DuckDB and Spark answer the same.

Belongs here: finding what is outside the subset, with its line and what to write instead. Not here: translating (a translator changes
results in silence), running (`engines`). The judgement is about the parse tree, so that comments, texts and names do not matter. A
function that is not in `FUNCTIONS` or in the macros of both engines is refused: unknown is not portable.
"""

from collections.abc import Iterator
from functools import cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from data_contracts import contracts
from features.sql import FeatureError, SqlTable, macro_names

FUNCTIONS = (
    *(exp.Count, exp.CountIf, exp.Sum, exp.Min, exp.Max, exp.Avg, exp.Median, exp.RegrSlope, exp.StddevSamp),
    *(exp.LogicalOr, exp.LogicalAnd, exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead),
    *(exp.Coalesce, exp.Nullif, exp.Greatest, exp.Least, exp.Case, exp.If, exp.Cast, exp.TryCast, exp.Extract),
    *(exp.Abs, exp.Floor, exp.Ceil, exp.Sqrt, exp.Ln, exp.Exp, exp.Pow, exp.Upper, exp.Lower, exp.Substring),
    *(exp.And, exp.Or, exp.Xor, exp.Exists),  # sqlglot counts these among the functions
)
INSTEAD: dict[type[exp.Expr], str] = {
    exp.IntDiv: "write floor(a / nullif(b, 0))",
    exp.DateDiff: "write days_between(a, b)",
    exp.DateSub: "compare with `date - interval`",
    exp.DateAdd: "compare with `date + interval`",
    exp.ArgMax: "write qualify row_number() over (... order by ...) = 1",
    exp.ArgMin: "write qualify row_number() over (... order by ...) = 1",
    exp.GenerateSeries: "read a table of rows instead, such as calendar or school_years",
    exp.Explode: "read a table of rows instead, such as calendar or school_years",
    exp.Unnest: "read a table of rows instead, such as calendar or school_years",
    exp.Concat: "write a || b",
    exp.Bracket: "name the column: lists and structs differ",
    exp.Array: "use rows: lists differ",
    exp.ArrayAgg: "use rows: lists differ",
    exp.Struct: "use columns: structs differ",
    exp.Lambda: "use rows: lists differ",
    exp.Round: "write floor(x + 0.5e0): halves are rounded differently",
    exp.TableSample: "choose rows by a column: a sample differs every time",
    exp.Pivot: "write count(*) filter (where ...)",
    exp.Placeholder: "parameters are rows of `cohort` or `as_of`",
    exp.Parameter: "parameters are rows of `cohort` or `as_of`",
}
_WINDOW_ROW = "an inner join with qualify row_number() over (... order by ...) = 1"
_NULLS = "may be missing: write nulls last (or nulls first)"


def refuse_unportable(table: SqlTable) -> None:
    """Refuse a file with something outside the subset.

    Raises
    ------
    FeatureError
        With the file, each line and what to write instead.
    """
    if found := problems(table.text):
        raise FeatureError(f"{table.path} would not give the same on every engine. " + "; ".join(found) + ".")


@cache
def problems(text: str) -> tuple[str, ...]:
    """What is not portable in a query, in order of lines; empty where all is.

    Examples
    --------
    >>> problems("select a // b as c from t")
    ('line 1: `a // b`: write floor(a / nullif(b, 0))',)
    >>> problems("select a / nullif(b, 0) as c from t")
    ()
    """
    try:
        tree = sqlglot.parse_one(text, read="duckdb")
        if not isinstance(tree, exp.Query):
            return ("line 1: a file is one select and nothing else, no semicolon",)
        found: list[tuple[int, exp.Expr | str, str]] = [*_of_tokens(sqlglot.tokenize(text, read="duckdb"))]
        found += [(_line(node), node, advice) for node in tree.walk() for advice in _of_node(node)]
        if not found:  # what one of the two cannot parse has been named by now
            on_spark = sqlglot.parse_one(text, read="spark")
            found = [(_line(node), node, _NULLS) for node in _differently_ordered(tree, on_spark)]
    except SqlglotError as error:
        return (f"cannot be parsed: {str(error).splitlines()[0]}",)
    told = {(line, f"line {line}: `{_shown(what)}`: {advice}") for line, what, advice in found}
    return tuple(message for _, message in sorted(told))


def _of_tokens(tokens: list[Token]) -> Iterator[tuple[int, str, str]]:
    windows = {
        name.text
        for over, name in zip(tokens, tokens[1:], strict=False)
        if over.text.lower() == "over" and name.text != "("
    }
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.token_type == TokenType.DCOLON:
            yield token.line, token.text, "write cast(x as type)"
        if token.token_type == TokenType.DASH and before and before.text in windows:
            yield (
                token.line,
                f"over {before.text} -",
                f"write over ({before.text}): Spark takes the dash for a part of the name",
            )
        if token.text.lower() == "varchar":
            yield token.line, token.text, "write string: Spark's varchar needs a length"
        if token.token_type == TokenType.FROM and (before is None or before.token_type == TokenType.L_PAREN):
            yield token.line, token.text, "begin with select"


def _of_node(node: exp.Expr) -> Iterator[str]:
    advice = INSTEAD.get(type(node))
    if advice:
        yield advice
    elif isinstance(node, exp.Func) and not _is_known(node):
        yield "no function of the portable subset: write it with others, or add a macro to every macros file of features/engines"
    for rule in (_star, _join, _quantile, _literal, _division, _dates, _sum, _cast):
        yield from rule(node)


def _is_known(node: exp.Func) -> bool:
    if isinstance(node, exp.Anonymous):
        return node.name.lower() in _macros()
    return isinstance(node, (*FUNCTIONS, exp.PercentileCont))


@cache
def _macros() -> frozenset[str]:
    return frozenset(macro_names("duckdb") & macro_names("spark"))


def _star(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, exp.Star) and any(node.args.get(part) for part in ("except_", "replace", "rename")):
        yield "name the columns"


def _join(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, exp.Join) and node.args.get("method"):
        yield f"write {_WINDOW_ROW}"
    if isinstance(node, exp.Join) and node.kind in ("SEMI", "ANTI"):
        yield "write where exists (...) or where not exists (...)"


def _quantile(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, exp.PercentileCont) and not isinstance(node.parent, exp.WithinGroup):
        yield "write percentile_cont(p) within group (order by x), or median(x)"


def _literal(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, exp.Literal) and node.is_number and "." in node.name and "e" not in node.name.lower():
        yield f"write decimals as doubles: {node.name.rstrip('0').rstrip('.')}e0"


def _division(node: exp.Expr) -> Iterator[str]:
    """DuckDB answers a division by zero with NULL or infinity, Spark with an error."""
    if not isinstance(node, (exp.Div, exp.Mod)):
        return
    divisor = _plain(node.expression)
    is_number = isinstance(divisor, exp.Literal) and divisor.is_number and float(divisor.name) != 0
    if not (is_number or isinstance(divisor, exp.Nullif)):
        yield "write nullif(x, 0) below a division"


def _dates(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, exp.Sub) and _is_date(node.this) and _is_date(node.expression):
        yield "write days_between(a, b) instead of date - date"
    if isinstance(node, (exp.Add, exp.Sub)) and isinstance(_plain(node.expression), exp.Interval):
        above = node.parent
        while isinstance(above, (exp.Paren, exp.Greatest, exp.Least)):
            above = above.parent
        if not isinstance(above, (exp.Predicate, exp.Between, exp.Cast)):
            yield "only compare with `date - interval`, or cast it as date: it is a timestamp on one engine"


def _is_date(node: exp.Expr) -> bool:
    plain = _plain(node)
    if isinstance(plain, exp.Cast):
        return bool(plain.is_type("date"))
    return isinstance(plain, exp.Column) and plain.name.endswith("_date")


def _sum(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, (exp.Sum, exp.Avg)) and isinstance(_plain(node.this), (exp.Predicate, exp.Connector, exp.Not)):
        yield "write count(*) filter (where ...): a truth value cannot be summed on every engine"


def _cast(node: exp.Expr) -> Iterator[str]:
    """A half is rounded on one engine and cut off on the other."""
    if isinstance(node, exp.Cast) and node.is_type("int", "bigint", "smallint", "tinyint"):
        inner = _plain(node.this)
        if isinstance(inner, (exp.Div, exp.Avg, exp.Median)) or (isinstance(inner, exp.Literal) and "." in inner.name):
            yield "write floor(x) in the cast: a half is rounded on one engine and cut off on the other"


def _differently_ordered(tree: exp.Expr, on_spark: exp.Expr) -> Iterator[exp.Expr]:
    """Where NULL comes when nothing is said differs, unless the column is never missing."""
    for ours, theirs in zip(tree.find_all(exp.Ordered), on_spark.find_all(exp.Ordered), strict=True):
        column = _plain(ours.this)
        never_missing = isinstance(column, exp.Column) and column.name in _required()
        if ours.args.get("nulls_first") != theirs.args.get("nulls_first") and not (
            never_missing or isinstance(ours.find_ancestor(exp.WithinGroup, exp.Select), exp.WithinGroup)
        ):
            yield ours.this


@cache
def _required() -> frozenset[str]:
    """Columns that are never missing in any table that has them."""
    columns = [c for layer in ("core", "feature", "label") for t in contracts(layer).values() for c in t.columns]
    missing = {c.name for c in columns if not (c.required or c.primary_key)}
    return frozenset({c.name for c in columns} - missing)


def _plain(node: exp.Expr) -> exp.Expr:
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def _line(node: exp.Expr) -> int:
    """Line of the first part of a node that has one, or of what it stands in."""
    above: exp.Expr | None = node
    while above is not None:
        lines = [int(part.meta["line"]) for part in above.walk() if "line" in part.meta]
        if lines:
            return min(lines)
        above = above.parent
    return 1


def _shown(what: exp.Expr | str) -> str:
    text = what if isinstance(what, str) else what.sql(dialect="duckdb", normalize_functions="lower")
    return text if len(text) <= 60 else text[:57] + "..."

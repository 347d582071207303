"""Contracts: one ODCS 3.1 YAML file a table, read into plain objects.

Belongs here: reading and checking the YAML. Not here: what is compiled from a contract (`compile`), code lists
(`codelists`), or any data.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from data_contracts.yaml_text import read_yaml

LAYERS = ("core", "feature", "label")
LOGICAL_TYPES = ("string", "date", "integer", "number", "boolean")
MOST_SET_ASIDE_RATE = (
    0.02  # of the rows of a table, where its contract says no other: above it a delivery is refused whole
)


class ContractError(Exception):
    """A contract that cannot be read or that contradicts itself."""


@dataclass(frozen=True)
class Column:
    """One column: its type, its meaning and everything that is said of it."""

    name: str
    logical_type: str
    description: str
    required: bool = False
    primary_key: bool = False
    classification: str = ""
    references: str = ""
    minimum: float | None = None
    maximum: float | None = None
    custom: dict[str, Any] = field(default_factory=dict)

    @property
    def codelist(self) -> str:
        """Name of the code list that the column's values come from; empty where it has none."""
        return str(self.custom.get("codelist", ""))

    @property
    def pseudonym(self) -> str:
        """What kind of natural key the column holds before it is pseudonymised; empty where it is none."""
        return str(self.custom.get("pseudonym", ""))


@dataclass(frozen=True)
class Rule:
    """A promise about a row alone (`engine: row`), a row among other tables (`set`, `match`), or the whole table (a metric).

    A predicate of `row` names columns; one of `set` calls the row `this` and other tables `{schema}.<table>`. One of `match` says
    which row of another table there must be, as `{schema}.<table> as other on other.key = this.key and …`: a database looks for it by
    hash, ten times as fast as for the same in an `exists`. `breach` holds the columns, with SQL literals, that turn a good row into
    one that breaks this rule.
    """

    name: str
    description: str
    predicate: str = ""
    metric: str = ""
    greater_than: float | None = None
    engine: str = ""
    severity: str = "error"
    breach: dict[str, str] = field(default_factory=dict)

    @property
    def is_row_rule(self) -> bool:
        return self.engine == "row"

    @property
    def is_set_rule(self) -> bool:
        return self.engine in ("set", "match")

    @property
    def only_warns(self) -> bool:
        return self.severity == "warning"


@dataclass(frozen=True)
class Contract:
    """What one table promises."""

    name: str
    layer: str
    version: str
    purpose: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    usage_warnings: tuple[str, ...] = ()
    limitations: str = ""
    retention: str = ""
    why: str = ""
    most_set_aside_rate: float = MOST_SET_ASIDE_RATE

    @property
    def column_names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def primary_key(self) -> list[str]:
        return [column.name for column in self.columns if column.primary_key]

    def column(self, name: str) -> Column:
        """The column of that name.

        Raises
        ------
        ContractError
            Where the contract has no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise ContractError(f"Contract {self.layer}.{self.name} has no column `{name}`; it has {self.column_names}.")


def contract(name: str, layer: str = "core") -> Contract:
    """Read the contract of one table.

    Examples
    --------
    >>> contract("absences").primary_key
    ['pupil_id', 'absence_date', 'day_part_code']
    """
    found = contracts(layer)
    if name not in found:
        raise ContractError(f"No contract {layer}.{name}. There are: {', '.join(found)}.")
    return found[name]


@cache
def contracts(layer: str = "core") -> dict[str, Contract]:
    """All contracts of a layer (`core`, `feature`, `label`), by table name, in alphabetical order."""
    if layer not in LAYERS:
        raise ContractError(f"No layer `{layer}`. There are: {', '.join(LAYERS)}.")
    return {read.name: read for read in (_read(path, layer) for path in contract_files(layer))}


def contract_files(layer: str) -> Iterator[Traversable]:
    """The YAML files of a layer, ordered by name."""
    folder = files("data_contracts") / layer
    yield from sorted((p for p in folder.iterdir() if p.name.endswith(".odcs.yaml")), key=lambda p: p.name)


def _read(path: Traversable, layer: str) -> Contract:
    stem = path.name.removesuffix(".odcs.yaml")
    try:
        document = read_yaml(path.read_text(encoding="utf-8"))
        read = _from_document(document, layer)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ContractError(
            f"Contract {layer}/{path.name}, line {line}, cannot be read: {error.problem}. Mend the YAML."
        ) from error
    except (yaml.YAMLError, KeyError, TypeError, ValueError, IndexError) as error:
        raise ContractError(f"Contract {layer}/{path.name} cannot be read: {error!r}. Mend the YAML.") from error
    if read.name != stem:
        raise ContractError(f"Contract {layer}/{path.name} is named `{read.name}`: name and file must agree.")
    return read


def _from_document(document: dict[str, Any], layer: str) -> Contract:
    table = document["schema"][0]
    custom = _custom(table)
    return Contract(
        name=document["name"],
        layer=layer,
        version=str(document["version"]),
        purpose=" ".join(document["description"]["purpose"].split()),
        limitations=" ".join(document["description"].get("limitations", "").split()),
        columns=tuple(_column(entry) for entry in table["properties"]),
        rules=tuple(_rule(entry) for entry in table.get("quality", [])),
        usage_warnings=tuple(custom.get("usage_warnings", ())),
        why=str(custom.get("why", "")),
        most_set_aside_rate=float(custom.get("most_set_aside_rate", MOST_SET_ASIDE_RATE)),
        retention=next((p["value"] for p in document.get("slaProperties", []) if p["property"] == "retention"), ""),
    )


def _custom(entry: dict[str, Any]) -> dict[str, Any]:
    return {item["property"]: item["value"] for item in entry.get("customProperties", [])}


def _column(entry: dict[str, Any]) -> Column:
    if entry["logicalType"] not in LOGICAL_TYPES:
        raise ContractError(f"Column `{entry['name']}` has type `{entry['logicalType']}`; use one of {LOGICAL_TYPES}.")
    options = entry.get("logicalTypeOptions", {})
    relations = entry.get("relationships", [])
    return Column(
        name=entry["name"],
        # ODCS says with a format that an integer needs eight bytes
        logical_type="long" if options.get("format") == "i64" else entry["logicalType"],
        description=entry.get("description", ""),
        required=entry.get("required", False),
        primary_key=entry.get("primaryKey", False),
        classification=entry.get("classification", ""),
        references=relations[0]["to"] if relations else "",
        minimum=options.get("minimum"),
        maximum=options.get("maximum"),
        custom=_custom(entry),
    )


def _rule(entry: dict[str, Any]) -> Rule:
    return Rule(
        name=entry["name"],
        description=entry.get("description", ""),
        predicate=entry.get("implementation", ""),
        metric=entry.get("metric", ""),
        greater_than=entry.get("mustBeGreaterThan"),
        engine=entry.get("engine", ""),
        severity=entry.get("severity", "error"),
        breach={column: str(value) for column, value in entry.get("breach", {}).items()},
    )

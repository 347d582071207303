"""Natural keys: which numbers can exist, for the name spaces that have a rule.

Belongs here: reading `natural_keys.yaml`. Not here: pseudonyms (`warehouse.pseudonym`), or which source has which keys (its mapping).
"""

from functools import cache
from importlib.resources import files

from data_contracts.yaml_text import read_yaml


def natural_key_rule(namespace: str, cell: str) -> str:
    """SQL predicate that holds for a cell that can be a key of this name space; empty where there is no rule.

    Examples
    --------
    >>> natural_key_rule("insz", "rijksregnr").startswith("(regexp_full_match(rijksregnr, ")
    True
    >>> natural_key_rule("star", "stdntid")
    ''
    """
    rule = _rules().get(namespace, "")
    return f"({rule.replace('{key}', cell)})" if rule else ""


@cache
def _rules() -> dict[str, str]:
    text = (files("data_contracts") / "natural_keys.yaml").read_text(encoding="utf-8")
    return {name: " ".join(entry["rule"].split()) for name, entry in read_yaml(text).items()}

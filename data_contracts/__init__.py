"""What every table promises: contracts, code lists, mappings, and what is compiled from them.

Belongs here: reading ODCS contracts and dated code lists, and deriving from them. Not here: connections, data, Dagster.
"""

from data_contracts.codelists import Codelist, codelist
from data_contracts.contract import Column, Contract, Rule, contract, contracts

__all__ = ["Codelist", "Column", "Contract", "Rule", "codelist", "contract", "contracts"]

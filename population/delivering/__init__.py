"""Delivering as a real source would: in the source's own form, month by month, with the faults that sources have.

Belongs here: from the contract's tables, as Parquet in a folder that is thrown away, to the files of one delivery or of many. Not here:
what the tables hold. Without such wishes the tables are written straight as CSV (`population.write`).
"""

from population.delivering.catalogue import catalogue
from population.delivering.deliver import FORMS, PLAIN, Wishes, check_wishes, deliver_as
from population.delivering.ledger import ledger_path

__all__ = ["FORMS", "PLAIN", "Wishes", "catalogue", "check_wishes", "deliver_as", "ledger_path"]

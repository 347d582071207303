"""A synthetic Flanders: pupils who go through school, and the files that a real source would deliver about them.

Belongs here: making a delivery, and holding one against the published figures. No pupil is real; names are invented.
"""

from population.check import Compared, allowed, check, summary
from population.checks import PopulationError
from population.make import PopulationSummary, write_population
from population.optimum import Optimum, best_auc, optimum

__all__ = [
    "Compared",
    "Optimum",
    "PopulationError",
    "PopulationSummary",
    "allowed",
    "best_auc",
    "check",
    "optimum",
    "summary",
    "write_population",
]

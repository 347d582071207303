"""A synthetic Flanders: pupils who go through school, and the files that a real source would deliver about them.

Belongs here: the one function that makes a delivery. Not here: anything that reads one.
No pupil is real; names are invented.
"""

from population.checks import PopulationError
from population.make import PopulationSummary, write_population

__all__ = ["PopulationError", "PopulationSummary", "write_population"]

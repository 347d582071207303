"""The delivery's tables: from numbers and positions to the columns that the contracts promise.

Belongs here: one function a table, in files by subject. Not here: simulating, files.
"""

from population.tables.columns import Columns
from population.tables.events import absences
from population.tables.hidden import truth
from population.tables.path import certificates, enrolments, qualifications
from population.tables.persons import identities, pupils, socio_economic
from population.tables.standing import clb_areas, school_days, schools

__all__ = [
    "Columns",
    "absences",
    "certificates",
    "clb_areas",
    "enrolments",
    "identities",
    "pupils",
    "qualifications",
    "school_days",
    "schools",
    "socio_economic",
    "truth",
]

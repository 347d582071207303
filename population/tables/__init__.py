"""The delivery's tables: from numbers and positions to the columns that the contracts promise.

Belongs here: one function a table, in files by subject. Not here: simulating, files.
"""

from population.tables.columns import Columns
from population.tables.events import absences, dual_contracts, handovers, sanctions, support_measures
from population.tables.hidden import chances, effects, hidden_persons, states, why
from population.tables.path import certificates, enrolments, qualifications
from population.tables.persons import CHILDCARE_KNOWN_DAYS, childcare, identities, pupils, socio_economic, transport
from population.tables.standing import (
    clb_areas,
    climate_surveys,
    municipalities,
    partners,
    school_days,
    schools,
)

__all__ = [
    "CHILDCARE_KNOWN_DAYS",
    "Columns",
    "absences",
    "certificates",
    "chances",
    "childcare",
    "clb_areas",
    "climate_surveys",
    "dual_contracts",
    "effects",
    "enrolments",
    "handovers",
    "identities",
    "municipalities",
    "partners",
    "hidden_persons",
    "pupils",
    "qualifications",
    "sanctions",
    "school_days",
    "schools",
    "socio_economic",
    "states",
    "support_measures",
    "transport",
    "why",
]

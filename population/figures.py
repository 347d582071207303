"""The published figures as questions to a census: who counts, and who of those is meant.

Belongs here: one entry a figure of `published.csv`. Not here: reading a delivery (`census`), comparing (`check`).
"""

from collections.abc import Callable

import numpy as np

from population.census import QUALIFIED, UNQUALIFIED, Census
from population.common import ASO, BSO, BUSO, DBSO, FIRST_STAGE, KSO, OKAN, TSO, Bools, Floats

Share = tuple[Bools | Floats, Bools]  # who is meant (or a number), among whom
Question = Callable[[Census], Share]
FLANDERS = 1_219_000  # R S36: pupils in 2022-23, to which counts are scaled
FULL_TIME = (FIRST_STAGE, ASO, TSO, KSO, BSO, OKAN)
FORM_OF = {
    "graad1": FIRST_STAGE,
    "aso": ASO,
    "tso": TSO,
    "kso": KSO,
    "bso": BSO,
    "okan": OKAN,
    "dbso": DBSO,
    "buso": BUSO,
}
NO_PRIMARY, HIGHER = 0, 3  # of the mother's education, which only the truth keeps
TRAIT_OF = {
    "schooltoeslag": "school_allowance",
    "thuistaal": "home_language_not_dutch",
    "buurt": "neighbourhood_delay",
    "moeder": "mother_low_education",
}


def groups(c: Census) -> dict[str, Bools]:
    """Who is where on the count date, by the names of `published.csv`."""
    february = c.in_february
    kindergarten, primary, secondary = (february & (c.level == level) for level in range(3))
    full_time = secondary & np.isin(c.form, FULL_TIME)
    found = {
        "kleuter": kindergarten, "lager": primary, "secundair": secondary, "so": full_time, "so_voltijds": full_time,
        "secundair_minors": secondary & c.is_minor, "so_year6": full_time & (c.grade == 6),
        "basis": primary | (kindergarten & (c.age >= 6)), "kleuter_6plus": kindergarten & (c.age >= 6),
        "gewoon_lager": primary & (c.special < 0), "buo": february & (c.special >= 0), "all": february,
        "3y": kindergarten & (c.age == 3), "4y": kindergarten & (c.age == 4), "5y": kindergarten & (c.age == 5),
        "attested": full_time & (c.attest >= 0),
    }  # fmt: skip
    for name, form in FORM_OF.items():
        found[name] = found[f"so_{name}"] = secondary & (c.form == form)
    for grade in range(1, 7):
        found[f"lager_year{grade}"] = found["gewoon_lager"] & (c.grade == grade)
    return found


def question(c: Census, g: dict[str, Bools], key: str, group: str) -> Share | None:
    """Who is meant among whom; None where a delivery cannot say."""
    here = g.get(group, np.zeros(len(c.pupil), bool))
    asked: dict[str, Callable[[], Share | None]] = {
        "pop": lambda: (here, g["all"]),
        "oki_ge3": lambda: (sum(c.traits[name] == 1 for name in TRAIT_OF.values()) >= 3, here),
        "pa30": lambda: (c.unauthorised >= 30, here & (c.is_minor | (c.level < 2))),
        "pa5": lambda: (c.unauthorised >= 5, g["basis"]),
        "vsv": lambda: _leavers(c, group),
        "delay1plus": lambda: (c.delay >= 1, here & ~np.isin(c.form, (OKAN,)) & (c.special < 0)),
        "repeat": lambda: (c.repeats == 1, here & (c.repeats >= 0) & (c.special < 0)),
        "c_attest": lambda: (c.attest == 2, here & (c.attest >= 0)),
        "b_attest": lambda: (c.attest == 1, here & (c.attest >= 0)),
        "switch_in_year": lambda: (c.switched, here),
        "excl_definitive": lambda: (c.excluded, here),
        "kleuter_290_actual": lambda: (c.expected - c.absent >= 290, here),
        "kleuter_290_incl_P": lambda: (c.expected - c.unauthorised >= 290, here),
        "kleuter_enrolled": lambda: _enrolled_at_five(c),
        "kleuter_150": lambda: (c.expected - c.absent >= 150, here),
        "kleuter_185": lambda: (c.expected - c.absent >= 185, here),
        "toah": lambda: (c.teaching_at_home, g["all"]),
        "dual": lambda: (c.is_dual, g["all"]),
        "transport_over90": lambda: (c.travel_minutes > 90, c.travel_minutes >= 0),
        "transport_under60": lambda: (c.travel_minutes < 60, c.travel_minutes >= 0),
        "halfdays_year": lambda: (c.expected.astype(float), (c.expected > 250) & g["lager"]),
    }
    if key.startswith("kenmerk_"):
        trait = c.traits[TRAIT_OF[key.removeprefix("kenmerk_")]]
        return trait == 1, here & (trait >= 0)
    return asked[key]()


def _leavers(c: Census, group: str) -> Share | None:
    # special secondary school has no class years, so no delay
    with_years = c.last_form != BUSO
    unqualified, leaves = c.leaves == UNQUALIFIED, np.isin(c.leaves, (QUALIFIED, UNQUALIFIED))
    language, education = c.traits["home_language_not_dutch"], c.mother_education
    those = {
        "total": leaves, "boys": c.is_boy, "girls": ~c.is_boy,
        "delay0": with_years & (c.delay <= 0), "delay1": with_years & (c.delay == 1), "delay2plus": with_years & (c.delay >= 2),
        "home_not_nl": language == 1, "home_nl_only": language == 0,
    }  # fmt: skip
    if group.startswith("mother"):
        if education is None:
            return None
        return unqualified, leaves & (education == (NO_PRIMARY if group == "mother_no_primary" else HIGHER))
    form = FORM_OF.get(group.removeprefix("so_"))
    return unqualified, leaves & (those[group] if form is None else c.last_form == form)


def _enrolled_at_five(c: Census) -> Share:
    """Of the five-year-olds who are in the delivery: who is in school in February; a later start shows who was not."""
    five = c.birth_year + 5
    enrolled = c.in_february & (c.year == five) & (c.level <= 1)
    first = np.diff(c.pupil, prepend=-1) != 0
    started_later = first & (c.year == five + 1) & (c.level <= 1)
    # who starts a year late counts in the year in which it was five: moved by one year in the count by year
    return enrolled, enrolled | started_later

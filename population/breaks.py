"""The chances of what breaks a school year off: late arrival, another school, a definitive exclusion.

Belongs here: chances of the state. Not here: drawing what happens (`enrolling`).
"""

import numpy as np

from population.common import LEVELS, PRIMARY, SECONDARY, SPECIAL_PRIMARY, Bools, Floats, Ints, chance, log_odds
from population.people import People
from population.places import Places
from population.settings import section


def chance_late(people: People, rows: Ints) -> Floats:
    """Chance of not arriving before October."""
    figures = section("moves")
    state = figures["late_arrival_state"] * (people.strain[rows] - people.engagement[rows])
    return chance(log_odds(figures["late_arrival"]) + state - 0.4)


def has_another(people: People, rows: Ints, places: Places) -> Bools:
    """Whether there is another school that offers the same."""
    chosen = (people.level[rows] == SECONDARY) | (people.special[rows] >= 0)
    offer = np.where(people.level[rows] == PRIMARY, SPECIAL_PRIMARY, people.form[rows])
    several: Bools = np.where(chosen, (places.offers.sum(axis=0) > 1)[offer], places.campuses > 1)
    return several


def chance_elsewhere(people: People, rows: Ints, places: Places) -> Floats:
    """Chance that the school to which a pupil would move is another one."""
    chosen = (people.level[rows] == SECONDARY) | (people.special[rows] >= 0)
    offer = np.where(people.level[rows] == PRIMARY, SPECIAL_PRIMARY, people.form[rows])[chosen]
    elsewhere = np.full(len(rows), float(places.campuses > 1))
    home = places.municipality[people.campus[rows[chosen]]]
    elsewhere[chosen] = 1.0 - places.share_of(offer, home, people.school[rows[chosen]])
    return elsewhere


def chances_of_break(people: People, rows: Ints) -> tuple[Floats, Floats]:
    """Chance of another school during the year, and of a definitive exclusion."""
    figures = section("moves")
    level = people.level[rows]
    strain = np.exp(figures["strain"] * people.strain[rows] - 0.125)
    moves = np.array([figures["in_year"][name] for name in LEVELS])[level] * strain
    share = np.array([figures["exclusion"][name] for name in LEVELS])[level]
    odds = log_odds_of(share) - figures["exclusion_engagement"] * people.engagement[rows] - 0.3
    odds = odds + figures["exclusion_boy"] * (people.is_boy[rows] - 0.5)
    by_form = np.array([*figures["exclusion_form"], 0.0])[people.form[rows]]
    return moves, np.where(share > 0, chance(odds + by_form), 0.0)


def log_odds_of(share: Floats) -> Floats:
    """Log-odds of shares; very low for 0."""
    safe = np.clip(share, 1e-12, 1 - 1e-12)
    odds: Floats = np.log(safe / (1.0 - safe))
    return odds

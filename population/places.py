"""Where the pupils live and learn: municipalities, neighbourhoods, schools and the CLB of each school.

Belongs here: what stands still while pupils move through it. Not here: the school calendar, the pupils.
Schools are numbered: kindergartens first, then the primary school of each of those campuses, then secondary schools,
then special primary schools.
"""

from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np

from data_contracts import codelist
from population.common import (
    BUSO,
    DBSO,
    FORMS,
    KINDERGARTEN,
    PRIMARY,
    SECONDARY,
    SPECIAL_PRIMARY,
    Bools,
    Floats,
    Ints,
    Streams,
)
from population.settings import section

BRUSSELS_PREFIX = "21"


@dataclass(frozen=True)
class Places:
    """The standing world; arrays have one entry a school, a campus or a neighbourhood.

    `deprivation` (of neighbourhoods) and `climate` (of schools) are normal scores: mean 0, spread 1. `offers` begins at the
    first secondary school: one column a study form, the last one for special primary schools.
    """

    municipality_codes: list[str]
    school_ids: list[str]
    school_names: list[str]
    level: Ints
    network_codes: list[str]
    municipality: Ints
    is_special: Bools
    clb: Ints
    campuses: int
    offers: Bools
    hood_campus: Ints
    hood_weight: Floats
    deprivation: Floats
    climate: Floats
    _cumulative: dict[tuple[int, int], Floats] = field(default_factory=dict, repr=False)

    @property
    def first_secondary(self) -> int:
        """Number of the first secondary school."""
        return 2 * self.campuses

    def choose_secondary(self, form: Ints, municipality: Ints, draw: Floats) -> Ints:
        """A secondary school that offers the study form, mostly near home; one uniform draw a pupil."""
        chosen = np.empty(len(form), dtype=np.int32)
        key = form.astype(np.int64) * len(self.municipality_codes) + municipality
        order = np.argsort(key, kind="stable")
        starts = np.flatnonzero(np.diff(key[order], prepend=-1))
        for rows in np.split(order, starts[1:]) if len(order) else ():
            cumulative = self._nearness(int(form[rows[0]]), int(municipality[rows[0]]))
            chosen[rows] = self.first_secondary + np.searchsorted(cumulative, draw[rows], side="right")
        return chosen

    def share_of(self, offer: Ints, municipality: Ints, school: Ints) -> Floats:
        """How likely `choose_secondary` would choose that school."""
        share = np.zeros(len(offer))
        key = offer.astype(np.int64) * len(self.municipality_codes) + municipality
        order = np.argsort(key, kind="stable")
        starts = np.flatnonzero(np.diff(key[order], prepend=-1))
        for rows in np.split(order, starts[1:]) if len(order) else ():
            upto = np.concatenate([[0.0], self._nearness(int(offer[rows[0]]), int(municipality[rows[0]])), [1.0]])
            number = np.clip(school[rows] - self.first_secondary, 0, len(upto) - 2)
            share[rows] = upto[number + 1] - upto[number]
        return share

    def _nearness(self, form: int, municipality: int) -> Floats:
        if (form, municipality) not in self._cumulative:
            own = self.municipality[self.first_secondary :]
            near = np.where(own == municipality, 30.0, 1.0) / (1.0 + np.abs(own - municipality)) ** 2
            weight = near * self.offers[:, form]
            self._cumulative[form, municipality] = np.cumsum(weight)[:-1] / weight.sum()
        return self._cumulative[form, municipality]


def build_places(pupils: int, streams: Streams) -> Places:
    """Municipalities, campuses and secondary schools for so many pupils."""
    rng = streams.at("places")
    n = _numbers(pupils)
    codes, weights = _municipalities(rng, min(n["municipalities"], n["campuses"]))
    campus = _spread(n["campuses"], weights)
    further, offers = _further(rng, n, np.bincount(campus, minlength=len(codes)))
    municipality = np.concatenate([campus, campus, further])
    level = np.repeat([KINDERGARTEN, PRIMARY, SECONDARY], [len(campus), len(campus), len(further)])
    level[2 * len(campus) :][offers[:, SPECIAL_PRIMARY]] = PRIMARY
    networks = [*_networks(rng, "basic", len(campus)) * 2, *_networks(rng, "secondary", len(further))]
    hood_campus = np.repeat(np.arange(len(campus)), section("structure")["neighbourhoods_campus"])
    hood_weight = rng.lognormal(0.0, 0.25, len(hood_campus))
    return Places(
        municipality_codes=codes,
        school_ids=[str(100_013 + 7 * number) for number in range(len(level))],
        school_names=_names(level, networks, len(campus)),
        level=level,
        network_codes=networks,
        municipality=municipality,
        is_special=np.concatenate([np.zeros(2 * len(campus), bool), offers[:, BUSO] | offers[:, SPECIAL_PRIMARY]]),
        clb=_centres(municipality, len(campus), n["centres"]),
        campuses=len(campus),
        offers=offers,
        hood_campus=hood_campus,
        hood_weight=hood_weight,
        deprivation=_deprivation(rng, campus[hood_campus], weights, hood_weight),
        climate=rng.normal(0.0, 1.0, len(level)),
    )


def _numbers(pupils: int) -> dict[str, int]:
    s = section("structure")
    return {
        "municipalities": max(2, round(pupils / s["pupils_municipality"])),
        "campuses": max(2, round(pupils * s["share_basic"] / s["pupils_primary_school"])),
        "regular": max(2, round(pupils * s["share_secondary"] / s["pupils_secondary_school"])),
        "part_time": max(1, round(pupils * s["share_part_time_secondary"] / s["pupils_part_time_centre"])),
        "special": max(1, round(pupils * s["share_special_secondary"] / s["pupils_special_school"])),
        "special_primary": max(1, round(pupils * s["share_special_primary"] / s["pupils_special_school"])),
        "centres": max(2, round(pupils / s["pupils_clb"])),
    }


def _municipalities(rng: np.random.Generator, count: int) -> tuple[list[str], Floats]:
    official = codelist("municipality").official
    table = section("municipality_weights")
    brussels = section("brussels_weight")
    usual = [brussels if code.startswith(BRUSSELS_PREFIX) else table["default"] for code in official]
    weight = np.array([table.get(code, other) for code, other in zip(official, usual, strict=True)], dtype=float)
    count = min(count, len(official))
    chosen = np.sort(rng.choice(len(official), count, replace=False, p=weight / weight.sum()))
    return [official[i] for i in chosen], weight[chosen]


def _spread(count: int, weights: Floats) -> Ints:
    """One for each municipality, the rest by weight; municipality of each, in order."""
    share = weights / weights.sum() * (count - len(weights))
    each = 1 + share.astype(int)
    left = count - each.sum()
    each[np.argsort(-(share - share.astype(int)), kind="stable")[:left]] += 1
    return np.repeat(np.arange(len(weights)), each)


def _further(rng: np.random.Generator, n: dict[str, int], campuses: Ints) -> tuple[Ints, Bools]:
    """Municipality of each secondary and special school, and what it offers; each study form is offered somewhere."""
    profiles = section("secondary_profiles")
    shares = np.array([profile["share"] for profile in profiles.values()])
    kinds = rng.choice(len(profiles), n["regular"], p=shares / shares.sum())
    table = np.array([[form in profile["forms"] for form in FORMS] for profile in profiles.values()])
    ends = np.cumsum([n["regular"], n["part_time"], n["special"], n["special_primary"]])
    offers = np.zeros((ends[-1], len(FORMS) + 1), dtype=bool)
    offers[: ends[0], : len(FORMS)] = table[kinds]
    offers[0, :DBSO] |= ~offers[: ends[0], :DBSO].any(axis=0)
    offers[ends[0] : ends[1], DBSO] = True
    offers[ends[1] : ends[2], BUSO] = True
    offers[ends[2] :, SPECIAL_PRIMARY] = True
    where = campuses**1.2
    return rng.choice(len(campuses), len(offers), p=where / where.sum()), offers


def _networks(rng: np.random.Generator, kind: str, count: int) -> list[str]:
    shares = section("networks")[kind]
    weight = np.array(list(shares.values()))
    return [str(code) for code in rng.choice(list(shares), count, p=weight / weight.sum())]


def _names(level: Ints, networks: list[str], campuses: int) -> list[str]:
    words = section("names")["schools"]
    kinds = ("kleuterschool", "lagere school", "secundaire school")
    names = []
    for number, (kind, network) in enumerate(zip(level, networks, strict=True)):
        place = number % campuses if number < 2 * campuses else number
        word, round_number = words[place % len(words)], place // len(words)
        prefix = {"go": "GO!", "ogo": "Stedelijke", "vgo": "Vrije", "other": "Open"}[network]
        names.append(f"{prefix} {kinds[kind]} {word}" + (f" {round_number + 1}" if round_number else ""))
    return names


def _centres(municipality: Ints, campuses: int, count: int) -> Ints:
    """CLB of each school: neighbouring schools go together, and both schools of a campus have the same one."""
    campus = np.arange(campuses)
    owner = np.concatenate([campus, campus, np.arange(campuses, len(municipality) - campuses)])
    where = np.concatenate([municipality[:campuses], municipality[2 * campuses :]])
    rank = np.empty(len(where), dtype=np.int64)
    rank[np.argsort(where, kind="stable")] = np.arange(len(where))
    centre: Ints = rank[owner] * min(count, len(where)) // len(where)
    return centre


def _deprivation(rng: np.random.Generator, municipality: Ints, weights: Floats, hood_weight: Floats) -> Floats:
    """Normal scores of neighbourhoods: large cities and their neighbourhoods have more."""
    of_town = 0.35 * (np.log(weights) - np.log(weights).mean()) + rng.normal(0.0, 0.5, len(weights))
    raw = of_town[municipality] + rng.normal(0.0, 0.7, len(municipality))
    order = np.argsort(raw, kind="stable")
    rank = np.empty(len(raw))
    rank[order] = (np.cumsum(hood_weight[order]) - hood_weight[order] / 2) / hood_weight.sum()
    normal = NormalDist()
    return np.array([normal.inv_cdf(r) for r in rank])

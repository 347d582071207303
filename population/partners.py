"""Who helps pupils and families: partners in every municipality.

Belongs here: which partner serves which municipality. Not here: measures, handovers.
"""

from dataclasses import dataclass

import numpy as np

from population.common import Ints, Streams
from population.places import Places
from population.settings import section


@dataclass(frozen=True)
class Partners:
    """One entry a partner and place; `kind` is a position in `kinds`."""

    kinds: list[str]
    kind: Ints
    municipality: Ints

    def nearest(self, kind: str, municipality: Ints) -> Ints:
        """The nearest partner of that kind to each municipality; municipalities are in the order of their codes."""
        those = np.flatnonzero(self.kind == self.kinds.index(kind))
        place = self.municipality[those]
        right = np.clip(np.searchsorted(place, municipality), 0, len(place) - 1)
        left = np.maximum(right - 1, 0)
        closer = np.abs(place[left] - municipality) <= np.abs(place[right] - municipality)
        found: Ints = those[np.where(closer, left, right)]
        return found


def build_partners(places: Places, streams: Streams) -> Partners:
    """At least one partner of each kind; larger municipalities come first."""
    rng = streams.at("partners")
    count = len(places.municipality_codes)
    weight = np.bincount(places.municipality, minlength=count) * rng.uniform(0.7, 1.3, count)
    largest = np.argsort(-weight, kind="stable")
    figures = section("partners")
    where = [np.sort(largest[: max(1, round(count * figure["share"]))]) for figure in figures.values()]
    kind = np.repeat(np.arange(len(where)), [len(those) for those in where])
    return Partners(list(figures), kind, np.concatenate(where))

"""The capacity planner: how many of those who will drop out a centre reaches, and what one more counsellor brings.

Belongs here: the table of one centre and its picture. Not here: the arithmetic (`models.capacity_gain`), or hours (`capacity`).
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from delivery.capacity import Setting
from models.capacity_gain import Gain, expected_recall, gain

COUNSELLOR_HOURS = 20.0  # a week, of which one more half-time counsellor can keep for these talks: a judgement
STEPS = 25  # points of a curve


@dataclass(frozen=True)
class Plan:
    """One centre and moment: pupils, talks, expected dropouts, and what more of either brings."""

    clb_id: str
    moment: str
    pupils: int
    expected_dropouts: float
    capacity: int
    more: int
    gain: Gain


def plans(
    scores: pd.DataFrame, settings: Mapping[str, Setting], auc: Mapping[str, float], hours: float = COUNSELLOR_HOURS
) -> list[Plan]:
    """The plan of each centre and moment that has scores and an evaluated model, ordered by these.

    Parameters
    ----------
    scores
        `clb_id`, `moment`, `probability`; pupils without a score or a centre do not count.
    settings
        Hours of each centre; `hours` a week are what one more counsellor adds.
    auc
        AUC on later pupils, by moment.
    """
    return list(_plans(scores.dropna(subset=["clb_id", "probability"]), settings, auc, hours))


def _plans(
    scores: pd.DataFrame, settings: Mapping[str, Setting], auc: Mapping[str, float], hours: float
) -> Iterator[Plan]:
    for key, own in scores.groupby(["clb_id", "moment"], sort=True):
        clb_id, moment = (str(part) for part in key)
        probability = own["probability"].to_numpy(dtype=float)
        if clb_id not in settings or moment not in auc or not 0 < probability.mean() < 1:
            continue
        setting = settings[clb_id]
        more = int(hours * setting.weeks_per_list / setting.hours_per_talk)
        capacity = setting.pupils_per_list
        made = gain(probability, capacity, more, auc[moment])
        yield Plan(clb_id, moment, len(own), float(probability.sum()), capacity, more, made)


def curve(probability: Sequence[float]) -> list[tuple[int, float]]:
    """Talks against the share of all expected dropouts that they reach."""
    values = np.asarray(probability, dtype=float)
    talks = sorted({round(step * len(values) / STEPS) for step in range(STEPS + 1)})
    return [(n, expected_recall(values, n)) for n in talks]


def picture(curves: Mapping[str, Sequence[tuple[int, float]]], capacity: Mapping[str, int], title: str) -> bytes:
    """The curves as SVG, a point where each centre stands now; the same bytes for the same curves."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "aanboord", "font.size": 10})
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.4), layout="constrained")
    axes = figure.subplots()
    for name, points in curves.items():
        talks, reached = zip(*points, strict=True)
        (line,) = axes.plot(talks, [100 * share for share in reached], linewidth=1.6, label=name)
        now = np.interp(capacity[name], talks, reached)
        axes.plot([capacity[name]], [100 * now], marker="o", markersize=7, color=line.get_color())
    axes.set(
        title=title,
        xlabel="Gesprekken",
        ylabel="Bereikt van alle verwachte uitvallers (%)",
        ylim=(0, 101),
        xlim=(0, None),
    )
    axes.grid(color="#DCE4EC", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower right")
    content = io.BytesIO()
    figure.savefig(content, format="svg", metadata={"Date": None})
    return content.getvalue()

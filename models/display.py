"""Plots of an evaluation, in scikit-learn's Display style.

Belongs here: from predictions to a matplotlib figure, without pyplot and its state, and from a figure to PNG bytes.
Not here: numbers that a report states (`metrics`). A point of a plot stands for at least `LEAST_ROWS` pupils.
"""

import io
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.binning import Floats
from models.calibration import wilson
from models.errors import ModelError
from models.evaluate import Evaluation

LEAST_ROWS = 50
COLOURS = {
    "scorecard": "#1b4f8f",
    "logistic": "#d9822b",
    "boosting": "#2e8b57",
    "environment": "#8a5fa8",
    "rules": "#b03a3a",
    "flags": "#8c6d46",
    "random": "#9a9a9a",
}


@dataclass
class LiftDisplay:
    """Share of the outcome found, by share of the pupils listed, for every model on the same rows."""

    curves: dict[str, tuple[Floats, Floats]]
    capacity_share: float
    title: str
    figure_: Any = None

    @classmethod
    def from_evaluation(cls, evaluation: Evaluation, split: str) -> "LiftDisplay":
        """Draw the lift curves of one split.

        Raises
        ------
        ModelError
            Where the split was refused.
        """
        frame = _predictions(evaluation, split)
        label = frame["label"].to_numpy(dtype=float)
        names = [name.removesuffix("_score") for name in frame.columns if name.endswith("_score")]
        curves = {name: _lift(label, frame[f"{name}_score"].to_numpy(dtype=float)) for name in names}
        capacity = evaluation.records[0]["capacity_share"]
        return cls(curves, capacity, _title(evaluation, split, len(frame))).plot()

    def plot(self) -> "LiftDisplay":
        """Draw; the figure is `figure_`."""
        self.figure_, axes = _axes(self.title, "share of pupils listed", "share of the outcome found")
        for name, (listed, found) in self.curves.items():
            width, style = (2.4, "-") if name == "scorecard" else (1.3, "--" if name == "random" else "-")
            axes.plot(listed, found, color=COLOURS.get(name), linewidth=width, linestyle=style, label=name)
        axes.axvline(self.capacity_share, color="#555555", linewidth=0.8, linestyle=":")
        axes.annotate(
            "capacity", (self.capacity_share, 0.98), xytext=(4, 0), textcoords="offset points", va="top", fontsize=8
        )
        axes.legend(frameon=False, loc="lower right")
        return self


@dataclass
class CalibrationDisplay:
    """Observed share by predicted probability, in groups of equal size with their 95 % interval (Wilson)."""

    predicted: Floats
    observed: Floats
    low: Floats
    high: Floats
    title: str
    figure_: Any = None

    @classmethod
    def from_evaluation(cls, evaluation: Evaluation, split: str, model: str = "scorecard") -> "CalibrationDisplay":
        """Draw the calibration of one model on one split.

        Raises
        ------
        ModelError
            Where the split was refused or the model has no predictions.
        """
        frame = _predictions(evaluation, split)
        if f"{model}_probability" not in frame or frame[f"{model}_probability"].isna().any():
            raise ModelError(f"{model} has no probabilities on {split}: see its record.")
        probability, label = (frame[c].to_numpy(dtype=float) for c in (f"{model}_probability", "label"))
        n_groups = int(np.clip(len(frame) // LEAST_ROWS, 1, 10))
        groups = np.array_split(np.argsort(probability, kind="stable"), n_groups)
        observed = np.array([label[g].mean() for g in groups])
        low, high = wilson(observed, np.array([len(g) for g in groups], dtype=float))
        predicted = np.array([probability[g].mean() for g in groups])
        return cls(predicted, observed, low, high, f"{model}: {_title(evaluation, split, len(frame))}").plot()

    def plot(self) -> "CalibrationDisplay":
        """Draw; the figure is `figure_`."""
        self.figure_, axes = _axes(self.title, "predicted probability", "observed share")
        limit = min(1.0, 1.1 * float(max(self.predicted.max(), self.high.max())))
        axes.plot([0, limit], [0, limit], color="#9a9a9a", linestyle="--", linewidth=1, label="predicted = observed")
        spread = np.maximum(np.stack([self.observed - self.low, self.high - self.observed]), 0.0)  # rounding below 0
        axes.errorbar(
            self.predicted, self.observed, yerr=spread, fmt="o", color=COLOURS["scorecard"], label="pupils, with 95 %"
        )
        axes.set(xlim=(0, limit), ylim=(0, limit))
        axes.legend(frameon=False, loc="upper left")
        return self


@dataclass
class FairnessDisplay:
    """Recall of each group of one attribute with its 95 % interval, at the cut; suppressed groups are not drawn."""

    groups: list[str]
    recall: list[dict[str, float]]
    title: str
    figure_: Any = None

    @classmethod
    def from_evaluation(cls, evaluation: Evaluation, attribute: str) -> "FairnessDisplay":
        """Draw one attribute of the audit.

        Raises
        ------
        ModelError
            Where no group of it was measured.
        """
        found = [g for g in evaluation.fairness if g["attribute"] == attribute and _has_recall(g)]
        if not found:
            raise ModelError(f"Nothing to plot for {attribute}: no group of it was measured.")
        names = [f"{g['group']} (n = {g['n']:,})" for g in found]
        title = f"{evaluation.moment}, {evaluation.target}\nrecall at the cut by {attribute}"
        return cls(names, [g["recall"] for g in found], title).plot()

    def plot(self) -> "FairnessDisplay":
        """Draw; the figure is `figure_`."""
        self.figure_, axes = _axes(self.title, "share of the outcome found", "")
        place = np.arange(len(self.groups))[::-1]
        value, low, high = (np.array([r[part] for r in self.recall]) for part in ("value", "low", "high"))
        spread = np.maximum(np.stack([value - low, high - value]), 0.0)
        axes.errorbar(value, place, xerr=spread, fmt="o", color=COLOURS["scorecard"])
        axes.set(yticks=place, yticklabels=self.groups, ylim=(-0.6, len(self.groups) - 0.4))
        self.figure_.subplots_adjust(left=0.3)  # room for the names
        return self


@dataclass
class OverTimeDisplay:
    """A metric of every model over the test years, on the same rows a year."""

    curves: dict[str, tuple[list[int], list[float]]]
    metric: str
    title: str
    figure_: Any = None

    @classmethod
    def from_evaluation(cls, evaluation: Evaluation, metric: str = "average_precision") -> "OverTimeDisplay":
        """Draw the rolling origins.

        Raises
        ------
        ModelError
            Where no year could be tested.
        """
        curves: dict[str, tuple[list[int], list[float]]] = {}
        for r in evaluation.rolling:
            if r[metric]["value"] is not None:
                years, values = curves.setdefault(r["model"], ([], []))
                years.append(r["test_school_year"])
                values.append(r[metric]["value"])
        if not curves:
            raise ModelError(f"Nothing to plot over time for {evaluation.moment}: no later year could be tested.")
        return cls(curves, metric, f"{evaluation.moment}, {evaluation.target}\nby test year").plot()

    def plot(self) -> "OverTimeDisplay":
        """Draw; the figure is `figure_`."""
        self.figure_, axes = _axes(self.title, "school year that is tested", self.metric.replace("_", " "))
        for name, (years, values) in self.curves.items():
            style = "--" if name == "random" else "-"
            axes.plot(years, values, color=COLOURS.get(name), linestyle=style, marker="o", markersize=4, label=name)
        every = sorted({year for years, _ in self.curves.values() for year in years})
        axes.set(xticks=every, xlim=(every[0] - 0.3, every[-1] + 0.3))
        axes.legend(frameon=False, fontsize=8, ncols=2)
        return self


def png(display: LiftDisplay | CalibrationDisplay | FairnessDisplay | OverTimeDisplay) -> bytes:
    """The figure as PNG; the same figure gives the same bytes."""
    buffer = io.BytesIO()
    display.figure_.savefig(buffer, format="png", dpi=120, metadata={"Software": None})
    return buffer.getvalue()


def _predictions(evaluation: Evaluation, split: str) -> Any:
    if split not in evaluation.predictions:
        reason = next((r["reason"] for r in evaluation.refusals if r["split"] == split), "no such split")
        raise ModelError(f"Nothing to plot for {split}: {reason}.")
    return evaluation.predictions[split]


def _has_recall(group: dict[str, Any]) -> bool:
    return "recall" in group and group["recall"]["value"] is not None and group["recall"]["low"] is not None


def _lift(label: Floats, score: Floats) -> tuple[Floats, Floats]:
    """Ties are one straight step; at most 200 points, so that no point is a pupil."""
    _, group = np.unique(-score, return_inverse=True)
    n, positives = np.bincount(group), np.bincount(group, label)
    listed = np.concatenate([[0], np.cumsum(n)]) / len(label)
    found = np.concatenate([[0], np.cumsum(positives)]) / label.sum()
    grid = np.linspace(0, 1, int(np.clip(len(label) // LEAST_ROWS, 2, 200)) + 1)
    return grid, np.interp(grid, listed, found)


def _axes(title: str, x: str, y: str) -> tuple[Any, Any]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.6, 4.6))
    figure.subplots_adjust(left=0.13, right=0.97, bottom=0.12, top=0.89)  # a layout of its own would draw it twice
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_title(title, fontsize=10, loc="left")
    axes.set(xlabel=x, ylabel=y, xlim=(0, 1), ylim=(0, 1))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25)
    return figure, axes


def _title(evaluation: Evaluation, split: str, n: int) -> str:
    return f"{evaluation.moment}, {evaluation.target}\n{split.replace('_', ' ')}, n = {n:,}"

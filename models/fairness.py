"""Who is found and who is missed, by who pupils are: error rates at the actual cut, with intervals.

Belongs here: rates of each group and of intersections, and what other cuts would do. Not here: which attributes there
are (`features.audit_attributes`), other parts (`slices`), or what is done about a gap (`gate`). Attributes are for this audit
only; no model sees them. A group of fewer than 20 pupils is suppressed, and where that is the only one of its
attribute, the next smallest with it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.binning import Floats
from models.cut import Listed
from models.metrics import Resamples, interval

LEAST_PUPILS = 20
INTERSECTIONS = (("sex", "home_language"), ("sex", "oki"), ("home_language", "oki"))
UNKNOWN = "unknown"

Rate = Callable[[Floats, Floats, Floats], float]


def _mean(values: Floats, rows: Floats) -> float:
    return float(values @ rows / rows.sum()) if rows.sum() else float("nan")


# Of label, listed (0 or 1) and the rows that have both, shape (n,). The same as ratios of counts stands in `_Counts`.
RATES: dict[str, Rate] = {
    "base_rate": lambda label, listed, rows: _mean(label, rows),
    "selection_rate": lambda label, listed, rows: _mean(listed, rows),
    "recall": lambda label, listed, rows: _mean(listed, rows * (label == 1)),
    "precision": lambda label, listed, rows: _mean(label, rows * (listed == 1)),
    "false_positive_rate": lambda label, listed, rows: _mean(listed, rows * (label == 0)),
}


def fairness(
    head: Mapping[str, Any],
    test: pd.DataFrame,
    probability: Floats,
    listed: Listed,
    attributes: pd.DataFrame,
    *,
    seed: int = 0,
) -> Iterator[dict[str, Any]]:
    """One record a group: its rates at the cut, and how its recall differs from that of all others.

    Parameters
    ----------
    head
        What every record begins with.
    test
        The tested rows, with `pupil_id` and `label`.
    probability, listed
        What the model says of them, and whether a list would hold them.
    attributes
        One column an attribute, text, by position of the rows; missing is a group of its own.

    Yields
    ------
    dict
        `head`, `attribute`, `group`, `n` and per rate `{"value", "low", "high"}`, `recall_gap` (recall of all others
        minus that of the group) and `excess` (observed minus foreseen share); or `suppressed`, without any figure.
    """
    label, resamples = test["label"].to_numpy(dtype=float), Resamples.draw(test["pupil_id"], seed=seed)
    for name, groups in _groupings(attributes):
        codes, names = pd.factorize(groups, sort=True)
        values = _values(label, listed, groups)
        drawn = _Counts.of(codes, len(names), label, listed, probability, resamples)
        hidden = suppressed(drawn.pupils)
        for code, group in enumerate(names):
            about = {**head, "attribute": name, "group": str(group)}
            if hidden[code]:
                yield {**about, "suppressed": True}
            else:
                yield {**about, "n": int(drawn.rows[code]), **_figures(values.loc[group], drawn, code)}


def suppressed(pupils: NDArray[Any]) -> Listed:
    """Groups that may not be shown: the small ones, and one more where a single one could be worked out."""
    hidden: Listed = pupils < LEAST_PUPILS
    if hidden.sum() == 1 and len(pupils) > 1:
        hidden = hidden | (pupils == pupils[~hidden].min())
    return hidden


def _groupings(attributes: pd.DataFrame) -> "Iterator[tuple[str, pd.Series[str]]]":
    filled = attributes.astype("object").where(attributes.notna(), UNKNOWN).reset_index(drop=True)
    for name in filled.columns:
        if filled[name].nunique() > 1:
            yield name, filled[name]
    for pair in INTERSECTIONS:
        if all(name in filled and filled[name].nunique() > 1 for name in pair):
            yield " x ".join(pair), filled[pair[0]].astype(str) + " x " + filled[pair[1]].astype(str)


def _values(label: Floats, listed: Listed, groups: "pd.Series[str]") -> pd.DataFrame:
    """Rates a group; rows that are alike are counted first, since MetricFrame goes through them one by one."""
    from fairlearn.metrics import MetricFrame  # type: ignore[import-untyped]

    cells = pd.DataFrame({"group": groups.to_numpy(), "label": label, "listed": listed.astype(float)})
    alike = cells.groupby(["group", "label", "listed"]).size().reset_index(name="rows").astype({"rows": float})
    made = MetricFrame(
        metrics=RATES,
        y_true=alike["label"],
        y_pred=alike["listed"],
        sensitive_features=alike["group"],
        sample_params={rate: {"rows": alike["rows"]} for rate in RATES},
    )
    found: pd.DataFrame = made.by_group
    return found


class _Counts:
    """Counts of each group, on the rows themselves (column 0) and in each resample."""

    def __init__(self, counts: dict[str, Floats], rows: NDArray[Any], pupils: NDArray[Any]) -> None:
        self.counts, self.rows, self.pupils = counts, rows, pupils

    @classmethod
    def of(
        cls,
        codes: NDArray[np.int64],
        n: int,
        label: Floats,
        listed: Listed,
        probability: Floats,
        resamples: Resamples,
    ) -> "_Counts":
        cells = {
            "rows": np.ones(len(label)),
            "positives": label,
            "listed": listed.astype(float),
            "found": label * listed,
            "foreseen": np.nan_to_num(probability),
        }
        counts = {
            name: np.column_stack([np.bincount(codes, cell, n), resamples.counts_by_group(codes, n, cell)])
            for name, cell in cells.items()
        }
        pupils = pd.Series(resamples.pupil).groupby(codes).nunique().reindex(range(n), fill_value=0).to_numpy(np.int64)
        return cls(counts, np.bincount(codes, minlength=n).astype(np.int64), pupils)

    def rates(self, part: Callable[[Floats], Floats]) -> dict[str, Floats]:
        """Rates of the groups that `part` adds up; shape (1 + n_resamples,)."""
        rows, positives, listed, found, foreseen = (part(self.counts[name]) for name in self.counts)
        with np.errstate(divide="ignore", invalid="ignore"):
            return {
                "base_rate": positives / rows,
                "selection_rate": listed / rows,
                "recall": found / positives,
                "precision": found / listed,
                "false_positive_rate": (listed - found) / (rows - positives),
                "excess": (positives - foreseen) / rows,
            }


def _figures(values: "pd.Series[float]", drawn: _Counts, code: int) -> dict[str, Any]:
    own = drawn.rates(lambda counts: counts[code])
    others = drawn.rates(lambda counts: counts.sum(axis=0) - counts[code])
    gap = others["recall"] - own["recall"]
    figures = {rate: interval(float(values[rate]), own[rate][1:]) for rate in RATES}
    return figures | {
        "recall_gap": interval(float(gap[0]), gap[1:]),
        "excess": interval(float(own["excess"][0]), own["excess"][1:]),
    }


def thresholds(
    label: Floats, probability: Floats, groups: Sequence[str] | NDArray[np.object_], capacity_share: float
) -> dict[str, dict[str, Any]]:
    """What a list of the same length would find if each group had a cut of its own.

    Returns
    -------
    dict
        `one_cut` (the list as it is), `equal_recall` (each group's found share the same) and `equal_share` (each
        group's listed share the same); each with `found` (share of all positives), `precision` and `recall` a group.
    """
    codes, names = pd.factorize(np.asarray(groups, dtype=object), sort=True)
    order = np.argsort(-probability, kind="stable")
    size = max(1, int(capacity_share * len(label)))
    own = [order[codes[order] == code] for code in range(len(names))]
    cuts = {
        "one_cut": [int((codes[order[:size]] == code).sum()) for code in range(len(names))],
        "equal_recall": _equal_recall([label[rows] for rows in own], size),
        "equal_share": _whole([len(rows) * size / len(label) for rows in own], size),
    }
    return {policy: _outcome(label, own, names, cut) for policy, cut in cuts.items()}


def _equal_recall(labels: Sequence[Floats], size: int) -> list[int]:
    """Rows a group so that the same share of its positives is found, in all `size`."""
    reached = [np.cumsum(label) / max(label.sum(), 1) for label in labels]
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        needed = sum(int(np.searchsorted(r, middle - 1e-12)) + 1 for r in reached if middle > 0)
        low, high = (middle, high) if needed <= size else (low, middle)
    return [min(len(r), int(np.searchsorted(r, low - 1e-12)) + 1) if low > 0 else 0 for r in reached]


def _whole(shares: Sequence[float], size: int) -> list[int]:
    """Whole numbers that add up to `size`, by largest remainder."""
    floors = [int(share) for share in shares]
    by_rest = sorted(range(len(shares)), key=lambda k: floors[k] - shares[k])
    for k in by_rest[: size - sum(floors)]:
        floors[k] += 1
    return floors


def _outcome(label: Floats, own: Sequence[Any], names: Any, cut: Sequence[int]) -> dict[str, Any]:
    found = [float(label[rows[:n]].sum()) for rows, n in zip(own, cut, strict=True)]
    positives = [float(label[rows].sum()) for rows in own]
    return {
        "found": round(sum(found) / max(sum(positives), 1), 6),
        "precision": round(sum(found) / max(sum(cut), 1), 6),
        "recall": {
            str(name): round(hits / total, 6) if len(rows) >= LEAST_PUPILS and total else None
            for name, hits, total, rows in zip(names, found, positives, own, strict=True)
        },
    }

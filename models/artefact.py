"""A scorecard on disk: JSON for what it is, Parquet for its points, and one hash over both.

Belongs here: writing, reading and verifying. Loading executes nothing, and a scorecard that was changed, or that was
made for other features or other contract versions, is refused. Not here: fitting or scoring.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from models.binning import Binning, Floats
from models.calibration import Calibration
from models.errors import ModelError
from models.newest import Newest
from models.pairs import Pair
from models.scorecard import TIMES, Refit, Scorecard

MANIFEST = "scorecard.json"
POINTS = "points.parquet"
PAIRS = "pairs.parquet"
REFITS = "refits.parquet"
NEWEST = "newest.parquet"
TABLES = (POINTS, PAIRS, REFITS, NEWEST)
FORMAT = 3
ARRAYS = ("group_score", "group_low", "group_high", "month_shift", "month_factor")
LIBRARIES = ("numpy", "pandas", "scikit-learn")


@dataclass(frozen=True)
class About:
    """What a scorecard is for and what it was made from."""

    moment: str
    target: str
    features: tuple[str, ...]
    contract_versions: dict[str, str]
    training_from: str
    training_until: str
    n: int
    positives: int
    seed: int
    library_versions: dict[str, str]


@dataclass(frozen=True)
class Artefact:
    """A scorecard with what is known about it and the hash that names it."""

    card: Scorecard
    about: About
    sha256: str


def describe(
    frame: pd.DataFrame,
    features: Sequence[str],
    *,
    moment: str,
    target: str,
    contract_versions: Mapping[str, str],
    seed: int = 0,
) -> About:
    """Describe a scorecard from its training rows; `features` are all that were offered, used or not."""
    dates = pd.to_datetime(frame["prediction_date"])
    return About(
        moment=moment,
        target=target,
        features=tuple(features),
        contract_versions=dict(sorted(contract_versions.items())),
        training_from=f"{dates.min():%Y-%m-%d}",
        training_until=f"{dates.max():%Y-%m-%d}",
        n=len(frame),
        positives=int(frame["label"].sum()),
        seed=seed,
        library_versions={name: version(name) for name in LIBRARIES},
    )


def save(card: Scorecard, about: About, folder: Path) -> Artefact:
    """Write a scorecard; the same scorecard gives the same bytes."""
    document = _document(card, about)
    tables = points_table(card), pairs_table(card), _refits_table(card), card.newest.table(card.binning.names)
    digest = _digest(document, *tables)
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in zip(TABLES, tables, strict=True):
        table.to_parquet(folder / name, index=False, compression="zstd")
    hashes = {"sha256": digest, "files_sha256": _file_digests(folder)}
    text = json.dumps({**document, **hashes}, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return Artefact(card, about, digest)


def load(
    folder: Path, *, features: Sequence[str] | None = None, contract_versions: Mapping[str, str] | None = None
) -> Artefact:
    """Read a scorecard and refuse it where anything differs.

    Parameters
    ----------
    folder
        Where `save` wrote it.
    features, contract_versions
        What the feature tables have now; compared where given.

    Raises
    ------
    ModelError
        Where a file is absent or unreadable, the content does not fit its hash, or features or contracts differ.
    """
    document, tables = _read(folder)
    digest, of_files = document.pop("sha256", ""), document.pop("files_sha256", {})
    told = (document.get("format"), _digest(document, *tables), _file_digests(folder))
    if told != (FORMAT, digest, of_files):
        raise ModelError(f"The scorecard in {folder} does not fit its hash: it was changed or cut off. Train it again.")
    raw = document["about"]
    about = About(**{**raw, "features": tuple(raw["features"])})
    _same(folder, "features", list(about.features), None if features is None else list(features))
    _same(
        folder,
        "contract versions",
        about.contract_versions,
        None if contract_versions is None else dict(contract_versions),
    )
    return Artefact(_card(document, *tables), about, digest)


def points_table(card: Scorecard) -> pd.DataFrame:
    """The points as a table to read: feature, bin, from (included), below, missing or not, points, training rows."""
    tables = []
    for j, (name, points) in enumerate(zip(card.binning.names, card.points, strict=True)):
        rows = card.bin_rows[j].astype(np.int64)
        tables.append(pd.DataFrame({"feature": name, **_bins(card, j), "points": points, "training_rows": rows}))
    return pd.concat(tables, ignore_index=True).astype({"feature": "str"})


def pairs_table(card: Scorecard) -> pd.DataFrame:
    """The points of pairs, one row a combination of bins, in the form of the points; empty where there are none."""
    tables = []
    for name, pair in zip(card.terms[len(card.points) :], card.pairs, strict=True):
        n, m = pair.points.shape
        first = {f"first_{key}": np.repeat(value, m) for key, value in _bins(card, pair.first).items()}
        second = {f"second_{key}": np.tile(value, n) for key, value in _bins(card, pair.second).items()}
        features = {
            "first_feature": card.binning.names[pair.first],
            "second_feature": card.binning.names[pair.second],
        }
        tables.append(pd.DataFrame({"pair": name, **features, **first, **second, "points": pair.points.ravel()}))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame({"pair": pd.Series([], dtype="str")})


def _bins(card: Scorecard, j: int) -> dict[str, Any]:
    limits, number = [np.nan, *card.binning.edges[j], np.nan], np.arange(len(card.points[j]), dtype=np.int32)
    return {
        "bin": number,
        "from_value": np.array([*limits[:-1], np.nan]),
        "below_value": np.array([*limits[1:], np.nan]),
        "is_missing": number == len(number) - 1,
    }


def _document(card: Scorecard, about: About) -> dict[str, Any]:
    calibration = {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in asdict(card.calibration).items()}
    return {
        "format": FORMAT,
        "about": {**asdict(about), "features": list(about.features)},
        "learner": card.learner,
        "base": card.base,
        "used": list(card.binning.names),
        "left_out": card.binning.left_out,
        "calibration": calibration,
        "pairs": [[card.binning.names[p.first], card.binning.names[p.second]] for p in card.pairs],
        "pairs_tried": list(card.tried),
        "score_cuts": card.score_cuts.tolist(),
        "score_rows": card.newest.score_rows.tolist(),
        "ranges": card.ranges.tolist(),
    }


def _digest(document: Mapping[str, Any], *tables: pd.DataFrame) -> str:
    content = [document]
    for table in tables:
        cells = [[_exact(cell) for cell in table[name].tolist()] for name in table.columns]
        content.append({"columns": list(table.columns), "cells": cells})
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _file_digests(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in TABLES}


def _exact(cell: Any) -> Any:
    return cell.hex() if isinstance(cell, float) else cell


def _read(folder: Path) -> tuple[dict[str, Any], list[pd.DataFrame]]:
    try:
        document = dict(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
        if document.get("files_sha256") != _file_digests(folder):  # before anything else reads what may be damaged
            raise ModelError(
                f"The scorecard in {folder} does not fit its hash: it was changed or cut off. Train it again."
            )
        return document, [pd.read_parquet(folder / name) for name in TABLES]
    except FileNotFoundError as error:
        raise ModelError(
            f"No scorecard in {folder}: {MANIFEST}, {', '.join(TABLES)} are all needed. Train first."
        ) from error
    except (ValueError, OSError) as error:  # json's and arrow's errors are both
        raise ModelError(f"The scorecard in {folder} cannot be read. Train it again.") from error


def _same(folder: Path, what: str, made_for: Any, now: Any) -> None:
    if now is not None and now != made_for:
        changed = _changed(made_for, now)
        raise ModelError(f"The scorecard in {folder} was made for other {what}: {changed}. Train it again.")


def _changed(made_for: Any, now: Any) -> str:
    if isinstance(made_for, dict):
        return ", ".join(
            f"{key} {made_for.get(key, 'absent')} then, {now.get(key, 'absent')} now"
            for key in sorted({*made_for, *now})
            if made_for.get(key) != now.get(key)
        )
    gone, new = sorted(set(made_for) - set(now)), sorted(set(now) - set(made_for))
    return f"gone {gone}, new {new}" if gone or new else "in another order"


def points_from(
    table: pd.DataFrame, names: Sequence[str], left_out: Mapping[str, str] | None = None
) -> tuple[Binning, tuple[Floats, ...]]:
    """Bins and points of features, from the table that `points_table` made."""
    groups = dict(list(table.groupby("feature", sort=False)))
    edges = tuple(groups[name]["from_value"].to_numpy(dtype=np.float64)[1:-1] for name in names)
    points = tuple(groups[name]["points"].to_numpy(dtype=np.float64) for name in names)
    return Binning(tuple(names), edges, dict(left_out or {})), points


def pairs_from(
    pairs: pd.DataFrame, names: Sequence[str], points: Sequence[Floats], listed: Sequence[Sequence[str]]
) -> tuple[Pair, ...]:
    """Points of pairs, from the table that `pairs_table` made."""
    return tuple(_pair(names, pair, points, pairs) for pair in listed)


def _card(
    document: Mapping[str, Any], table: pd.DataFrame, pairs: pd.DataFrame, refits: pd.DataFrame, newest: pd.DataFrame
) -> Scorecard:
    groups = dict(list(table.groupby("feature", sort=False)))
    used = [groups[name] for name in document["used"]]
    binning, points = points_from(table, document["used"], document["left_out"])
    raw = document["calibration"]
    arrays = {name: np.array(raw[name], dtype=np.float64) for name in ARRAYS}
    found = pairs_from(pairs, document["used"], points, document["pairs"])
    return Scorecard(
        binning=binning,
        base=float(document["base"]),
        points=points,
        bin_rows=tuple(group["training_rows"].to_numpy(dtype=np.int64) for group in used),
        newest=Newest.read(newest, document["used"], document["score_rows"]),
        calibration=Calibration(intercept=raw["intercept"], slope=raw["slope"], **arrays),
        pairs=found,
        tried=tuple(document["pairs_tried"]),
        score_cuts=np.array(document["score_cuts"], dtype=np.float64),
        ranges=np.array(document["ranges"], dtype=np.float64),
        learner=document["learner"],
        refits=tuple(_refit(part["points"].to_numpy(), points, found) for _, part in refits.groupby("refit")),
    )


def _pair(used: Sequence[str], names: Sequence[str], points: Sequence[Any], table: pd.DataFrame) -> Pair:
    first, second = (used.index(name) for name in names)
    cells = table.loc[table["pair"] == TIMES.join(names), "points"].to_numpy(dtype=np.float64)
    return Pair(first, second, cells.reshape(len(points[first]), len(points[second])))


def _refits_table(card: Scorecard) -> pd.DataFrame:
    """One row a refit and place: base first, then the points of features and pairs, one after the other."""
    flat = [np.concatenate([[r.base], *r.points, *(p.points.ravel() for p in r.pairs)]) for r in card.refits]
    refit = np.repeat(np.arange(len(flat), dtype=np.int32), [len(one) for one in flat])
    return pd.DataFrame({"refit": refit, "points": np.concatenate(flat) if flat else np.empty(0)})


def _refit(flat: Any, points: Sequence[Any], pairs: Sequence[Pair]) -> Refit:
    sizes = [1, *(len(p) for p in points), *(p.points.size for p in pairs)]
    base, *parts = np.split(flat, np.cumsum(sizes)[:-1])
    own = [
        Pair(pair.first, pair.second, part.reshape(pair.points.shape))
        for pair, part in zip(pairs, parts[len(points) :], strict=True)
    ]
    return Refit(float(base[0]), tuple(parts[: len(points)]), tuple(own))

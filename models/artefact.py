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

from models.binning import Binning
from models.calibration import Calibration
from models.errors import ModelError
from models.scorecard import LEARNER, Scorecard

MANIFEST = "scorecard.json"
POINTS = "points.parquet"
FORMAT = 1
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
    document, points = _document(card, about), points_table(card)
    digest = _digest(document, points)
    folder.mkdir(parents=True, exist_ok=True)
    points.to_parquet(folder / POINTS, index=False, compression="zstd")
    hashes = {"sha256": digest, "points_file_sha256": _file_digest(folder)}
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
    document, points = _read(folder)
    digest, of_file = document.pop("sha256", ""), document.pop("points_file_sha256", "")
    told = (document.get("format"), _digest(document, points), _file_digest(folder))
    if told != (FORMAT, digest, of_file):
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
    return Artefact(_card(document, points), about, digest)


def points_table(card: Scorecard) -> pd.DataFrame:
    """The points as a table to read: feature, bin, from (included), below, missing or not, points, training rows."""
    tables = []
    for name, edges, points, rows in zip(
        card.binning.names, card.binning.edges, card.points, card.bin_rows, strict=True
    ):
        limits = [np.nan, *edges, np.nan]
        tables.append(
            pd.DataFrame(
                {
                    "feature": name,
                    "bin": np.arange(len(points), dtype=np.int32),
                    "from_value": [*limits[:-1], np.nan],
                    "below_value": [*limits[1:], np.nan],
                    "is_missing": np.arange(len(points)) == len(points) - 1,
                    "points": points,
                    "training_rows": rows.astype(np.int64),
                }
            )
        )
    return pd.concat(tables, ignore_index=True).astype({"feature": "str"})


def _document(card: Scorecard, about: About) -> dict[str, Any]:
    calibration = {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in asdict(card.calibration).items()}
    return {
        "format": FORMAT,
        "about": {**asdict(about), "features": list(about.features)},
        "learner": LEARNER,
        "base": card.base,
        "used": list(card.binning.names),
        "left_out": card.binning.left_out,
        "calibration": calibration,
    }


def _digest(document: Mapping[str, Any], points: pd.DataFrame) -> str:
    exact = [[_exact(cell) for cell in points[name].tolist()] for name in points.columns]
    content = json.dumps([document, list(points.columns), exact], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def _file_digest(folder: Path) -> str:
    return hashlib.sha256((folder / POINTS).read_bytes()).hexdigest()


def _exact(cell: Any) -> Any:
    return cell.hex() if isinstance(cell, float) else cell


def _read(folder: Path) -> tuple[dict[str, Any], pd.DataFrame]:
    try:
        document = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return dict(document), pd.read_parquet(folder / POINTS)
    except FileNotFoundError as error:
        raise ModelError(f"No scorecard in {folder}: {MANIFEST} and {POINTS} are both needed. Train first.") from error
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


def _card(document: Mapping[str, Any], table: pd.DataFrame) -> Scorecard:
    groups = dict(list(table.groupby("feature", sort=False)))
    used = [groups[name] for name in document["used"]]
    edges = tuple(group["from_value"].to_numpy(dtype=np.float64)[1:-1] for group in used)
    raw = document["calibration"]
    arrays = {name: np.array(raw[name], dtype=np.float64) for name in ("group_score", "group_low", "group_high")}
    return Scorecard(
        binning=Binning(tuple(document["used"]), edges, dict(document["left_out"])),
        base=float(document["base"]),
        points=tuple(group["points"].to_numpy(dtype=np.float64) for group in used),
        bin_rows=tuple(group["training_rows"].to_numpy(dtype=np.int64) for group in used),
        calibration=Calibration(intercept=raw["intercept"], slope=raw["slope"], **arrays),
    )

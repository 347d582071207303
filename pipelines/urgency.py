"""Urgency in the home: kept beside the scorecard of a moment, read when its cohort is scored.

Belongs here: the file, its hash, and the columns of the scores. Not here: the hazard (`models.urgency`). Reading executes nothing; a
file that was changed is refused.
"""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from models.urgency import Urgency

FILE = "urgency.json"
COLUMNS = ("urgency_code", "half_before_date", "no_urgency_code")


def keep_urgency(folder: Path, rows: "pd.DataFrame") -> None:
    """Fit the hazard on the labelled rows of a moment, and keep it or the reason why there is none."""
    from models.urgency import fit_urgency

    (folder / FILE).write_text(_text(asdict(fit_urgency(rows))), encoding="utf-8")


def read_urgency(folder: Path) -> "Urgency":
    """What was kept.

    Raises
    ------
    ModelError
        Where it cannot be read or does not fit its hash.
    """
    from models.errors import ModelError
    from models.urgency import Hazard, Urgency

    try:
        text = (folder / FILE).read_text(encoding="utf-8")
        document = dict(json.loads(text))
    except (ValueError, FileNotFoundError) as error:
        raise ModelError(f"{FILE} in {folder} cannot be read. Train it again.") from error
    document.pop("sha256", "")
    if _text(document) != text:
        raise ModelError(f"{FILE} in {folder} does not fit its hash: it was changed or cut off. Train it again.")
    hazard = document["hazard"]
    made = None if hazard is None else Hazard(**{key: _frozen(value) for key, value in hazard.items()})
    return Urgency(**{**document, "hazard": made})


def urgency_columns(folder: Path, frame: "pd.DataFrame", known: Any) -> dict[str, Any]:
    """The columns of the scores; `known` says which rows have a score."""
    import numpy as np

    from models.urgency import urgency

    found = read_urgency(folder)
    columns = {name: np.full(len(frame), None, dtype=object) for name in COLUMNS}
    if found.hazard is None:
        columns["no_urgency_code"][:] = found.no_urgency_code
        return columns
    said = urgency(found.hazard, frame)
    for name in COLUMNS[:2]:
        columns[name][known] = said[name].to_numpy()[known]
    return columns


def urgency_record(folder: Path, moment: str, target: str) -> dict[str, Any]:
    """What the evaluation says of it: whether it is used, why not, and what it gains over time alone."""
    from models.urgency import reason_in_words

    found = read_urgency(folder)
    code = found.no_urgency_code
    words = {f"reason_{language}": reason_in_words(code, language) if code else None for language in ("nl", "en")}
    about = {"moment": moment, "target": target, "used": code is None, "no_urgency_code": code, **words}
    return {**about, "n": found.n, "gain": found.gain}


def _text(document: dict[str, Any]) -> str:
    """The file, byte for byte: the document and its hash."""
    digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    return json.dumps({**document, "sha256": digest}, sort_keys=True)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value

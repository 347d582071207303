"""Which school years may teach a moment: those in which its target was what it is now.

Belongs here: `windows.yaml` and leaving out what is older. Not here: which labels are known (`features`), or which rows test (`splits`).
"""

from functools import cache
from importlib.resources import files

import pandas as pd

from data_contracts.yaml_text import read_yaml


@cache
def first_school_year(moment: str) -> int | None:
    """The first school year that may train a moment, or None where all may."""
    entries = read_yaml((files("models") / "windows.yaml").read_text(encoding="utf-8"))
    return next((int(entry["first_school_year"]) for entry in entries if entry["moment"] == moment), None)


def of_now(frame: pd.DataFrame, moment: str) -> pd.DataFrame:
    """The rows that may train and test a moment, numbered anew; unlabelled rows of later years among them."""
    first = first_school_year(moment)
    return frame if first is None else frame[frame["school_year"] >= first].reset_index(drop=True)

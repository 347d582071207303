"""How many pupils a centre can talk to, from the dated settings in `capacity.yaml`.

Belongs here: reading the settings and the sum that makes them a number of pupils. Not here: cutting a list
(`risk_list`).
"""

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from data_contracts.yaml_text import read_yaml
from delivery.errors import DeliveryError

_NUMBERS = ("hours_per_week", "hours_per_talk", "weeks_per_list")


@dataclass(frozen=True)
class Setting:
    """Hours that a centre has, from one day on."""

    valid_from: dt.date
    hours_per_week: float
    hours_per_talk: float
    weeks_per_list: float

    @property
    def pupils_per_list(self) -> int:
        """Whole pupils; 0 where the centre has no hours."""
        return math.floor(self.hours_per_week * self.weeks_per_list / self.hours_per_talk + 1e-9)


@dataclass(frozen=True)
class CapacitySettings:
    """The default and the settings of each centre, newest last."""

    default: tuple[Setting, ...]
    centres: Mapping[str, tuple[Setting, ...]]

    def pupils_per_list(self, clb_id: str, on_date: dt.date) -> int:
        """How many pupils one list of a centre may hold on a day.

        Raises
        ------
        DeliveryError
            Where neither the centre nor the default has a setting that holds on that day.
        """
        return self.setting(clb_id, on_date).pupils_per_list

    def setting(self, clb_id: str, on_date: dt.date) -> Setting:
        """The hours of a centre on a day; refuses as `pupils_per_list` does."""
        for settings in (self.centres.get(clb_id, ()), self.default):
            valid = [setting for setting in settings if setting.valid_from <= on_date]
            if valid:
                return valid[-1]
        raise DeliveryError(f"No capacity for CLB {clb_id} on {on_date}. Add a setting with an earlier valid_from.")

    def settings(self, clb_ids: Iterable[str], on_date: dt.date) -> dict[str, Setting]:
        """The hours of each centre on a day."""
        return {clb_id: self.setting(clb_id, on_date) for clb_id in sorted(set(clb_ids))}

    def for_centres(self, clb_ids: Iterable[str], on_date: dt.date) -> dict[str, int]:
        """Pupils per list of each centre, as `About.capacity` wants it."""
        return {clb_id: self.pupils_per_list(clb_id, on_date) for clb_id in sorted(set(clb_ids))}


def read_capacity(path: Path | None = None) -> CapacitySettings:
    """Read the settings of a user, or those that come with the package.

    Raises
    ------
    DeliveryError
        Where the file cannot be read or a setting is not whole.
    """
    where = path.name if path else "delivery/capacity.yaml"
    try:
        text = (path or files("delivery") / "capacity.yaml").read_text(encoding="utf-8")
        content = read_yaml(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DeliveryError(f"{where} cannot be read as YAML. Mend the file; see delivery/capacity.yaml.") from error
    if not isinstance(content, dict) or not isinstance(content.get("default"), list):
        raise DeliveryError(f"{where} has no list `default`. See delivery/capacity.yaml for the form.")
    centres = content.get("centres") or {}
    own = {str(clb_id): _settings(f"{where}, centre {clb_id}", rows) for clb_id, rows in centres.items()}
    return CapacitySettings(_settings(f"{where}, default", content["default"]), own)


def _settings(where: str, rows: Any) -> tuple[Setting, ...]:
    if not isinstance(rows, list) or not rows:
        raise DeliveryError(f"{where}: no settings. Give at least one, or leave the centre out.")
    return tuple(sorted((_setting(where, row) for row in rows), key=lambda setting: setting.valid_from))


def _setting(where: str, row: Any) -> Setting:
    if not isinstance(row, dict) or set(row) != {"valid_from", *_NUMBERS}:
        raise DeliveryError(f"{where}: a setting has valid_from, {', '.join(_NUMBERS)}, and nothing else. Mend it.")
    numbers = [row[name] for name in _NUMBERS]
    if not isinstance(row["valid_from"], dt.date) or not all(type(n) in (int, float) and n >= 0 for n in numbers):
        raise DeliveryError(f"{where}: valid_from must be a date (2026-09-01) and the hours numbers from 0. Mend it.")
    if row["hours_per_talk"] == 0:
        raise DeliveryError(f"{where}: hours_per_talk is 0. Say how many hours one talk takes.")
    return Setting(row["valid_from"], *(float(number) for number in numbers))

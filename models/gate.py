"""The gate: whether the lists of a moment may be released, judged by what was measured.

Belongs here: the limits (`gate.yaml`) and one plain function a check, from measurements to a verdict in English and in
Dutch. Not here: measuring (`evaluate`, `drift`), Dagster, or what happens after a verdict. What was not measured is
not passed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from data_contracts.yaml_text import read_yaml
from models.errors import ModelError

JUDGED, SPLIT = "scorecard", "temporal"
Limits = Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """One check: passed or not, and why; `reason_nl` is for readers of lists and empty where it passed."""

    name: str
    passed: bool
    reason: str
    reason_nl: str = ""


@dataclass(frozen=True)
class Measurements:
    """What is known of a moment's main target: records of its evaluation, and what scoring found.

    `scoring` holds `rows`, `scored`, `reason` (why nobody was), `completeness` (`quality.completeness`), `warned` (per
    table the share of its rows that break a promise that only warns), `inputs_psi`, `score_psi`, `groups_psi` (each with
    its interval) and `lists` (per centre `listed`, `tied`, `capacity` and `pupils`).
    """

    moment: str
    records: Sequence[Mapping[str, Any]] = ()
    slices: Sequence[Mapping[str, Any]] = ()
    fairness: Sequence[Mapping[str, Any]] = ()
    rolling: Sequence[Mapping[str, Any]] = ()
    scoring: Mapping[str, Any] = field(default_factory=dict)

    @property
    def card(self) -> Mapping[str, Any] | None:
        """The record of the scorecard on later pupils."""
        found = [r for r in self.records if (r["model"], r["split"]) == (JUDGED, SPLIT) and "not_available" not in r]
        return found[0] if found else None


def limits(on_date: date, own: Path | None = None) -> Limits:
    """The limits in force on a day, of `gate.yaml` or of a file of one's own in its form.

    Raises
    ------
    ModelError
        Where none was in force yet.
    """
    entries = _entries(own)
    known = [entry for entry in entries if entry["valid_from"] <= on_date]
    if not known:
        raise ModelError(f"No gate in force on {on_date}; its limits start at {entries[0]['valid_from']}.")
    return known[-1]


@cache
def _entries(own: Path | None) -> list[dict[str, Any]]:
    try:
        text = (own or files("models") / "gate.yaml").read_text(encoding="utf-8")
        found: list[dict[str, Any]] = sorted(read_yaml(text), key=lambda entry: entry["valid_from"])
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ModelError(
            f"The limits of the gate in {own} cannot be read. Compare them with models/gate.yaml."
        ) from error
    lacks = sorted(_entries(None)[0].keys() - found[-1].keys()) if own else []
    if lacks:
        raise ModelError(
            f"The limits of the gate in {own} lack {', '.join(lacks)}. Compare them with models/gate.yaml."
        )
    return found


def verdicts(found: Measurements, limit: Limits) -> list[Verdict]:
    """Every check, in the order of `CHECKS`."""
    return [check(found, limit) for check in CHECKS.values()]


def data_quality(found: Measurements, limit: Limits) -> Verdict:
    """Whether enough pupils could be scored, on data that keep their promises and are as whole as those of training."""
    rows, scored = found.scoring.get("rows", 0), found.scoring.get("scored", 0)
    if not scored:
        why = found.scoring.get("reason") or "nobody was scored"
        return Verdict("data quality", False, why, "Er is nu geen geldige score voor dit moment.")
    whole = found.scoring.get("completeness")
    if whole is None:
        return Verdict("data quality", False, "not measured", "Of de gegevens volledig zijn, is niet gemeten.")
    share = scored / rows
    told = f"{scored} of {rows} pupils scored ({share:.0%})"
    wrong = [f"{told}; at least {limit['least_scored_share']:.0%} is needed"]
    wrong = [*(wrong if share < limit["least_scored_share"] else []), *_incomplete(whole, found.scoring, limit)]
    reason = "; ".join(wrong) or f"{told}; {whole['known_now']:.0%} of what is asked is known"
    return _verdict("data quality", not wrong, reason, "Er ontbreken te veel gegevens, of ze kloppen niet.")


def _incomplete(whole: Mapping[str, Any], scoring: Mapping[str, Any], limit: Limits) -> Iterator[str]:
    """What is less whole than it was in training, and promises of contracts that only warn and are broken too often."""
    for table, share in scoring.get("warned", {}).items():
        if share > limit["warned_rows_share"]:
            yield f"{share:.1%} of the rows of {table} break a promise of its contract"
    if whole["known_then"] - whole["known_now"] > limit["known_share_fall"]:
        yield f"{whole['known_now']:.0%} of what is asked is known, {whole['known_then']:.0%} in training"
    if whole["emptied"] and len(whole["emptied"]) > limit["emptied_inputs"]:
        yield f"empty, and not so in training: {', '.join(whole['emptied'][:5])}"
    little = whole["little_registered_now"]
    if little is not None and little > limit["little_registered_share"]:
        then = whole["little_registered_then"]
        yield f"{little:.0%} of the pupils are at schools that hardly register, {then:.0%} in training"


def calibration(found: Measurements, limit: Limits) -> Verdict:
    """Whether of pupils with 20 per cent, 20 in a hundred drop out: slope and level, on later pupils."""
    if found.card is None:
        return _not_tested("calibration")
    wrong = _miscalibrated(found.card, limit["slope_from"], limit["slope_to"], limit["level_at_most"])
    reason = "; ".join(wrong) or f"slope {_shown(found.card['calibration_slope'])} on later pupils"
    return _verdict("calibration", not wrong, reason, "De kansen van het model kloppen niet goed genoeg.")


def group_calibration(found: Measurements, limit: Limits) -> Verdict:
    """The same for every large part: class years, study forms, months, and groups of pupils."""
    if found.card is None:
        return _not_tested("calibration of large groups")
    wrong = []
    large = [part for part in found.slices if _is_large(part, limit) and part["by"] != "centre"]
    for part in large:
        bounds = limit["group_slope_from"], limit["group_slope_to"], limit["group_level_at_most"]
        wrong += [f"{part['by']} {part['group']}: {why}" for why in _miscalibrated(part, *bounds)]
    groups = [g for g in found.fairness if g.get("n", 0) >= limit["large_rows"] and " x " not in g["attribute"]]
    for group in groups:
        base, excess = group["base_rate"]["value"], group["excess"]
        most = limit["group_level_at_most"] * max(base or 0.0, found.card["base_rate"]["value"] or 0.0)
        if _beyond(excess, most):
            wrong.append(f"{group['attribute']} {group['group']}: {_shown(excess)} more than foreseen")
    reason = "; ".join(wrong) or f"{len(large)} parts and {len(groups)} groups are large, all are calibrated"
    return _verdict("calibration of large groups", not wrong, reason, "Voor een grote groep kloppen de kansen niet.")


def recall_gap(found: Measurements, limit: Limits) -> Verdict:
    """Whether the model misses clearly more of one group than of the others."""
    groups = [g for g in found.fairness if g["attribute"] in limit["gap_attributes"] and "recall_gap" in g]
    if not groups:
        return Verdict("recall gap between groups", False, "not measured", "Of het model eerlijk is, is niet gemeten.")
    large = [g for g in groups if g["n"] >= limit["large_rows"]]
    wrong = [
        f"{g['attribute']} {g['group']}: recall {_shown(g['recall_gap'])} below that of the others"
        for g in large
        if g["recall_gap"]["low"] is not None and g["recall_gap"]["low"] > limit["gap_at_most"]
    ]
    reason = "; ".join(wrong) or f"no gap above {limit['gap_at_most']} beyond doubt in {len(large)} large groups"
    return _verdict("recall gap between groups", not wrong, reason, "Het model mist te veel leerlingen van één groep.")


def drift(found: Measurements, limit: Limits) -> Verdict:
    """Whether the pupils now, their scores and groups look like those of training and test, beyond what chance brings."""
    inputs = found.scoring.get("inputs_psi")
    if inputs is None:
        return Verdict("drift", False, "not measured", "Er is geen score om te vergelijken met vroeger.")
    moved = sorted(name for name, psi in inputs.items() if psi["low"] > limit["input_psi"])
    wrong = [*_moved(found.scoring, inputs, moved, limit), *_falling(found, limit)]
    scores = _shown(found.scoring["score_psi"])
    reason = "; ".join(wrong) or f"{len(moved)} of {len(inputs)} inputs moved, scores PSI {scores}"
    return _verdict("drift", not wrong, reason, "De gegevens van nu lijken niet op die waarmee het model gemaakt is.")


def _moved(scoring: Mapping[str, Any], inputs: Mapping[str, Any], moved: list[str], limit: Limits) -> Iterator[str]:
    """What moved too far, beyond doubt."""
    if len(moved) > limit["inputs_over_share"] * max(len(inputs), 1):
        yield f"{len(moved)} of {len(inputs)} inputs moved: {', '.join(moved[:5])}"
    broken = sorted(name for name, psi in inputs.items() if psi["low"] > limit["broken_input_psi"])
    yield from (f"input {name} is not what it was (PSI {_shown(inputs[name])})" for name in broken[:5])
    if scoring["score_psi"]["low"] > limit["score_psi"]:
        yield f"scores moved (PSI {_shown(scoring['score_psi'])})"
    groups = scoring.get("groups_psi", {})
    yield from (f"{name} moved (PSI {_shown(psi)})" for name, psi in groups.items() if psi["low"] > limit["group_psi"])


def list_size(found: Measurements, limit: Limits) -> Verdict:
    """Whether each centre's list is as long as its capacity, or holds all its scored pupils; ties at the cut aside."""
    lists = found.scoring.get("lists")
    if not lists:
        reason = "no centre has a list" if lists is not None else "not measured"
        return Verdict(
            "list size", lists is not None and not found.scoring.get("scored", 0), reason, "Er is geen lijst."
        )
    wrong = [
        f"{centre}: {one['listed']} listed, {one['capacity']} fit"
        for centre, one in lists.items()
        if one["listed"] - one["tied"] > one["capacity"] or one["listed"] < min(one["capacity"], one["pupils"])
    ]
    reason = "; ".join(wrong) or f"{len(lists)} lists are as long as the capacity of their centre"
    return _verdict("list size", not wrong, reason, "De lijst is langer of korter dan wat het CLB aankan.")


def beats_baselines(found: Measurements, limit: Limits) -> Verdict:
    """Whether the individual score adds to the rules and to school and area alone, beyond doubt."""
    if found.card is None:
        return _not_tested("beats baselines")
    wrong = []
    if found.card["auc"]["low"] is None or found.card["auc"]["low"] <= 0.5:
        wrong.append(f"no better than chance: AUC {_shown(found.card['auc'])}")
    told = []
    for other in limit["beaten"]:
        above = found.card.get(f"above_{other}", {}).get(limit["beaten_by"])
        if above is None:
            continue  # the baseline has nothing to work with in these data, and says so in the evaluation
        told.append(f"{other} {_shown(above)}")
        if above["low"] is None or above["low"] <= 0:
            wrong.append(f"not clearly better than {other}: {limit['beaten_by']} {_shown(above)}")
    reason = "; ".join(wrong) or f"{limit['beaten_by']} above {', '.join(told) or 'no baseline that could be used'}"
    nl = "Het model is niet duidelijk beter dan een eenvoudige regel of dan alleen de school en de buurt."
    return _verdict("beats baselines", not wrong, reason, nl)


def not_too_good(found: Measurements, limit: Limits) -> Verdict:
    """Whether the model is not better than can be: then a feature would know the answer."""
    if found.card is None:
        return _not_tested("not too good to be true")
    most, auc = limit["most_auc"][found.moment], found.card["auc"]
    passed = auc["low"] is not None and auc["low"] <= most
    reason = f"AUC {_shown(auc)}, at most {most} can be"
    return _verdict(
        "not too good to be true", passed, reason, "Het model is verdacht goed: er zit een fout in de gegevens."
    )


CHECKS = {
    "data quality": data_quality,
    "calibration": calibration,
    "calibration of large groups": group_calibration,
    "recall gap between groups": recall_gap,
    "drift": drift,
    "list size": list_size,
    "beats baselines": beats_baselines,
    "not too good to be true": not_too_good,
}


def _verdict(name: str, passed: bool, reason: str, reason_nl: str) -> Verdict:
    return Verdict(name, passed, reason, "" if passed else reason_nl)


def _not_tested(name: str) -> Verdict:
    return Verdict(name, False, "no test on later pupils", "Het model kon niet getest worden op latere leerlingen.")


def _miscalibrated(record: Mapping[str, Any], slope_from: float, slope_to: float, level: float) -> list[str]:
    """Why a record is miscalibrated beyond doubt; the level is a share of the base rate, in log-odds about the same."""
    slope, intercept = record["calibration_slope"], record["calibration_intercept"]
    wrong = []
    if slope["low"] is None or slope["low"] > slope_to or slope["high"] < slope_from:
        wrong.append(f"slope {_shown(slope)} outside {slope_from}-{slope_to}")
    if intercept["low"] is None or _beyond(intercept, level):
        wrong.append(f"level {_shown(intercept)} more than {level} from 0")
    return wrong


def _beyond(shown: Mapping[str, Any], most: float) -> bool:
    """Whether the whole interval lies further than `most` from 0."""
    return shown["low"] is not None and (shown["low"] > most or shown["high"] < -most)


def _is_large(part: Mapping[str, Any], limit: Limits) -> bool:
    each = min(part["positives"], part["n"] - part["positives"])
    return bool(part["n"] >= limit["large_rows"] and each >= limit["large_positives"])


def _falling(found: Measurements, limit: Limits) -> Iterator[str]:
    """Years in which the calibration fell away from the year before."""
    years = sorted((r["test_school_year"], r["calibration_slope"]) for r in found.rolling if r["model"] == JUDGED)
    for (_, before), (year, now) in zip(years, years[1:], strict=False):
        if before["low"] is None or now["low"] is None:
            continue
        if now["low"] - before["high"] > limit["slope_change_at_most"]:
            yield f"calibration changed in {year}: slope {_shown(before)}, then {_shown(now)}"
        if before["low"] - now["high"] > limit["slope_change_at_most"]:
            yield f"calibration fell in {year}: slope {_shown(before)}, then {_shown(now)}"


def _shown(metric: Mapping[str, Any]) -> str:
    if metric["value"] is None:
        return "not defined"
    return f"{metric['value']:.2f} ({metric['low']:.2f}-{metric['high']:.2f})"

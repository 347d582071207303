"""The road through schools and study forms: changes, repeats, steps down, breaks and their cause."""

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

from .facts import Facts, Row, closing_day, end_of, first_day, runs_on
from .of_help import born
from .school_time import FOREVER, GAP, road

NOMINAL = {"kindergarten": 2, "primary": 5, "secondary": 11}
FORMS = {"aso": 1, "kso": 2, "tso": 2, "bso": 3, "dbso": 4}
FINALITIES = {"DO": 1, "DU": 2, "A": 3}
NOT_JUDGED = ("okan", "buso", "dbso")  # nobody can say whether a class year is repeated there
PLACED = ("youth_care", "community_institution", "hospital_school")
AWAY = ("qualified", "unqualified", "left_flanders")
NEAR = dt.timedelta(days=30)
TWO_WEEKS = dt.timedelta(days=14)


@dataclass(frozen=True)
class Step:
    """A stretch of the road, the day on which the next of its year begins, and the day as of which it is known."""

    row: Row
    until: dt.date
    day: dt.date

    @property
    def year(self) -> int:
        return int(self.row["school_year"])

    @property
    def grade(self) -> int | None:
        """Class year, where repeating can be told."""
        told = self.row["special_type_code"] is None and self.row["study_form_code"] not in NOT_JUDGED
        grade: int | None = self.row["grade"]
        return grade if told else None


@dataclass(frozen=True)
class Break:
    """Days away from school between two stretches, or another school."""

    year: int
    began: dt.date
    resumed: dt.date
    reason: str
    is_to_special: bool
    days: int


def school_path(facts: Facts, q: Row) -> Row:
    """Delay, repeats and changes of school."""
    birth, steps = born(facts, q), walked(facts, q)
    pairs = list(pairwise(steps))
    years = [(one, other) for one, other in pairs if other.year > one.year]
    repeats = sum(is_repeat(one, other) for one, other in pairs)
    unknown = any(not _is_judged(one, other) for one, other in years)
    now = [(one, other) for one, other in years if other.year == q["school_year"] and _is_judged(one, other)]
    moves = [(one, other) for one, other in pairs if _moved(one, other)]
    delay = (
        None
        if birth is None or q["grade"] is None
        else q["school_year"] - birth.year - NOMINAL[q["level_code"]] - q["grade"]
    )
    waits = q["school_id"] is None and q["grade"] is None and not steps
    always = {"grade_delay_years": delay, "is_not_enrolled": int(waits)}
    if not steps:
        return always
    return {
        **always,
        "repeat_count": repeats if repeats or not unknown else None,
        "is_repeating": int(any(is_repeat(one, other) for one, other in now)) if now else None,
        "school_change_count": len(moves),
        "in_year_change_count": sum(one.year == other.year for one, other in moves),
        "in_year_switch_count": sum(_switched(one, other) for one, other in pairs),
        "years_seen_count": _years_seen(steps),
    }


def track_path(facts: Facts, q: Row) -> Row | None:
    """Steps down, reception education, dual learning; only in secondary school."""
    if q["level_code"] != "secondary":
        return None
    day, steps = q["prediction_date"], walked(facts, q)
    falls = [other for one, other in pairwise(steps) if _fell(one, other)]
    found: Row = {}
    if steps:
        found = {
            "waterfall_count": len(falls),
            "waterfall_count_ytd": sum(step.year == q["school_year"] for step in falls),
            "okan_years_count": len({step.year for step in steps if step.row["study_form_code"] == "okan"}),
        }
    if any(d["known_date"] < day for d in facts.tables["dual_contracts"]):
        own = facts.known_of("dual_contracts", "pupil_id", q["pupil_id"], day)
        phases = [{"start_up": 1, "workplace": 2}[d["phase_code"]] for d in own if runs_on(d, day)]
        ended = [d for d in own if d["phase_code"] == "workplace" and (end_of(d, day) or FOREVER) < day]
        found |= {"dual_phase_step": max(phases, default=0), "workplaces_ended_count": len(ended)}
    return found


def path_breaks(facts: Facts, q: Row) -> Row | None:
    """Breaks by cause."""
    steps = walked(facts, q)
    if not steps:
        return None
    breaks = _breaks(facts, q, steps)
    causes = [_cause(facts, q, b) for b in breaks]
    seen = _years_seen(steps)
    return {
        "breaks_by_measure_count": causes.count("measure"),
        "breaks_by_sanction_count": causes.count("sanction"),
        "breaks_by_move_count": causes.count("move"),
        "breaks_unknown_count": causes.count("unknown"),
        "days_without_school": sum(b.days for b in breaks),
        "days_since_break": min(((q["prediction_date"] - b.began).days for b in breaks), default=None),
        "stability_index": 1 - len({b.year for b in breaks}) / seen if seen else None,
    }


def walked(facts: Facts, q: Row) -> list[Step]:
    """The road: closed years as known when each was closed, and this year as known now."""
    day, pupil = q["prediction_date"], q["pupil_id"]
    years = sorted(
        {e["school_year"] for e in facts.of("enrolments", "pupil_id", pupil) if e["school_year"] < q["school_year"]}
    )
    found = []
    for year in years:
        if closing_day(year) < day:
            evening = closing_day(year) + dt.timedelta(days=1)
            found += [Step(e, until, evening) for e, until in road(facts, pupil, year, evening)]
    return found + [Step(e, until, day) for e, until in road(facts, pupil, q["school_year"], day)]


def is_repeat(one: Step, other: Step) -> bool:
    """The same class year in the next school year; the first kindergarten classes take in children all year."""
    same = (one.row["level_code"], one.grade) == (other.row["level_code"], other.grade)
    return _is_judged(one, other) and same and (one.row["level_code"] != "kindergarten" or one.grade == 3)


def _is_judged(one: Step, other: Step) -> bool:
    return other.year == one.year + 1 and one.grade is not None and other.grade is not None


def _moved(one: Step, other: Step) -> bool:
    schools = {one.row["school_id"], other.row["school_id"]}
    return len(schools) == 2 and None not in schools


def _switched(one: Step, other: Step) -> bool:
    """Another study form or class year within a school and year."""
    if one.year != other.year or one.row["school_id"] is None or one.row["school_id"] != other.row["school_id"]:
        return False
    forms = {FORMS.get(step.row["study_form_code"]) for step in (one, other)}
    grades = {step.grade for step in (one, other)}
    return any(len(found) == 2 and None not in found for found in (forms, grades))


def _fell(one: Step, other: Step) -> bool:
    """A step down in finality, or in study form where finality is not known on both sides."""
    for column, order in (("finality_code", FINALITIES), ("study_form_code", FORMS)):
        before, after = (order.get(step.row[column]) for step in (one, other))
        if before is not None and after is not None:
            return after > before
    return False


def _years_seen(steps: list[Step]) -> int:
    return len({step.year for step in steps if step.row["school_id"] is not None})


def _breaks(facts: Facts, q: Row, steps: list[Step]) -> list[Break]:
    found = []
    for before, step, after in zip([None, *steps], steps, [*steps[1:], None], strict=False):
        starts_year = before is None or before.year != step.year
        if before is not None and starts_year and before.year == step.year - 1:
            found += _late_start(facts, q, step)
        follows = after if after is not None and after.year == step.year else None
        found += _interruption(facts, q, step, follows)
    return found


def _late_start(facts: Facts, q: Row, step: Step) -> list[Break]:
    first, start = first_day(step.year), step.row["start_date"]
    if start <= first + TWO_WEEKS:
        return []
    eve = first - dt.timedelta(days=1)
    days = _days_between(facts, q, step, eve, start)
    return [Break(step.year, eve, start, "late_start", False, days)] if days else []


def _interruption(facts: Facts, q: Row, step: Step, follows: Step | None) -> list[Break]:
    """An end before the last two weeks of the year that is no leaving, with another school or school days after it."""
    end, last = end_of(step.row, step.day), dt.date(step.year + 1, 6, 30)
    if end is None or end >= min(last - TWO_WEEKS, q["prediction_date"]) or step.row["exit_reason_code"] in AWAY:
        return []
    resumed = min(step.until, last + dt.timedelta(days=1), q["prediction_date"])
    days = _days_between(facts, q, step, end, resumed)
    if not days and not (follows and _moved(step, follows)):
        return []
    to_special = (
        follows is not None and step.row["special_type_code"] is None and follows.row["special_type_code"] is not None
    )
    return [Break(step.year, end, resumed, step.row["exit_reason_code"] or "unknown", to_special, days)]


def _days_between(facts: Facts, q: Row, step: Step, after: dt.date, before: dt.date) -> int:
    """School days of the school in between; of closed years without those on which nobody registered."""
    closed = step.year < q["school_year"]
    known = facts.known_of("school_days", "school_id", step.row["school_id"], step.day)
    days = [d["school_date"] for d in known if d["school_year"] == step.year]
    return sum(after < d < before and not (closed and GAP[0] <= d <= GAP[1]) for d in days)


def _cause(facts: Facts, q: Row, found: Break) -> str:
    day = q["prediction_date"]
    sanctions = facts.known_of("sanctions", "pupil_id", q["pupil_id"], day)
    measures = facts.known_of("support_measures", "pupil_id", q["pupil_id"], day)
    excluded = [
        s
        for s in sanctions
        if s["sanction_code"] == "definitive_exclusion" and abs(s["start_date"] - found.began) <= NEAR
    ]
    placed = [
        m
        for m in measures
        if m["measure_code"] in PLACED and found.began - NEAR <= m["start_date"] <= found.resumed + NEAR
    ]
    if found.reason == "exclusion" or excluded:
        return "sanction"
    if found.is_to_special or placed:
        return "measure"
    return "move" if found.reason == "school_change" else "unknown"

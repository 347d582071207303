"""The end of a school year: attests, the next class year and study form, leaving with or without a qualification.

Belongs here: the decisions, as chances of the latent state. Not here: where and when a pupil is enrolled (`lives`).
"""

from dataclasses import dataclass, field, fields

import numpy as np

from population.common import (
    ASO,
    BSO,
    BUSO,
    DBSO,
    FIRST_STAGE,
    FORMS,
    KINDERGARTEN,
    KSO,
    NONE,
    OKAN,
    OV1,
    OV3,
    OV4,
    PRIMARY,
    SECONDARY,
    SPECIAL_TYPES,
    TSO,
    Bools,
    Floats,
    Ints,
    chance,
    log_odds,
)
from population.people import GONE, People, delay_years, to_first_stage
from population.settings import section

PASSED, RESTRICTED, NOT_PASSED, UNDECIDED = range(4)
QUALIFICATIONS = ("diploma_so", "studiegetuigschrift_bso", "eindgetuigschrift_dbso", "getuigschrift_ov3", "none")
ADAPTED = 1  # learning support with an individually adapted curriculum: out of scope of qualifications
DIPLOMA, CERTIFICATE_BSO, CERTIFICATE_DBSO, CERTIFICATE_OV3, UNQUALIFIED = range(5)


@dataclass
class YearEnd:
    """Decisions for the rows at school, in their order: positions in the tuples above, -1 where there is none."""

    attest: Ints
    qualification: Ints
    leaves: Bools
    leaves_unqualified: Bools
    chance_not_passed: Floats = field(default_factory=lambda: np.empty(0))
    chance_unqualified: Floats = field(default_factory=lambda: np.empty(0))

    def take(self, rows: Ints) -> "YearEnd":
        return YearEnd(*(getattr(self, part.name)[rows] for part in fields(self)))


def decide(
    people: People, rows: Ints, half_days_b: Floats, push: Floats, school_year: int, rng: np.random.Generator
) -> YearEnd:
    """Attest, qualification and leaving at the end of the year, before anybody is moved; `push` adds to failing it."""
    count = len(rows)
    end = YearEnd(np.full(count, UNDECIDED), np.full(count, -1), np.zeros(count, bool), np.zeros(count, bool))
    end.chance_not_passed = chance_not_passed(people, rows, half_days_b, push)
    end.chance_unqualified = chance_leaving(people, rows, half_days_b, school_year)
    _attests(people, rows, end, rng)
    _leaving(people, rows, end, school_year, rng)
    return end


def _push(people: People, rows: Ints, half_days_b: Floats) -> Floats:
    """Log-odds that add to failing a year."""
    f = section("progress")
    push: Floats = (
        -f["ability"] * people.ability[rows]
        - f["engagement"] * people.engagement[rows]
        + f["strain"] * people.strain[rows]
        + f["unauthorised"] * np.log1p(half_days_b)
    )
    return push


def push_of_state(people: People, rows: Ints) -> Floats:
    """How much the hidden state weighs in failing a year."""
    weight: Floats = np.array(section("progress")["weight_of_state"])[people.level[rows]]
    return weight


def chance_not_passed(people: People, rows: Ints, half_days_b: Floats, push: Floats) -> Floats:
    """Chance of an attest C, of staying in the class year or in kindergarten."""
    f = section("progress")
    level, grade, form = people.level[rows], people.grade[rows], people.form[rows]
    by_grade = np.array([log_odds(share) for share in f["repeat_primary"]])
    by_form = np.array([log_odds(f["not_passed"].get(name, 1e-9)) for name in FORMS])
    base = np.where(level == PRIMARY, by_grade[np.clip(grade, 1, 6) - 1], by_form[form])
    base = np.where(level == KINDERGARTEN, log_odds(f["prolonged_kindergarten"]), base)
    return chance(base + push + push_of_state(people, rows) * _push(people, rows, half_days_b))


def _attests(people: People, rows: Ints, end: YearEnd, rng: np.random.Generator) -> None:
    f = section("progress")
    level, grade, form = people.level[rows], people.grade[rows], people.form[rows]
    by_form = np.array([log_odds(f["restricted"].get(name, 1e-9)) for name in FORMS])
    restricted = chance(by_form[form] - 0.6 * people.ability[rows] - 0.3 * people.engagement[rows])
    draw = rng.random(len(rows))
    attested = ((level == PRIMARY) & (people.special[rows] < 0)) | ((level == SECONDARY) & (form <= BSO))
    in_between = (level == SECONDARY) & (grade < 5) & (draw < end.chance_not_passed + restricted)
    end.attest = np.where(in_between, RESTRICTED, PASSED)
    end.attest[draw < end.chance_not_passed] = NOT_PASSED
    end.attest[~attested] = UNDECIDED
    last_kindergarten = (level == KINDERGARTEN) & (grade == 3)
    end.attest[last_kindergarten & (draw < end.chance_not_passed)] = NOT_PASSED


def odds_leaving(people: People, rows: Ints, half_days_b: Floats, school_year: int) -> Floats:
    """Log-odds of leaving without a qualification this year, of a pupil in full-time school who may leave."""
    f = section("leaving")
    form, delay = people.form[rows], delay_years(people, rows, school_year)
    by_form = np.array([0.0, f["aso"], f["tso"], f["kso"], f["bso"], f["bso"], 0.0, 0.0])
    recent = school_year - 1
    odds: Floats = (
        f["base"] + f["year"].get(school_year, f["year_otherwise"]) + by_form[form]
        + f["excluded"] * (people.excluded_in[rows] >= recent) + f["moved"] * (people.moved_in[rows] >= recent)
        + f["delay_1"] * (delay == 1) + f["delay_2"] * (delay >= 2)
        + f["unauthorised_5"] * (half_days_b >= 5) + (f["unauthorised_30"] - f["unauthorised_5"]) * (half_days_b >= 30)
        + f["boy"] * people.is_boy[rows] + np.array(f["mother"])[people.mother_education[rows]]
        + f["home_language"] * people.home_language_not_dutch[rows]
        - f["engagement"] * people.engagement[rows] + f["strain"] * people.strain[rows]
    )  # fmt: skip
    return odds


def chance_leaving(people: People, rows: Ints, half_days_b: Floats, school_year: int) -> Floats:
    """Chance that a pupil who may leave does so this year without a qualification."""
    f, form = section("leaving"), people.form[rows]
    unqualified = chance(odds_leaving(people, rows, half_days_b, school_year))
    failing = chance(log_odds(1 - f["dbso_qualified"]) - 0.4 * people.engagement[rows])
    unqualified = np.where(form == DBSO, f["dbso_leaves"] * failing, unqualified)
    unqualified = np.where(
        form == BUSO, f["buso_leaves"] * (people.special[rows] >= OV3) * (1 - f["buso_qualified"]), unqualified
    )
    unqualified = np.where(may_leave(people, rows, school_year), unqualified, 0.0)
    too_old = (people.level[rows] == SECONDARY) & (people.age_in(school_year)[rows] >= 22)
    qualified_before = (form == BSO) & (people.grade[rows] == 7)
    out_of_scope = qualified_before | (form == OKAN) | ((form == BUSO) & (people.special[rows] < OV3))
    return np.where(out_of_scope, 0.0, np.where(too_old, 1.0, unqualified))


def may_leave(people: People, rows: Ints, school_year: int) -> Bools:
    """Compulsory education ends on 30 June of the calendar year of the eighteenth birthday."""
    allowed: Bools = (people.level[rows] == SECONDARY) & (people.birth_year[rows] + 18 <= school_year + 1)
    return allowed


def _leaving(people: People, rows: Ints, end: YearEnd, school_year: int, rng: np.random.Generator) -> None:
    form, grade = people.form[rows], people.grade[rows]
    leaving = rng.random(len(rows)) < end.chance_unqualified
    secondary = people.level[rows] == SECONDARY
    qualified_before = (form == BSO) & (grade == 7)
    end.leaves_unqualified = secondary & leaving
    passed = secondary & (end.attest == PASSED) & ~end.leaves_unqualified
    diploma = passed & (((grade == 6) & (form <= KSO)) | qualified_before)
    certificate = passed & (form == BSO) & (grade == 6)
    end.qualification[diploma] = DIPLOMA
    end.qualification[certificate] = CERTIFICATE_BSO
    stops = certificate & (rng.random(len(rows)) >= section("progress")["year_seven"])
    _special(people, rows, end, school_year, rng)
    end.qualification[end.leaves_unqualified] = UNQUALIFIED
    end.leaves |= diploma | stops | end.leaves_unqualified | qualified_before
    adapted = end.leaves_unqualified & (people.support[rows] == ADAPTED)
    end.qualification[adapted], end.attest[adapted] = -1, UNDECIDED
    end.leaves_unqualified &= ~adapted


def _special(people: People, rows: Ints, end: YearEnd, school_year: int, rng: np.random.Generator) -> None:
    """Leaving part-time and special secondary school with their own certificate, or out of scope (OV1, OV2)."""
    f = section("leaving")
    free = may_leave(people, rows, school_year) & ~end.leaves_unqualified
    draw = rng.random(len(rows))
    qualified = free & (people.form[rows] == DBSO) & (draw < f["dbso_leaves"] * f["dbso_qualified"])
    end.qualification[qualified] = CERTIFICATE_DBSO
    of_special = free & (people.form[rows] == BUSO)
    stops = of_special & (draw < f["buso_leaves"])
    in_scope = stops & (people.special[rows] >= OV3) & (draw < f["buso_leaves"] * f["buso_qualified"])
    end.qualification[in_scope] = np.where(people.special[rows[in_scope]] == OV4, DIPLOMA, CERTIFICATE_OV3)
    too_old = (people.age_in(school_year)[rows] >= 22) & (people.level[rows] == SECONDARY)
    end.leaves |= qualified | in_scope | (stops & (people.special[rows] < OV3)) | too_old


def move_on(people: People, rows: Ints, end: YearEnd, half_days_b: Floats, year: int, rng: np.random.Generator) -> None:
    """Put everybody where the next school year finds them."""
    stays = ~end.leaves
    people.level[rows[end.leaves]] = GONE
    level = people.level[rows]
    _from_kindergarten(people, rows, stays & (level == KINDERGARTEN), end, year, rng)
    _from_primary(people, rows, stays & (level == PRIMARY), end, rng)
    _in_secondary(people, rows, stays & (level == SECONDARY), end, half_days_b, year, rng)


def _from_kindergarten(
    people: People, rows: Ints, here: Bools, end: YearEnd, year: int, rng: np.random.Generator
) -> None:
    now, prolonged = rows[here], end.attest[here] == NOT_PASSED
    age = people.age_in(year)[now]
    early = (age == 4) & (rng.random(len(now)) < section("progress")["early_primary"]) & (people.ability[now] > 0)
    starts = early | ((age >= 5) & (~prolonged | (age >= 6)))
    people.grade[now] = np.where(starts, 1, np.clip(age - 1, 1, 3))
    people.level[now[starts]] = PRIMARY


def _from_primary(people: People, rows: Ints, here: Bools, end: YearEnd, rng: np.random.Generator) -> None:
    up = rows[here & (end.attest != NOT_PASSED)]
    last = people.grade[up] == 6
    people.grade[up[~last]] += 1
    _to_special(people, up[~last], rng)
    out = up[last]
    to_first_stage(people, out)
    f = section("special")
    odds = log_odds(f["to_secondary"]) - f["ability"] * people.ability[out] - f["correction"]
    odds = np.where(people.special[out] >= 0, f["stays_special"], odds)
    special = rng.random(len(out)) < chance(odds)
    people.form[out[special]] = BUSO
    forms = np.array(f["secondary_forms"])
    people.special[out] = np.where(special, OV1 + rng.choice(len(forms), len(out), p=forms / forms.sum()), NONE)


def _to_special(people: People, rows: Ints, rng: np.random.Generator) -> None:
    """From a mainstream to a special primary school, by need; the kind by chance."""
    f = section("special")
    odds = log_odds(f["to_primary"]) - f["ability"] * people.ability[rows] + f["boy"] * (people.is_boy[rows] - 0.5)
    odds = odds - f["correction"] - f["later"] * (people.grade[rows] - 2)
    goes = (people.special[rows] < 0) & (rng.random(len(rows)) < chance(odds))
    types = np.array(list(f["primary_types"].values()))
    numbers = np.array([SPECIAL_TYPES.index(name) for name in f["primary_types"]])
    people.special[rows[goes]] = rng.choice(numbers, int(goes.sum()), p=types / types.sum())
    people.support[rows[goes]] = NONE


def _in_secondary(
    people: People, rows: Ints, here: Bools, end: YearEnd, half_days_b: Floats, year: int, rng: np.random.Generator
) -> None:
    now, attest, absent = rows[here], end.attest[here], half_days_b[here]
    form = people.form[now]
    part_time = (form <= BSO) & (people.age_in(year)[now] >= 15)
    part_time &= rng.random(len(now)) < _chance_part_time(people, now, absent, year)
    part_time &= ~((form == BSO) & (people.grade[now] >= 6))
    up = (attest == PASSED) | (attest == RESTRICTED)
    _next_form(people, now[up & ~part_time], attest[up & ~part_time], year, rng)
    _from_reception(people, now[form == OKAN], year, rng)
    people.form[now[part_time]] = DBSO
    people.is_dual[now[part_time]] = False


def _chance_part_time(people: People, rows: Ints, half_days_b: Floats, year: int) -> Floats:
    f = section("progress")["part_time"]
    odds = f["base"] + f["age_16"] * (people.age_in(year)[rows] >= 16) + f["bso"] * (people.form[rows] == BSO)
    odds = odds - f["engagement"] * people.engagement[rows] + f["strain"] * people.strain[rows]
    odds = odds + f["delay"] * np.clip(delay_years(people, rows, year), 0, 2)
    odds = odds + f["mother"] * people.mother_low_education[rows]
    return chance(odds + f["unauthorised"] * np.log1p(half_days_b))


def _next_form(people: People, rows: Ints, attest: Ints, year: int, rng: np.random.Generator) -> None:
    """One class year up; a choice of study form after year 2; one form down (waterval) after a B-attest."""
    grade, form = people.grade[rows], people.form[rows]
    chosen = _choose_form(people, rows, attest, year, rng)
    down = np.array([FIRST_STAGE, TSO, BSO, TSO, BSO, OKAN, DBSO, BUSO])[form]
    lower = np.where((attest == RESTRICTED) & (grade >= 3), down, form)
    people.form[rows] = np.where((grade == 2) & (form == FIRST_STAGE), chosen, lower)
    people.grade[rows] = np.minimum(grade + 1, 7)


def _choose_form(people: People, rows: Ints, attest: Ints, year: int, rng: np.random.Generator) -> Ints:
    f, t = section("progress"), section("progress")["track"]
    score = (
        t["ability"] * people.ability[rows]
        + t["engagement"] * people.engagement[rows]
        + t["mother"] * (people.mother_low_education[rows] - 0.22)
        + t["home_language"] * (people.home_language_not_dutch[rows] - 0.22)
        + t["delay"] * (np.clip(delay_years(people, rows, year), 0, 2) - 0.15)
        - 0.8 * ((attest == RESTRICTED) - 0.06)
        + t["noise"] * rng.normal(0.0, 1.0, len(rows))
    )
    cuts = section("progress")["track_cuts"]
    lower = score + t["mother_lower"] * (people.mother_low_education[rows] - 0.22)
    chosen = np.where(score > cuts["aso"], ASO, np.where(lower > cuts["tso"], TSO, BSO))
    return np.where(rng.random(len(rows)) < f["kso_share"], KSO, chosen)


def _from_reception(people: People, rows: Ints, year: int, rng: np.random.Generator) -> None:
    """After a reception year: the first stage for the young, vocational or technical years for the older."""
    age = people.age_in(year + 1)[rows]
    draw = rng.random(len(rows))
    people.form[rows] = np.where(age <= 14, FIRST_STAGE, np.where(draw < 0.6, BSO, np.where(draw < 0.9, TSO, ASO)))
    people.grade[rows] = np.clip(age - 12, 1, 2) * (age <= 14) + np.clip(age - 13, 3, 4) * (age > 14)

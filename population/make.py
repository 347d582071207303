"""From arguments to a delivery folder: the order in which the parts are called.

Belongs here: the story of one run. Not here: how any part works.
"""

import datetime as dt
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from population import tables
from population.absences import Absences, Habits, absences_of, build_habits
from population.chances import Counted, days_asked
from population.checks import check_arguments, check_folders, check_room, check_until, make_folders
from population.common import Ints, Streams
from population.delivering import PLAIN, Wishes, check_wishes, deliver_as, ledger_path
from population.early import chances_in_kindergarten
from population.enrolling import Enrolments
from population.futures import World
from population.lives import SchoolYear, live
from population.moments import chances_in_june
from population.parallel import in_order
from population.partners import Partners, build_partners
from population.people import People, build_people
from population.places import Places, build_places
from population.school_calendar import Timetable, build_timetable
from population.settings import section
from population.within_the_year import chances_within_the_year
from population.write import Delivery


@dataclass(frozen=True)
class PopulationSummary:
    """What was made: rows of each table, lines of each kind of file, first and last school year, and the ledger of faults."""

    out: Path
    first_school_year: int
    last_school_year: int
    rows: dict[str, int]
    lines: dict[str, int]
    ledger: Path | None = None


def write_population(
    *,
    pupils: int,
    school_years: int,
    seed: int,
    out: Path,
    last_school_year: int = 2024,
    truth: Path | None = None,
    known_until: dt.date | None = None,
    form: str = "csv",
    wishes: Wishes = PLAIN,
    threads: int | None = None,
    chances: bool = True,
) -> PopulationSummary:
    """Write a delivery; the same arguments give the same bytes, on any number of threads.

    Parameters
    ----------
    pupils : pupils who are enrolled at a time
    school_years : whole school years, up to and including `last_school_year` (2024 is 2024-25)
    out : new or empty folder for the CSV files
    known_until : last day of the delivery; what becomes known later is not in it. Default: 15 July after the last school year
    form : `csv`, which can be delivered, or `parquet`, for measuring what comes after intake
    wishes : the form of another source system, faults, a folder a month; for `csv` only. Default: the `aanboord` form, in one folder
    threads : how many work at a time; default: as many as the machine has cores
    truth : new or empty folder outside `out` for the truth; none is written without it
    chances : whether the truth has the true chances, which take most of the time

    Raises
    ------
    PopulationError
        Where an argument is impossible or a folder cannot be used; nothing is written then.
    """
    threads = (os.cpu_count() or 1) if threads is None else threads
    years = (last_school_year - school_years + 1, last_school_year)
    check_arguments(pupils, school_years, seed, last_school_year, threads)
    until = known_until or dt.date(last_school_year + 1, 7, 15)
    check_until(until, years[0])
    check_wishes(wishes, form, pupils, school_years, out)
    check_folders(out, truth)
    check_room(out, pupils, school_years, [form] if wishes.is_plain else ["parquet", form])
    make_folders(truth, out)
    streams = Streams(seed)
    world = _World.build(pupils, *years, streams, threads)
    world.chances = chances and truth is not None
    if wishes.is_plain:
        rows = world.deliver(Delivery(out, truth, until, form), *years)
        return PopulationSummary(out, *years, rows, rows)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as spool:
        rows = world.deliver(Delivery(Path(spool), truth, until, "parquet"), *years)
        lines = deliver_as(wishes, Path(spool), out, years, until, streams)
    return PopulationSummary(out, *years, rows, lines, ledger_path(out) if wishes.faults else None)


@dataclass
class _World:
    places: Places
    people: People
    habits: Habits
    streams: Streams
    burnt_from: int
    threads: int
    pupils: int
    helping: Partners
    enrolled: int = 0
    chances: bool = False

    @classmethod
    def build(cls, pupils: int, first_year: int, last_year: int, streams: Streams, threads: int) -> "_World":
        burnt_from = first_year - section("structure")["burn_in_years"]
        places = build_places(pupils, streams)
        people = build_people(pupils, burnt_from, last_year, places, streams)
        habits = build_habits(places, streams.at("habits"))
        return cls(places, people, habits, streams, burnt_from, threads, pupils, build_partners(places, streams))

    def deliver(self, delivery: Delivery, first_year: int, last_year: int) -> dict[str, int]:
        """Live all years and deliver those asked for; returns the rows of each table."""
        with delivery:
            self._deliver(delivery, first_year, last_year)
        return delivery.rows

    def _deliver(self, delivery: Delivery, first_year: int, last_year: int) -> None:
        seen = _Seen(len(self.people))
        delivery.add("schools", tables.schools(self.places))
        delivery.add("clb_areas", tables.clb_areas(self.places))
        delivery.add("partners", tables.partners(self.helping, self.places))
        rng = self.streams.at("tables", last_year)
        delivery.add("municipalities", tables.municipalities(self.places, self.pupils, last_year, rng))
        remember_from = first_year if self.chances else None
        for lived in live(self.people, self.places, self.burnt_from, last_year, self.streams, remember_from):
            if lived.calendar.school_year >= first_year:
                self._deliver_year(delivery, lived)
                seen.note(lived.enrolments)
        who = np.flatnonzero(seen.first_start >= 0)
        in_care = (self.people.childcare_start[who] >= 0) & (self.people.birth_year[who] + 2 >= first_year)
        known = np.where(in_care, self.people.childcare_start[who] + tables.CHILDCARE_KNOWN_DAYS, seen.first_start[who])
        delivery.add("pupils", tables.pupils(who, known, self.people, self.places))
        delivery.add_truth("persons", tables.hidden_persons(who, self.people))
        delivery.add("childcare", tables.childcare(who[in_care], seen.first_start[who[in_care]], self.people))
        delivery.add("identities", tables.identities(who, seen.first_start[who], seen.last_school[who], self.streams))

    def _deliver_year(self, delivery: Delivery, lived: SchoolYear) -> None:
        year, rows, places = lived.calendar.school_year, lived.enrolments, self.places
        rng = self.streams.at("calendar", year)
        timetable = build_timetable(lived.calendar, places, rng)
        delivery.add("school_days", tables.school_days(places, lived.calendar, timetable))
        delivery.add("enrolments", tables.enrolments(rows, self.enrolled + 1, year, self.people, places, rng))
        self.enrolled += len(rows)
        delivery.add("socio_economic", tables.socio_economic(lived, self.people, places, rng))
        delivery.add("certificates", tables.certificates(lived, rng))
        delivery.add("qualifications", tables.qualifications(lived))
        self._deliver_help(delivery, lived)
        counted = self._deliver_absences(delivery, lived, timetable, days_asked(year) if self.chances else [])
        delivery.add_truth("states", tables.states(lived, self.people))
        delivery.add_truth("effects", tables.effects(lived, self.people))
        if self.chances:
            self._tell_chances(delivery, lived, timetable, counted)

    def _deliver_help(self, delivery: Delivery, lived: SchoolYear) -> None:
        """What schools and others did this year: sanctions, support, work contracts, transport, surveys, handovers."""
        people, places, year = self.people, self.places, lived.calendar.school_year
        rng = self.streams.at("tables", year, 1)
        if year >= section("happenings")["sanctions_kept_since"]:
            delivery.add("sanctions", tables.sanctions(lived, places, rng))
        delivery.add("support_measures", tables.support_measures(lived, people, places, self.helping, rng))
        delivery.add("dual_contracts", tables.dual_contracts(lived, rng))
        delivery.add("transport", tables.transport(lived, people, rng))
        pupils_at = np.bincount(lived.enrolments.school, minlength=len(places.school_ids))
        delivery.add("climate_surveys", tables.climate_surveys(places, lived.calendar, pupils_at, rng))
        if year >= section("handovers")["since"]:
            delivery.add("handovers", tables.handovers(lived, people, places, self.helping, rng))

    def _tell_chances(self, delivery: Delivery, lived: SchoolYear, timetable: Timetable, counted: Counted) -> None:
        """The true chances of the year's moments."""
        world = World(self.places, self.habits, self.streams)
        in_year, in_june = chances_within_the_year(world, lived, counted), chances_in_june(world, self.people, lived)
        work = (*in_june, *in_year, *chances_in_kindergarten(world, lived, timetable, counted))
        for asked in in_order(work, self.threads):
            for true in asked:
                delivery.add_truth("chances", tables.chances(true))
                delivery.add_truth("reasons", tables.why(true))

    def _deliver_absences(
        self, delivery: Delivery, lived: SchoolYear, timetable: Timetable, count_on: list[int]
    ) -> Counted:
        """Blocks are made on several threads and written in order; counts before each of the days, by enrolment."""
        rows, calendar, places = lived.enrolments, lived.calendar, self.places
        counted: Counted = {on: np.zeros((3, len(rows)), np.int64) for on in count_on}

        def ready(block: Callable[[], Absences]) -> pa.Table:
            made = block()
            for on, count in counted.items():  # each block has enrolments of its own
                for line, early in zip(count[:2], made.before(calendar, on), strict=True):
                    np.add.at(line, early, 1)
                row, half_days = made.running(calendar, timetable, rows.school, on)
                count[2][row] = half_days
            return delivery.ready("absences", tables.absences(made, rows, calendar, places))

        blocks = absences_of(rows, lived.happenings, self.people, timetable, calendar, self.habits, self.streams)
        for table in in_order((partial(ready, block) for block in blocks), self.threads):
            delivery.write("absences", table)
        return counted


class _Seen:
    """First day and last school of everybody who was delivered; -1 for who was not."""

    def __init__(self, people: int) -> None:
        self.first_start: Ints = np.full(people, -1, dtype=np.int64)
        self.last_school: Ints = np.full(people, -1, dtype=np.int64)

    def note(self, rows: Enrolments) -> None:
        new = self.first_start[rows.pupil] < 0
        pupil, first = np.unique(rows.pupil[new], return_index=True)
        self.first_start[pupil] = rows.start[new][first]
        self.last_school[rows.pupil] = rows.school

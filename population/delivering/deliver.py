"""From the tables to the delivered files: faults first, then folders, then the form.

Belongs here: the order of the steps. Not here: any of them.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from population.checks import BYTES_A_PUPIL_YEAR, PopulationError
from population.common import Streams
from population.delivering.catalogue import Fault, Scene, at_work, check_faults
from population.delivering.discimus import MOST_NUMBERS, Discimus
from population.delivering.files import Files
from population.delivering.forms import Aanboord, Form
from population.delivering.ledger import ledger_path, write_ledger
from population.delivering.months import Months, Whole
from population.delivering.spool import pieces
from population.settings import section
from population.write import DELIVERED

FORMS: dict[str, type[Form]] = {"aanboord": Aanboord, "discimus": Discimus}
LEARNT = ("schools", "pupils", "identities")  # what files of other tables repeat


@dataclass(frozen=True)
class Wishes:
    """How a delivery is wished for: its form, faults by name, and whether there is one folder a month."""

    mapping: str = "aanboord"
    faults: Sequence[str] = ()
    monthly: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether the tables can be written as they are."""
        return self == PLAIN


PLAIN = Wishes()


def check_wishes(wishes: Wishes, form: str, pupils: int, school_years: int, out: Path) -> None:
    """Refuse wishes that do not exist or do not go together.

    Raises
    ------
    PopulationError
        Says which, and what is possible.
    """
    if wishes.mapping not in FORMS:
        raise PopulationError(f"There is no mapping {wishes.mapping}. Give one of: {', '.join(FORMS)}.")
    if form not in BYTES_A_PUPIL_YEAR:
        raise PopulationError(f"There is no format {form}. Give one of: {', '.join(BYTES_A_PUPIL_YEAR)}.")
    if form != "csv" and not wishes.is_plain:
        raise PopulationError(f"Faults, months and other forms are delivered as csv, not as {form}.")
    check_faults(wishes.faults, wishes.mapping, school_years)
    if wishes.faults and ledger_path(out).exists():
        raise PopulationError(
            f"The ledger {ledger_path(out)} of another delivery is there: move it, or choose another folder."
        )
    people = pupils * (
        1 + (school_years + section("structure")["burn_in_years"]) / section("structure")["years_in_school"]
    )
    if wishes.mapping == "discimus" and people > MOST_NUMBERS:
        most = int(MOST_NUMBERS / people * pupils)
        raise PopulationError(
            f"{pupils} pupils need more made-up INSZ than there are that nobody has: give at most {most} with --mapping discimus."
        )


def deliver_as(
    wishes: Wishes, spool: Path, out: Path, years: tuple[int, int], known_until: dt.date, streams: Streams
) -> dict[str, int]:
    """Write what a source with those wishes would deliver.

    Parameters
    ----------
    wishes : form, faults, months
    spool : folder with the contract's tables as Parquet
    out : folder of the delivery, or of a folder a month
    years : first and last school year
    known_until : day of the (last) delivery
    streams : of random numbers, for faults

    Returns
    -------
    Lines of each kind of file.
    """
    form = FORMS[wishes.mapping]()
    folders = Months(spool, known_until) if wishes.monthly else Whole()
    scene = Scene(spool, *years, known_until, form, folders.folders[-1])
    work = _Work(scene, folders, at_work(wishes.faults, scene, streams), Files(out, form.delimiter))
    work.write()
    if wishes.faults:
        write_ledger(out, work.faults)
    return work.files.rows


@dataclass(frozen=True)
class _Work:
    scene: Scene
    folders: Months | Whole
    faults: Sequence[Fault]
    files: Files

    def write(self) -> None:
        """All tables, then what the form knows at the end, then what spoils whole files."""
        learnt = {name: pa.concat_tables(self._faulty(name)) for name in LEARNT}
        for name, rows in learnt.items():
            self.scene.form.learn(name, rows)
        for name in DELIVERED:
            for rows in [learnt[name]] if name in learnt else self._faulty(name):
                self._append(name, rows)
        for folder in self.folders.folders:
            for kind, rows in self.scene.form.closing():
                self.files.append(folder, kind, rows)
        for fault in self.faults:
            fault.spoil(self.files)

    def _faulty(self, name: str) -> Iterator[pa.Table]:
        for rows in pieces(self.scene.spool, name):
            for fault in self.faults:
                rows = fault.rows(name, rows)  # noqa: PLW2901
            yield rows

    def _append(self, name: str, rows: pa.Table) -> None:
        for folder, own in self.folders.of(name, rows):
            for kind, cells in self.scene.form.files(name, own):
                for fault in self.faults:
                    cells = fault.cells(folder, kind, cells)  # noqa: PLW2901
                self.files.append(folder, kind, cells)

"""The notebooks run: the tour on a publication, without showing a pupil, and what the synthetic population looks like."""

from pathlib import Path

import jupytext
import nbclient
import pytest

from warehouse.home import Home
from warehouse.publication import current

TOUR = Path(__file__).parents[1] / "notebooks" / "tour.py"
POPULATION = TOUR.with_name("synthetic_flanders.py")


def test_the_tour_runs_and_shows_no_pupil(small_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every cell ends well, there are plots, and no pseudonym is printed."""
    monkeypatch.setenv("AANBOORD_HOME", str(small_home.root))
    monkeypatch.setenv("PYTHONPATH", str(TOUR.parents[1]))
    notebook = jupytext.read(TOUR)
    nbclient.NotebookClient(notebook, timeout=180, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert sum("image/png" in output.get("data", {}) for output in outputs) >= 3
    with current(small_home).open() as db:
        pupils = [row[0] for row in db.execute("select pupil_id from pupils").fetchall()]
    told = str([output.get("data", {}).get("text/plain", output.get("text", "")) for output in outputs])
    assert pupils and not [pupil for pupil in pupils if pupil in told]


def test_the_notebook_of_the_population_runs_and_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a small one: absences per pupil, spells, days of the week, months, weeks, years, schools."""
    monkeypatch.setenv("AANBOORD_POPULATION_PUPILS", "1500")
    monkeypatch.setenv("PYTHONPATH", str(POPULATION.parents[1]))
    notebook, where = (
        jupytext.read(POPULATION),
        {"metadata": {"path": str(POPULATION.parent)}},
    )  # where a notebook page runs it
    nbclient.NotebookClient(notebook, timeout=180, kernel_name="python3", resources=where).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 7
    assert not [output for output in outputs if output.get("name") == "stderr"]

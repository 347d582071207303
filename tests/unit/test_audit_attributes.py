"""What the audit's attributes promise: what was known on the day, as text, and missing where it was not."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from features.audit_attributes import ATTRIBUTES, audit_attributes
from features.moments import moment
from population import write_population
from warehouse.connection import working_store
from warehouse.home import Home
from warehouse.landing import deliver

MOMENT = moment("secondary_to_onward")


@pytest.fixture(scope="module")
def attributes(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """A small population, run until its features."""
    from pipelines.in_process import materialise

    folder: Path = tmp_path_factory.mktemp("audit")
    home = Home(folder / "home").create()
    write_population(
        pupils=600,
        school_years=3,
        seed=3,
        out=folder / "delivery",
        last_school_year=2023,
        known_until=dt.date(2024, 2, 28),
    )
    deliver(home, folder / "delivery", "aanboord")
    refused, failed = materialise(
        home, as_of=None, stages=("land", "map", "validate", "features"), moment=MOMENT.name, on_step=lambda *_: None
    )
    assert (refused, failed) == ([], [])
    with working_store(home) as db:
        found = audit_attributes(db, MOMENT)
        january = audit_attributes(db, MOMENT, asked_in=(1, 2022))
        assert len(audit_attributes(db, MOMENT, asked_in=(2, 2022))) == 0 < len(january) < len(found)
        assert {str(day.date()) for day in january["prediction_date"]} == {"2023-01-31"}
        asked = db.execute("select count(*) from question.cohort where moment = ?", [MOMENT.name]).fetchall()[0][0]
    assert len(found) == asked > 100
    return found


def test_each_question_has_one_row_with_every_attribute(attributes: pd.DataFrame) -> None:
    assert list(attributes.columns) == ["pupil_id", "prediction_date", *ATTRIBUTES, "clb_id"]
    assert not attributes.duplicated(["pupil_id", "prediction_date"]).any()


def test_attributes_say_what_the_population_holds(attributes: pd.DataFrame) -> None:
    """Both sexes, both languages, OKI from 0 to 4, and pupils of 16 and over only: this moment asks nobody younger."""
    known = {name: set(attributes[name].dropna()) for name in ATTRIBUTES}
    assert known["sex"] == {"F", "M"} and known["home_language"] == {"Dutch", "not Dutch"}
    assert known["oki"] <= {"0", "1", "2", "3", "4"} and len(known["oki"]) >= 4
    assert known["municipality"] <= {"large", "medium", "small"} and len(known["municipality"]) > 1
    assert known["age_group"] <= {"16 and 17", "18 and over"}
    assert attributes["clb_id"].notna().any()

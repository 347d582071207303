"""The working store that benchmarks start from: what intake would have made of the same population."""

import pytest

from benchmarks.catalogue import Given
from benchmarks.store import core_store
from data_contracts import contracts
from data_contracts.versioned import stored_key
from population import write_population
from warehouse import staging
from warehouse.connection import working_store
from warehouse.home import Home
from warehouse.landing import deliver

TABLES = staging.in_order([table for table in contracts().values() if table.name != "identities"])


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    """The core tables by both ways, without their keys: those differ by the key that made them."""
    folder = tmp_path_factory.mktemp("stores")
    given = Given("S", folder / "data", folder / "work")
    given.data.mkdir()
    straight = core_store(given, 1)
    assert core_store(given, 1) == straight
    write_population(pupils=given.pupils, school_years=1, seed=1, out=folder / "delivery")
    landed = Home(folder / "home")
    delivery, _ = deliver(landed, folder / "delivery")
    with working_store(landed) as db:
        staging.start(db)
        for table in TABLES:
            staging.stage(db, table, [(delivery.id, delivery.parquet(landed, table.name))])
        staging.swap_in(db, TABLES)
    return straight, landed


def test_it_holds_the_rows_that_intake_makes(stores):
    found = []
    for home in stores:
        with working_store(home) as db:
            found.append({table.name: _rows(db, table) for table in TABLES})
    assert found[0] == found[1]
    assert len(found[0]["absences"]) > 30_000


def test_the_rows_are_in_the_order_in_which_intake_keeps_them(stores):
    for home in stores:
        with working_store(home) as db:
            for table in TABLES:
                keys = ", ".join(stored_key(table))
                rows = db.execute(f"select {keys} from stored.{table.name}").fetchall()
                assert rows == sorted(rows)


def _rows(db, table):
    columns = [f"length({c.name}) as {c.name}" if c.pseudonym else c.name for c in table.columns]
    return db.execute(f"select {', '.join(columns)}, superseded_date from core.{table.name} order by all").fetchall()

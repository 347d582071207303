"""An erasure that is killed, at every point: what is published stays whole, and the same erasure again leaves nothing."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from small_world import (
    ERASURE_POINTS,
    PUPILS,
    SYSTEM,
    Killed,
    night,
    ready_to_be_killed,
    take_out,
    write_news,
    write_system,
)

from warehouse import audit
from warehouse.child import kept_ready
from warehouse.erasure import erase
from warehouse.home import Home
from warehouse.pseudonym import pseudonym_key, pseudonyms
from warehouse.publication import current
from warehouse.traces import traces

GONE, STAYS = PUPILS[0], PUPILS[1]


@pytest.fixture(scope="module")
def killed() -> Iterator[Killed]:
    """What does something in a process that is killed at a point."""
    with kept_ready(), ready_to_be_killed() as found:
        yield found


@pytest.mark.parametrize("point", ERASURE_POINTS)
def test_an_erasure_that_is_killed_at_a_point(killed: Killed, tmp_path: Path, point: str) -> None:
    """Of somebody whom two deliveries tell of, with one that tells of another only."""
    home, mappings = Home(tmp_path / "home"), str(write_system(tmp_path / "mappings"))
    for day, told in enumerate(
        ({GONE: "2010-03-01", STAYS: "2010-03-05"}, {GONE: "2010-07-01"}, {STAYS: "2011-03-01"})
    ):
        night(home, str(write_news(tmp_path / f"night{day}", told, f"2019-10-0{day + 1}")), mappings)
    assert killed(take_out, home, point, GONE) == -9, "the point was never reached"
    assert current(home).problems() == [] and audit.problems(home) == []
    erase(home, [GONE])
    words = [GONE, *pseudonyms(pseudonym_key(home), SYSTEM, "pupil", [GONE])]
    assert [path for path, has_one in traces(home, words) if has_one] == [] and audit.problems(home) == []
    [left] = pq.read_table(current(home).tables["pupils"]).to_pylist()
    assert left["pupil_id"] == pseudonyms(pseudonym_key(home), SYSTEM, "pupil", [STAYS])[0]
    assert left["birth_date"] == dt.date(2011, 3, 1) and current(home).problems() == []

"""A home over a long life: deliver, correct, erase, publish, roll back and be killed, in any order: the other half of the lives.

`AANBOORD_LIVES` says how many lives are tried in all and `AANBOORD_STEPS` how long each is: 40 of 30 steps where they are not set, since a
hundred take about six minutes more of two processors. They are in two files so that two processes share them.
"""

from collections.abc import Iterator

import pytest
from hypothesis import seed
from long_life import SETTINGS, Life, lives


@pytest.fixture(scope="module", autouse=True)
def ready() -> Iterator[None]:
    """What the lives need."""
    with lives():
        yield


@seed(2)
class SecondHalf(Life):
    """Half of the lives, of their own."""


TestSecondHalf = SecondHalf.TestCase
TestSecondHalf.settings = SETTINGS

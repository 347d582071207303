"""A home over a long life: deliver, correct, erase, publish, roll back and be killed, in any order: the first half of the lives.

`AANBOORD_LIVES` says how many lives are tried in all (100 where it is not set) and `AANBOORD_STEPS` how long each is (30). They are in two
files so that two processes share them.
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


@seed(1)
class FirstHalf(Life):
    """Half of the lives, of their own."""


TestFirstHalf = FirstHalf.TestCase
TestFirstHalf.settings = SETTINGS

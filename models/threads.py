"""One thread an estimator.

Belongs here: the guard around scikit-learn's calls. Sums are then added in one order on every machine, so that the
same rows give the same bytes; and on a busy machine OpenMP's waiting threads made a fit of half a second take nine.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold OpenMP and BLAS to one thread, for the calling thread."""
    with _controller().limit(limits=1):
        yield


@cache
def _controller() -> Any:
    """The libraries that have threads, looked up once: that reads the memory map of the process."""
    import sklearn.ensemble  # noqa: F401  # loads the libraries that are looked for
    import sklearn.linear_model  # noqa: F401
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController()

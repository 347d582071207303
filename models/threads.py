"""One thread an estimator.

Belongs here: the guard around scikit-learn's calls. Sums are then added in one order on every machine, so that the
same rows give the same bytes; and on a busy machine OpenMP's waiting threads made a fit of half a second take nine.
"""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold OpenMP and BLAS to one thread, for the calling thread."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(limits=1):
        yield

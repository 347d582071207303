"""Several pieces of work at a time, with results in the order of the work.

Belongs here: threads and how far they may run ahead. Not here: any work; each piece draws from its own stream of random numbers, so
that the number of threads changes no byte.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def in_order(work: Iterable[Callable[[], T]], threads: int) -> Iterator[T]:
    """Do the pieces on so many threads; at most one result more than there are threads waits at a time.

    Examples
    --------
    >>> list(in_order([lambda: 1, lambda: 2, lambda: 3], threads=2))
    [1, 2, 3]
    """
    pieces = iter(work)
    with ThreadPoolExecutor(threads) as pool:
        ahead: deque[Future[T]] = deque(pool.submit(piece) for piece in islice(pieces, threads + 1))
        while ahead:
            result = ahead.popleft().result()
            for piece in islice(pieces, 1):
                ahead.append(pool.submit(piece))
            yield result

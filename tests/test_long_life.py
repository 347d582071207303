"""A home over a long life: deliver, correct, erase, publish, roll back and be killed, in any order: the first half (see `long_life`)."""

from long_life import half, ready

__all__ = ["ready"]

TestHalf = half(1)

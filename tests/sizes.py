"""How much of a sweep to run: a seeded sample in `make test`, all of it in `make test-all`."""

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
FULL = os.environ.get("COMMONHOUR_TEST_SIZE") == "full"


def size(sample: T, full: T) -> T:
    """Choose between the size of the sample and the full size."""
    return full if FULL else sample


def in_parts(seeds: Sequence[int], parts: int) -> list[Sequence[int]]:
    """Cut seeds into parts, so that workers can share them."""
    return [seeds[part::parts] for part in range(parts)]

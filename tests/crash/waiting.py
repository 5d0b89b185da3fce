"""Waiting for something to come true, with an end."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class TooLong(AssertionError):
    """Something did not come true in its time."""


def until(there: Callable[[], T | None], what: str, seconds: float = 30.0) -> T:
    """Wait until this is true, and return it. Raises TooLong."""
    end = time.monotonic() + seconds
    while True:
        if found := there():
            return found
        if time.monotonic() > end:
            raise TooLong(f"in {seconds:g} seconds there was never {what}")
        time.sleep(0.01)

"""The names of our processes, as `ps -o comm` and `top` show them."""

import ctypes
import sys

_SET_NAME = 15  # PR_SET_NAME of prctl(2)
_MOST = 15  # letters


def call(name: str) -> None:
    """Call this process so, where that can be done."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_NAME, f"ch-{name}"[:_MOST].encode())

"""How deep lists and tables stand in one another: what is read is not trusted to end."""

from collections.abc import Iterator
from typing import Any

MOST = 50  # of anything we are sent; a problem needs six


def levels(value: Any) -> Iterator[list[Any]]:
    """What stands at each depth, outermost first. It does not recurse, so that nothing is too deep.

    Whoever stops asking pays for no more than was asked.
    """
    level = [value]
    while level:
        yield level
        below: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                below += each.keys()
                below += each.values()
            elif isinstance(each, list):
                below += each
        level = below


def too_deep(value: Any) -> bool:
    """Whether anything stands in more lists and tables than we take."""
    return any(depth > MOST for depth, _ in enumerate(levels(value)))

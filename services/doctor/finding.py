"""One line of what was found."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a part is: well, well enough for now, not there yet, or not working."""

    OK = "ok"
    WEAK = "weak"
    MISSING = "missing"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Finding:
    """How one part is, and what to do unless it is well. Never holds a secret."""

    part: str
    state: State
    what: str
    remedy: str = ""


def ok(part: str, what: str) -> Finding:
    """All is well."""
    return Finding(part, State.OK, what)


def weak(part: str, what: str, remedy: str) -> Finding:
    """It works, and could be safer."""
    return Finding(part, State.WEAK, what, remedy)


def missing(part: str, what: str, remedy: str) -> Finding:
    """It is not there, and may not have to be."""
    return Finding(part, State.MISSING, what, remedy)


def failing(part: str, what: str, remedy: str) -> Finding:
    """It does not work."""
    return Finding(part, State.FAILING, what, remedy)

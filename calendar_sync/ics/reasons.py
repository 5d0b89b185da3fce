"""Why a calendar cannot be read, as numbers: all that leaves the parser besides times."""

from enum import IntEnum, auto


class Reason(IntEnum):
    """A closed list, so that no word of a calendar can travel in an answer."""

    EMPTY = auto()
    NOT_A_CALENDAR = auto()
    WEB_PAGE = auto()
    CUT_SHORT = auto()
    DAMAGED = auto()
    BAD_DATE = auto()
    BAD_RULE = auto()
    CONTRADICTION = auto()
    NO_START = auto()
    UNKNOWN_ZONE = auto()
    BAD_ZONE = auto()
    TOO_MANY = auto()
    TOO_MUCH_WORK = auto()
    TOO_MUCH_MEMORY = auto()
    BROKEN = auto()


class Refused(Exception):
    """A calendar, or a part without which the rest would mislead, cannot be read."""

    def __init__(self, reason: Reason, line: int = 0) -> None:
        super().__init__(reason.name, line)
        self.reason = reason
        self.line = line  # counted from 1; 0 where no single line is to blame

"""What the page calls the states of members and dates, and how it explains them."""

from typing import NamedTuple

from scheduler.model.answer import Outcome, Status
from scheduler.model.problem import State


class Mark(NamedTuple):
    """A symbol of the page: `key` names its drawing and its colour."""

    key: str
    word: str
    meaning: str


# Best first, as a reader looks for them.
STATES = {
    State.FREE: Mark("free", "free", "nothing in the calendar"),
    State.PROTECTABLE: Mark(
        "protectable", "protectable", "clinical time that can still be asked for"
    ),
    State.TENTATIVE: Mark("tentative", "tentative", "only tentative entries"),
    State.BUSY: Mark("busy", "busy", "busy or away"),
    State.OFF_HOURS: Mark("off_hours", "off hours", "outside the hours this person gave"),
    State.UNKNOWN: Mark("unknown", "unknown", "no calendar says; never counted as free"),
}
OUTCOMES = {
    Outcome.KEPT: Mark("kept", "kept", "holds as the pattern says"),
    Outcome.MOVED: Mark("moved", "moved", "holds on another day or at another hour"),
    Outcome.SHORT: Mark("short", "short", "too few, or somebody required, cannot come"),
    Outcome.SKIPPED: Mark("skipped", "skipped", "not held: the group does not meet that day"),
}
STATUSES = {
    Status.ROUTINE: Mark("routine", "routine", "in time for the full notice"),
    Status.APPROVER: Mark("approver", "approver", "past the full notice; somebody may approve it"),
    Status.LATE: Mark("late", "late", "past the full notice, and nobody is named who approves"),
}

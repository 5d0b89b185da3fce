"""What mails say that somebody answers, where no mail server of ours vouches for them.

It counts for nothing. Whoever is said to have written it is asked on their page whether it is so.
"""

from uuid import UUID

from calendar_sync.provider import Answer
from services.storage.rows.series import AttendeeRow


def ask(attendee: AttendeeRow, meeting_id: UUID | None, said: Answer) -> None:
    """Ask somebody whether they mean this of a date, or (None) of all of them."""
    attendee.hints = {**attendee.hints, _key(meeting_id): said.value}


def of(attendee: AttendeeRow, meeting_id: UUID | None) -> Answer | None:
    """What they are to be asked about; None: nothing."""
    said = attendee.hints.get(_key(meeting_id))
    return None if said is None else Answer(said)


def answered(attendee: AttendeeRow, meeting_id: UUID | None) -> None:
    """Ask no more about a date, or (None) about any of them."""
    left = {} if meeting_id is None else dict(attendee.hints)
    left.pop(_key(meeting_id), None)
    if left != attendee.hints:
        attendee.hints = left


def _key(meeting_id: UUID | None) -> str:
    return "" if meeting_id is None else meeting_id.hex

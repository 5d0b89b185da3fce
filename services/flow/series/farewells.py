"""Telling by mail whoever is forgotten that their dates to come are cancelled.

They are gone at once: nobody sees them, and nothing is kept but where that letter goes, sealed. It
goes too when the letter has left or is refused, and in any case after half a day.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.facts import LettersDue
from services.flow.series import invited, share
from services.flow.series.planned import Tellings, Wanted, wanted
from services.keys import Unsealable
from services.storage import farewells, tellings
from services.storage.erasing import erase
from services.storage.rows.series import AttendeeRow, MeetingRow, Organiser, SeriesRow
from services.storage.work import Work

PATIENCE = timedelta(hours=12)  # for which a mail server may be away
_TO = "to"  # among the hints of an attendee, of whom there are no others any more

Seal = Callable[[str, UUID], bytes]
Opened = Callable[[bytes, UUID], str]


def begin(  # noqa: PLR0913, PLR0917 -- who is told of what, and where
    work: Work,
    row: SeriesRow,
    attendee: AttendeeRow,
    meetings: Sequence[MeetingRow],
    email: str,
    seal: Seal,
) -> bool:
    """Have somebody told who is about to be deleted; False: there is nothing to tell them by mail.

    They stay without a name, as somebody of whom nobody else hears.
    """
    rows = {each.event_id: each for each in tellings.of_attendee(work, attendee.id)}
    told = any(each.told or each.pending for each in rows.values())
    if row.organiser is not Organiser.MAILBOX or not told:
        return False
    if invited.still([attendee], meetings, work.now):
        coming = invited.to_come(meetings, work.now)
        share.let_go(attendee, min(coming, key=share.start), meetings)
    elif not _waits(work, attendee, rows):
        return False
    attendee.person_id, attendee.member_id = farewells.nobody(work), None
    attendee.name, attendee.created_at = "", work.now
    attendee.hints = {_TO: seal(email, attendee.id).decode()}
    farewells.drop_replies(work, attendee.id)
    work.session.flush()
    work.record(LettersDue(attendee.id, row.revision + 1))
    return True


def addressed(work: Work, found: Wanted, opened: Opened | None) -> Wanted:
    """Return what somebody is to know with where it goes, if only we know that any more."""
    attendee = found.attendee
    sealed = attendee.hints.get(_TO)
    if sealed is None or opened is None:
        return found
    try:
        email = opened(sealed.encode(), attendee.id)
    except Unsealable:
        return found
    if work.now > attendee.created_at + PATIENCE:
        end(work, attendee)
        return found
    return replace(found, guest=replace(found.guest, email=email))


def end(work: Work, attendee: AttendeeRow) -> None:
    """Forget where it went, if they know all now, or never will."""
    if _TO in attendee.hints:
        farewells.drop(work, attendee.id)
        erase(work)


def _waits(work: Work, attendee: AttendeeRow, rows: Tellings) -> bool:
    """Whether somebody who left before has not heard yet that they did."""
    found = wanted(work, attendee.id)
    objects = () if found is None else found.objects
    return any(not each.is_told(rows.get(each.event_id)) for each in objects)

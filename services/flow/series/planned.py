"""What an attendee is to know of a series by mail."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from notifications.itip.news import Reader
from notifications.itip.people import Answer
from notifications.itip.pieces import told_apart
from scheduler.model.series import Occurrence
from services.flow.series import clocks
from services.flow.series import said as saying
from services.flow.series.kept import from_kept
from services.flow.series.part import Part
from services.flow.series.said import Guest, Said
from services.storage import people, tellings
from services.storage import series as stored
from services.storage.rows.series import AttendeeRow, EventRow, SeriesRow, TellingRow
from services.storage.work import Work

Tellings = Mapping[UUID, TellingRow]  # what somebody was told, by the object

_US = "Common Hour"  # who invites, where they are gone


@dataclass(frozen=True, slots=True)
class Known:
    """One object as an attendee is to know it."""

    event_id: UUID
    now: Said

    def is_told(self, row: TellingRow | None) -> bool:
        """Whether they know it so, and nobody asked that they are told once more."""
        told = _told(row)
        if told is None or row is None:
            return self.now.series is None
        if row.revision == 0:
            return False
        same = told.like(self.now) or self.now.series is None
        return same and not saying.changed(told, self.now, row.apart)

    def said(self, row: TellingRow, now: datetime) -> Said:
        """Return what is told of it, from this moment on."""
        told = saying.from_kept(row.told)
        anew = told is not None and (row.revision == 0 or not told.like(self.now))
        return replace(self.now, stamp=int(now.timestamp()), anew=anew)

    def letters(self, row: TellingRow | None, now: datetime) -> int:
        """How many letters tell what they do not know of it."""
        if self.is_told(row):
            return 0
        if row is None or row.told is None:
            first = sorted(told_apart(self.now.series)) if self.now.series else []
            return len(saying.changed(None, self.now, first))
        return len(saying.changed(_told(row), self.said(row, now), row.apart))


@dataclass(frozen=True, slots=True)
class Wanted:
    """All objects of a series as an attendee is to know them.

    zone     the attendee's own (IANA); "": none is known
    without  originals of the dates that are held without them
    """

    attendee: AttendeeRow
    guest: Guest
    objects: tuple[Known, ...]
    zone: str = ""
    without: tuple[int, ...] = ()

    def in_order(self, rows: Tellings) -> list[Known]:
        """The objects as they are told: a date comes into a new one before it leaves another."""
        return sorted(self.objects, key=lambda each: _told(rows.get(each.event_id)) is not None)

    def said(self, known: Known, rows: Tellings, now: datetime) -> Said:
        """Return what is told of an object from this moment on, with what goes for the others."""
        row = rows[known.event_id]
        told, said = _told(row), known.said(row, now)
        others = [(each, rows.get(each.event_id)) for each in self.objects if each is not known]
        reader = Reader(
            now=tuple(date for each in self.objects for date in _dates(each.now)),
            before=tuple(date for _, other in others for date in _dates(_told(other))),
            without=self.without,
            was=None if told is None else (told.title, told.place, told.text),
            zone=self.zone,
            following=sum(each.letters(other, now) for each, other in others),
        )
        return replace(said, reader=reader)


def wanted(work: Work, attendee_id: UUID) -> Wanted | None:
    """Look up what somebody is to know; None: they are gone."""
    found = tellings.invited(work, attendee_id)
    if found is None:
        return None
    attendee, person, row = found
    part = Part.of(attendee, stored.meetings(work, row.id))
    answer = Answer((tellings.answer(work, attendee_id) or Answer.WAITING).upper())
    organizer = row.organiser_id and people.by_id(work, row.organiser_id)
    name = organizer.name if organizer else _US
    events = stored.events(work, row.id)
    invites = attendee.person_id == row.organiser_id
    objects = tuple(
        Known(each.id, replace(_said(row, each, part, name, answer), invites=invites))
        for each in events
    )
    held = (date for each in events if each.wanted for date in from_kept(each.wanted).occurrences)
    without = tuple(each.original for each in held if not part.has(each.original))
    guest = Guest(attendee.id, attendee.link_id, attendee.name, person.email, part.only)
    return Wanted(attendee, guest, objects, clocks.own(work, attendee), without)


def _told(row: TellingRow | None) -> Said | None:
    return None if row is None else saying.from_kept(row.told)


def _dates(said: Said | None) -> tuple[Occurrence, ...]:
    return said.series.occurrences if said and said.series else ()


def _said(row: SeriesRow, event: EventRow, part: Part, organizer: str, answer: Answer) -> Said:
    series = None if event.wanted is None else part.told(from_kept(event.wanted))
    return Said(
        series,
        row.title,
        row.place,
        row.text,
        organizer,
        revision=row.revision,
        for_all=part.until is None,
        answer=answer,
    )

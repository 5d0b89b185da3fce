"""The calendars that a problem file names, read for the time its meetings can touch."""

from pathlib import Path

from calendar_sync.errors import Unreadable
from calendar_sync.ics.fetch import Network
from calendar_sync.ics.source import Source, read_all
from scheduler.errors import BadProblem
from scheduler.model.busy import BusyInterval, Kind
from scheduler.wallclock import days_since_epoch
from services.planning.document import ProblemDocument


def read_calendars(
    document: ProblemDocument, folder: Path, network: Network
) -> list[list[BusyInterval]]:
    """Read every calendar of every member; clinical ones hold time that can be protected."""
    span, sources, owners = span_of(document), [], []
    for index, member in enumerate(document.members):
        tz = member.timezone or document.timezone
        for places, clinical in ((member.calendars, False), (member.clinical, True)):
            for place in places or ():
                _there(place, folder, f"members[{index}] ({member.name})")
                sources.append(Source(_resolved(place, folder), span, tz))
                owners.append((index, clinical))
    events: list[list[BusyInterval]] = [[] for _ in document.members]
    try:
        found = read_all(sources, network=network)
    except Unreadable as error:
        index = owners[error.source][0]
        where = f"members[{index}] ({document.members[index].name})"
        raise BadProblem(f"{where}: {error.what}", remedy=error.remedy) from None
    for (index, clinical), intervals in zip(owners, found, strict=True):
        events[index] += (
            [each._replace(kind=Kind.PROTECTABLE) for each in intervals] if clinical else intervals
        )
    return events


def _there(place: str, folder: Path, member: str) -> None:
    if "://" not in place and not (folder / place).exists():
        raise BadProblem(
            f"{member}: there is no file {place}",
            remedy=f"calendars are looked for from the folder of the problem file, {folder}",
        )


def _resolved(place: str, folder: Path) -> str:
    return place if "://" in place else str(folder / place)


def span_of(document: ProblemDocument) -> tuple[int, int]:
    """UTC seconds around everything a meeting of the term can touch, whatever its zone."""
    meeting, day = document.meeting, 86_400
    first = days_since_epoch(document.term.start) * day - meeting.before * 60
    last = days_since_epoch(document.term.end) * day + (meeting.minutes + meeting.after) * 60
    return first - 2 * day, last + 3 * day

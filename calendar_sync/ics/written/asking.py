"""When to ask which clinic: a day in the calendar of whoever asks."""

from datetime import date, timedelta

from calendar_sync.ics.written.clock import Clock
from calendar_sync.ics.written.content import Component, component, day, text
from calendar_sync.ics.written.identity import notice_uid
from scheduler.model.answer import Notice, Status
from scheduler.model.problem import Problem
from scheduler.model.week import DAY_NAMES

# Not the machine's names of months: the file is the same everywhere.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def asking(problem: Problem, notice: Notice, clock: Clock) -> Component:
    """Write the whole-day VEVENT (RFC 5545 3.6.1) on which a notice is due; it takes no time."""
    member = problem.members[notice.member].name
    meeting = clock.wall(notice.start)
    summary = f"Ask for {member}'s clinic time on {_shown(meeting.date())}"
    about = f"The meeting is at {meeting:%H:%M} ({clock.name}). {_how(notice)}"
    lines = [
        f"UID:{notice_uid(problem, member, meeting.date().isoformat())}",
        f"DTSTAMP:{day(problem.planning_date)}T000000Z",
        f"DTSTART;VALUE=DATE:{day(notice.ask_by)}",
        f"DTEND;VALUE=DATE:{day(notice.ask_by + timedelta(days=1))}",
        f"SUMMARY:{text(summary)}",
        f"DESCRIPTION:{text(about)}",
        "SEQUENCE:0",
        "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT",
    ]
    return component("VEVENT", lines)


def _how(notice: Notice) -> str:
    match notice.status:
        case Status.ROUTINE:
            return "Asked for by this day, it is routine."
        case Status.APPROVER:
            return f"This day is before the plan was made: {notice.approver} has to approve."
        case Status.LATE:
            return "This day is before the plan was made: ask at once."


def _shown(on: date) -> str:
    weekday = DAY_NAMES[on.weekday()].capitalize()
    return f"{weekday} {on.day} {_MONTHS[on.month - 1]} {on.year}"

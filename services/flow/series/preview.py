"""What committing a draft will do, before anything is done."""

from collections.abc import Sequence
from datetime import datetime
from math import ceil

from notifications.itip.changes import changes
from notifications.itip.pieces import told_apart
from scheduler.model.answer import Outcome, PlannedDate, Proposal
from scheduler.model.series import Series
from services.flow import persons
from services.flow.series import arranging, coming, doubts, drafts, invited, organising
from services.flow.series.arranging import moment
from services.flow.series.coming import Coming
from services.flow.series.doubts import MAILS_A_MINUTE
from services.flow.series.organising import Hosts
from services.flow.series.views import Held, Preview, PreviewDate, PreviewGuest
from services.keys import Keys
from services.storage import series as stored
from services.storage.rows.series import MeetingRow, Organiser, SeriesRow
from services.storage.work import Work

_SHARE = 0.8  # of a host's limits that we use


def preview(
    work: Work, keys: Keys, hosts: Hosts, row: SeriesRow, *, rate: int = MAILS_A_MINUTE
) -> Preview:
    """Tell what committing a draft will do, for a coordinator; dates that are over are left out.

    rate  how many letters one mailbox sends in a minute
    """
    meetings = stored.meetings(work, row.id)
    dates = invited.to_come(meetings, work.now)
    proposal = drafts.proposal_of(work, row, meetings)
    objects = arranging.objects_of(row, dates)
    guests = _guests(work, row, coming.to(work, row, dates), objects, hosts)
    requests, messages = _effort(row, objects, guests)
    messages += doubts.letters_before(work, row)
    return Preview(
        row=row,
        where=organising.in_words(work, row, hosts),
        repeated=sum(bool(each.rule) for each in objects),
        single=sum(not each.rule for each in objects),
        dates=tuple(_date(each, proposal) for each in dates),
        skipped=_skipped(proposal, work.now),
        guests=tuple(guests),
        requests=requests,
        mails=sum(each.letters for each in guests),
        seconds=_seconds(work, row, hosts, requests, messages, rate),
        warnings=tuple(doubts.warnings(work, row, meetings, rate=rate)),
        obstacles=tuple(doubts.obstacles(work, keys, hosts, row, meetings, rate=rate)),
    )


def _date(meeting: MeetingRow, proposal: Proposal | None) -> PreviewDate:
    planned = _planned(meeting, proposal)
    moved = meeting.start_at != meeting.original_at
    short = planned is not None and planned.outcome is Outcome.SHORT
    return PreviewDate(
        original=meeting.original_at,
        start=meeting.start_at,
        minutes=meeting.minutes,
        held=Held.SHORT if short else Held.MOVED if moved else Held.KEPT,
        expected=(0, 0) if planned is None else planned.expected,
    )


def _planned(meeting: MeetingRow, proposal: Proposal | None) -> PlannedDate | None:
    there = () if proposal is None else proposal.dates
    return next((each for each in there if moment(each.start) == meeting.start_at), None)


def _skipped(proposal: Proposal | None, now: datetime) -> tuple[datetime, ...]:
    there = () if proposal is None else proposal.dates
    found = [moment(each.start) for each in there if each.outcome is Outcome.SKIPPED]
    return tuple(each for each in found if each > now)


def _guests(
    work: Work, row: SeriesRow, those: Sequence[Coming], objects: Sequence[Series], hosts: Hosts
) -> list[PreviewGuest]:
    account = organising.account_of(work, row)
    owner = row.organiser_id if account is None else account.person_id
    host = None if account is None else hosts.get(account.host)
    by = "by mail" if host is None else f"from {host.title}"
    dates = sum(len(each.occurrences) for each in objects)
    by_mail = row.organiser is Organiser.MAILBOX
    letters = sum(len(changes(None, each, told_apart(each))) if by_mail else 1 for each in objects)
    found = []
    for each in those:
        asked = letters if each.meeting is None else 1
        how = f"an invitation {by}" if asked == 1 else f"{asked} invitations {by}"
        if each.person_id == owner and not by_mail:
            asked, how = 0, "it is written into their own calendar"
        elif not persons.reachable(each.email):
            asked, how = 0, "nothing: there is no address of mail"
        sent = asked
        if each.person_id == owner and each.meeting is None:
            asked = 0  # they count as coming, since they invite
        number = dates if each.meeting is None else 1
        found.append(PreviewGuest(each.name, each.email, asked, how, number, sent))
    return found


def _effort(
    row: SeriesRow, objects: Sequence[Series], guests: Sequence[PreviewGuest]
) -> tuple[int, int]:
    """How many requests of a host, and how many messages of one mailbox, at most."""
    if row.organiser is Organiser.MAILBOX:
        return 0, sum(each.letters for each in guests)
    requests = sum(2 + (2 + 2 * len(each.exceptions) if each.exceptions else 0) for each in objects)
    return requests, len(objects)


def _seconds(  # noqa: PLR0913, PLR0917 -- what is sent by whom, and how fast
    work: Work, row: SeriesRow, hosts: Hosts, requests: int, messages: int, rate: int
) -> float:
    account = organising.account_of(work, row)
    host = None if account is None else hosts.get(account.host)
    asked = 0.0 if host is None else requests * 60 / (_SHARE * host.limits.each_in_a_minute)
    a_minute = doubts.messages(work, hosts, row, rate)
    sent = 0.0 if a_minute is None else messages * 60 / a_minute
    return float(ceil(max(asked, sent)))

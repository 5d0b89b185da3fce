"""Who may invite to a series: a coordinator's own calendar, or the mailbox of the service."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from calendar_sync.host import Host as At
from calendar_sync.provider import Answer, Capability
from services.flow import access, rights
from services.flow.errors import Unfit
from services.flow.series import invited
from services.keys import Keys, Unsealable
from services.storage import accounts, groups
from services.storage import attendees as stored_attendees
from services.storage import series as stored
from services.storage.rows.accounts import AccountRow, Host
from services.storage.rows.series import Organiser, ReplyRow, SeriesRow
from services.storage.work import Work

Hosts = Mapping[Host, At]

_NEEDED = frozenset({Capability.WRITES, Capability.INVITES})


@dataclass(frozen=True, slots=True)
class Organising:
    """Somebody who can invite.

    account_id  None: the service, by mail
    in_words    which calendar that is
    why_not     "": it can be chosen
    can_ask     whether its owner can let it invite, if it does not yet
    """

    account_id: UUID | None
    in_words: str
    why_not: str = ""
    can_ask: bool = False

    @property
    def organiser(self) -> Organiser:
        """How it invites."""
        return Organiser.MAILBOX if self.account_id is None else Organiser.ACCOUNT


def choices(work: Work, hosts: Hosts, group_id: UUID, keys: Keys | None = None) -> list[Organising]:
    """What the one who asks can let invite, the best first. Raises Missing or NotAllowed.

    keys  with them accounts are told apart by their addresses of mail
    """
    rights.coordinating(work, group_id)
    found = [
        Organising(
            row.id,
            _in_words(row, hosts, keys),
            why_not(row, hosts, keys),
            can_ask=not row.host.is_entered and row.host in hosts,
        )
        for row in accounts.of_person(work, rights.actor(work))
    ]
    mailbox = Organising(None, "the mailbox of this service")
    return [*sorted(found, key=lambda each: bool(each.why_not)), mailbox]


def why_not(row: AccountRow, hosts: Hosts, keys: Keys | None = None) -> str:
    """Why an account cannot invite; "": it can.

    keys  with them it is tried whether what lets us in can be opened
    """
    at = hosts.get(row.host)
    if at is None or _NEEDED - at.capabilities(frozenset(row.scopes)):
        return "it does not let us add events and invite people"
    sealed = keys is not None and access.email_of(keys, row) is None
    return "it needs its owner's consent once more" if sealed or row.lost_at is not None else ""


def waiting_for(work: Work, hosts: Hosts, account_id: UUID) -> list[SeriesRow]:
    """The drafts of the one who asks that this account of theirs could invite to, and does not."""
    row = accounts.one(work, account_id)
    if row is None or why_not(row, hosts):
        return []
    mine = stored.drafts_by(work, rights.actor(work))
    return [each for each in mine if each.account_id != account_id]


def invited_by(work: Work, account: AccountRow) -> list[SeriesRow]:
    """The series with dates to come to which an account invites."""
    rows = stored.live_of_account(work, account.id)
    return [each for each in rows if invited.to_come(stored.meetings(work, each.id), work.now)]


def default(work: Work, hosts: Hosts) -> UUID | None:
    """The account of the one who asks that can invite; None: they have none."""
    mine = accounts.of_person(work, rights.actor(work))
    return next((row.id for row in mine if not why_not(row, hosts)), None)


def choose(
    work: Work, row: SeriesRow, organiser: Organiser | None, account_id: UUID | None
) -> None:
    """Let a draft be organised so. Raises Unfit unless the account is one's own, or as it was."""
    if organiser is Organiser.MAILBOX:
        row.organiser, row.account_id = organiser, None
        row.organiser_id = rights.actor(work)
    elif account_id is not None and account_id != row.account_id:
        account = accounts.one(work, account_id)
        if account is None or account.person_id != rights.actor(work):
            raise Unfit("There is no such account", remedy="choose an account of your own")
        row.organiser, row.account_id = Organiser.ACCOUNT, account.id
        row.organiser_id = account.person_id
    elif organiser is Organiser.ACCOUNT and row.account_id is None:
        raise Unfit("No account was chosen", remedy="say which account invites")


def account_of(work: Work, row: SeriesRow) -> AccountRow | None:
    """The account that invites, while its owner coordinates the group; None: there is none.

    Looked up whenever something is written, so that a right ends at once.
    """
    account = None if row.account_id is None else accounts.one(work, row.account_id)
    if account is None:
        return None
    return account if groups.is_coordinator(work, row.group_id, account.person_id) else None


def keep_calendar(work: Work, keys: Keys, row: SeriesRow) -> None:
    """Keep which calendar the series is written to, where its owner chose the main one to count.

    Else its host is asked: each try writes to the same.
    """
    if row.account_id is None:
        return
    main = next((each for each in accounts.calendars_of(work, row.account_id) if each.main), None)
    if main is None or main.address is None:
        return
    with suppress(Unsealable):
        row.calendar = keys.sealed(keys.opened(main.address, main.id), row.id)


def answer_for_owner(work: Work, row: SeriesRow) -> None:
    """Let whoever invites come, if they are invited themselves: nobody asks them."""
    account = account_of(work, row)
    by_mail = row.organiser is Organiser.MAILBOX
    person = row.organiser_id if by_mail or account is None else account.person_id
    if person is None or not (by_mail or account):
        return
    for attendee in stored_attendees.of_person(work, row.id, person):
        if attendee.meeting_id is None and not stored_attendees.replies_of(work, attendee.id):
            reply = ReplyRow(attendee_id=attendee.id, answer=Answer.ACCEPTED.value)
            reply.source = row.organiser.value if account is None else account.host.value
            reply.said_at = work.now
            work.add(reply)
    work.session.flush()


def in_words(work: Work, row: SeriesRow, hosts: Hosts) -> str:
    """Which calendar a series is written to."""
    if row.organiser is Organiser.MAILBOX:
        return "everybody's calendar, by mail from this service"
    account = account_of(work, row)
    if account is None:
        return "a calendar that is not connected any more"
    called = {person.id: each.name for each, person in groups.coordinators(work, row.group_id)}
    return f"{called[account.person_id]}'s {_in_words(account, hosts)}"


def _in_words(row: AccountRow, hosts: Hosts, keys: Keys | None = None) -> str:
    at = hosts.get(row.host)
    title = row.host.value.title() if at is None else at.title
    email = None if keys is None else access.email_of(keys, row)
    return title if email is None else f"{title} ({email})"

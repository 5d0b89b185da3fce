"""A private feed: an address at which one's calendar program finds the dates of a group.

Whoever knows the address reads the feed, so it is shown to its owner alone, and can be revoked. It
holds the dates that its owner is invited to, and nobody's name or answer but how they stand to it.
"""

from datetime import timedelta
from uuid import UUID

from calendar_sync.provider import Answer
from notifications.itip import published
from notifications.itip.people import Person
from notifications.itip.published import Feed, Published
from services.flow import proof, rights
from services.flow.errors import NotAllowed
from services.flow.rights import Role
from services.flow.series import drafts, invited
from services.flow.series.answers import effective
from services.flow.series.invited import is_invited
from services.keys import Keys, Unsealable
from services.storage import feeds, groups, replies
from services.storage import series as stored
from services.storage.erasing import erase
from services.storage.ids import new_id
from services.storage.rows.groups import GroupRow
from services.storage.rows.series import FeedRow, MeetingRow, SeriesRow, SeriesState
from services.storage.work import Work

_NOTED = timedelta(days=1)  # how exactly it is known when a feed was last fetched
_HELD = {  # whether a date is certain for who has no answer of their own
    state: Answer.TENTATIVE if state is SeriesState.DRAFT else Answer.ACCEPTED
    for state in SeriesState
}
_HAVE_DATES = {Role.MEMBER, Role.GUEST}


def mine(work: Work, keys: Keys, group_id: UUID) -> str | None:
    """The secret of one's own feed of a group; None: there is none. Raises Missing, NotAllowed."""
    _invited(work, group_id)
    return _secret(keys, row(work, group_id))


def row(work: Work, group_id: UUID) -> FeedRow | None:
    """One's own feed of a group, as it is kept."""
    return feeds.of(work, group_id, rights.actor(work))


def make(work: Work, keys: Keys, group_id: UUID) -> str:
    """Return the secret of one's own feed, made if there is none. Raises Missing, NotAllowed."""
    _invited(work, group_id)
    person = rights.actor(work)
    known = _secret(keys, feeds.of(work, group_id, person))
    if known is not None:
        return known
    feeds.drop(work, group_id, person)  # one whose secret no key of ours opens
    secret, feed_id = proof.minted(), new_id()
    work.add(
        FeedRow(
            id=feed_id,
            group_id=group_id,
            person_id=person,
            secret_hash=proof.hashed(secret),
            sealed=keys.sealed(secret, feed_id),
            created_at=work.now,
        )
    )
    work.session.flush()
    work.note("feed.made", feed_id)
    return secret


def revoke(work: Work, group_id: UUID) -> None:
    """Let nobody read one's feed any more. It is no error if there is none."""
    _invited(work, group_id)
    found = row(work, group_id)
    if found is not None:
        feeds.drop(work, group_id, found.person_id)
        erase(work)
        work.note("feed.revoked", found.id)


def find(work: Work, secret: str) -> FeedRow | None:
    """The feed with this secret, while its owner has a part in the group."""
    if not proof.well_formed(secret):
        return None
    found = feeds.by_hash(work, proof.hashed(secret))
    return found if found and _has_dates(work, found.group_id, found.person_id) else None


def ics(work: Work, found: FeedRow, organizer: Person, url: str) -> bytes:
    """Write a feed. While nothing changes it is the same, octet by octet.

    organizer  who stands for the service, since a feed has to name somebody
    url        where its owner answers, once signed in
    """
    group = work.session.get_one(GroupRow, found.group_id)
    since = int(group.created_at.timestamp())
    told = Feed(group.title, group.timezone, since, organizer, url)
    known = feeds.dates(work, found.group_id, found.person_id)
    answers = {one.id: replies.of_attendee(work, one.id) for one in {each[2] for each in known}}
    dates = {  # by date: who is invited to one twice finds it once
        meeting.id: _published(series, meeting, effective(answers[attendee.id], meeting.id))
        for series, meeting, attendee in known
        if is_invited(attendee, meeting)
    }
    return published.publish(told, dates.values()).encode()


def of_series(work: Work, group_id: UUID, series_id: UUID, organizer: Person) -> bytes:
    """Write the dates of a series that are held, for its coordinators; nobody is named.

    A draft has them as they will be. Raises Missing or NotAllowed.
    """
    row = drafts.one(work, group_id, series_id)
    told = Feed(row.title, row.timezone, int(row.created_at.timestamp()), organizer)
    held = invited.held(stored.meetings(work, row.id))
    return published.publish(
        told, [_published(row, each, _HELD[row.state]) for each in held]
    ).encode()


def fetched(work: Work, feed_id: UUID) -> None:
    """Note that a program has read it."""
    found = feeds.by_id(work, feed_id)
    if found is not None:
        found.fetched_at = work.now


def is_noted(found: FeedRow, work: Work) -> bool:
    """Whether it was noted lately, so that not every look is written down."""
    return found.fetched_at is not None and found.fetched_at > work.now - _NOTED


def _published(series: SeriesRow, meeting: MeetingRow, said: Answer) -> Published:
    start = int(meeting.start_at.timestamp())
    return Published(
        uid=str(meeting.id),
        sequence=series.revision,
        stamp=int((series.committed_at or series.created_at).timestamp()),
        start=start,
        end=start + meeting.minutes * 60,
        title=series.title,
        place=meeting.place or series.place,
        text=series.text,
        certain=said is not Answer.TENTATIVE,
        coming=said is not Answer.DECLINED,
    )


def _secret(keys: Keys, found: FeedRow | None) -> str | None:
    try:
        return None if found is None else keys.opened(found.sealed, found.id)
    except Unsealable:
        return None


def _invited(work: Work, group_id: UUID) -> None:
    """Raise Missing for strangers, and NotAllowed for who has no dates of their own there."""
    if not _HAVE_DATES.intersection(rights.standing(work, group_id).roles):
        raise NotAllowed(
            "Only members and guests have dates of their own in this group",
            remedy="add yourself as a member first",
        )


def _has_dates(work: Work, group_id: UUID, person: UUID) -> bool:
    found = groups.standing(work, group_id, person)
    return found is not None and bool(_HAVE_DATES.intersection(rights.of_flags(found).roles))

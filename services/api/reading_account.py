"""The account through which the members of a group are read who show no calendar."""

from uuid import UUID

from flask import Response
from typing_extensions import TypedDict

from services import door
from services.api.members import Trouble, trouble
from services.api.responses import moment, nothing, said
from services.api.routes import Noun
from services.api.shapes import ReadingChoice
from services.api.words import IdText, Moment
from services.flow import colleagues as flow
from services.flow import sights
from services.flow.sights import Seen, Sight
from services.storage.colleagues import Given
from services.storage.rows.accounts import Host
from services.storage.work import Work

reading_account = Noun(
    "reading_account",
    "An account of a coordinator, through which members are read who show no calendar",
    scope="calendars",
)
_ONE = "/groups/<uuid:group_id>/reading-account"


class Reader(TypedDict):
    """The account. own: whether it is yours. given_by: the coordinator who allowed it."""

    id: IdText
    host: Host
    own: bool
    given_by: str
    given_at: Moment
    reconnect: bool


class Sighted(TypedDict):
    """A member who shows no calendar of their own, or who objects to being read so.

    seen: hidden members are unknown, and never free. trouble: why nothing newer is known.
    """

    member_id: IdText
    name: str
    seen: Seen
    trouble: Trouble | None


class ReadingAccount(TypedDict):
    """Through which account a group's members are read. account: null where there is none."""

    account: Reader | None
    members: list[Sighted]


@reading_account.on("GET", _ONE, {200: ReadingAccount})
def show(group_id: UUID) -> Response:
    """Show through which account members are read, and who can be seen."""
    work = door.reading()
    return said(_look(work, group_id, flow.given(work, group_id)))


@reading_account.on("PUT", _ONE, {200: ReadingAccount})
def allow(group_id: UUID, body: ReadingChoice) -> Response:
    """Let members be read through an account of yours, in place of any other.

    Read are members who show no calendar of their own, and who do not object: when they are
    busy, and nothing else. They see it on their page.
    """
    runtime, work = door.runtime(), door.work()
    given = flow.allow(work, runtime.keys, runtime.hosts, group_id, body.account)
    return said(_look(work, group_id, given))


@reading_account.on("DELETE", _ONE, {204: None})
def withdraw(group_id: UUID) -> Response:
    """Let members be read so no more; what was read is deleted, with the plans that show it."""
    flow.withdraw(door.work(), group_id)
    return nothing()


def _look(work: Work, group_id: UUID, given: Given | None) -> ReadingAccount:
    found = sights.of_group(work, group_id)
    return ReadingAccount(
        account=None if given is None else _reader(given),
        members=[_sighted(each) for each in found],
    )


def _reader(given: Given) -> Reader:
    consent, account, coordinator = given
    return Reader(
        id=str(account.id),
        host=account.host,
        own=account.person_id == door.asking().person_id,
        given_by=coordinator.name,
        given_at=moment(consent.given_at),
        reconnect=account.lost_at is not None,
    )


def _sighted(each: Sight) -> Sighted:
    return Sighted(
        member_id=str(each.member.id),
        name=each.member.name,
        seen=each.seen,
        trouble=trouble(each.what, each.remedy),
    )

"""Connected accounts: which of their calendars count, and disconnecting them."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from flask import Response
from typing_extensions import TypedDict

from services import door
from services.api.pages import Items, Page, part
from services.api.responses import moment, moment_or_none, nothing, said
from services.api.routes import Noun
from services.api.shapes import Choice as Chosen
from services.api.words import IdText, Moment, NextReading, Told
from services.flow import access, listing
from services.flow import accounts as flow
from services.flow.accounts import Choice
from services.flow.told import is_told
from services.storage.rows.accounts import AccountRow, Host
from services.storage.rows.calendars import CalendarKind

accounts = Noun(
    "accounts",
    "Accounts at hosts of calendars. To connect one, its owner consents in a browser, or types an "
    "app password, on their own page; there is no request for it",
    scope="calendars",
)
_ONE = "/me/accounts/<uuid:account_id>"


class Account(TypedDict):
    """A connected account.

    email: which its owner has there, or their user's name where host is caldav, null if it cannot
    be told any more. scopes: what was consented to, in the host's words. reconnect: whether its
    owner has to connect it once more, in a browser; until then nothing is read.
    """

    id: IdText
    host: Host
    email: str | None
    scopes: list[str]
    created_at: Moment
    reconnect: bool
    told: Told
    next_reading: NextReading


class Offered(TypedDict):
    """A calendar that may be chosen. kind: what its time is, null where it does not count.

    mark: stands for it in a choice. name: asked of the host in this moment, and never kept.
    """

    mark: str
    name: str
    main: bool
    kind: CalendarKind | None


class Offer(TypedDict):
    """The calendars of an account, the main one first."""

    calendars: list[Offered]


@accounts.on("GET", "/me/accounts", {200: Items[Account]})
def index(query: Page) -> Response:
    """List the accounts that you connected."""
    return part(flow.of(door.reading()), query, lambda each: each.id, _look)


@accounts.on("GET", f"{_ONE}/calendars", {200: Offer})
def offer(account_id: UUID) -> Response:
    """List the calendars of an account as its host does now, with what was chosen of them."""
    return said(_offer(_offered(account_id)))


@accounts.on("PUT", f"{_ONE}/calendars", {200: Offer})
def choose(account_id: UUID, body: Chosen) -> Response:
    """Let these calendars count, and no others of the account; they are read at once.

    What was read of those that no longer count is deleted, with the plans in which it shows.
    """
    runtime, offered = door.runtime(), _offered(account_id)
    work = door.work()
    row = flow.own(work, account_id)
    kinds = {each.mark: CalendarKind(each.kind) for each in body.calendars}
    flow.choose(work, runtime.keys, row, offered, kinds)
    return said(_offer([replace(each, kind=kinds.get(each.mark)) for each in offered]))


@accounts.on("DELETE", _ONE, {204: None})
def disconnect(account_id: UUID) -> Response:
    """Disconnect an account: what was read of it goes, and access is given back or forgotten."""
    flow.disconnect(door.work(), account_id)
    return nothing()


def _offered(account_id: UUID) -> list[Choice]:
    runtime = door.runtime()
    door.put_down()
    return listing.offered(runtime, runtime.opening, door.asking().person_id, account_id)


def _offer(choices: Sequence[Choice]) -> Offer:
    return Offer(calendars=[_offered_as(each) for each in choices])


def _offered_as(each: Choice) -> Offered:
    return Offered(mark=each.mark, name=each.name, main=each.main, kind=each.kind)


def _look(row: AccountRow) -> Account:
    runtime = door.runtime()
    told = is_told(door.reading(), runtime.hosts[row.host], row, runtime.settings.push_url)
    return Account(
        id=str(row.id),
        host=row.host,
        email=access.email_of(runtime.keys, row),
        scopes=list(row.scopes),
        created_at=moment(row.created_at),
        reconnect=row.lost_at is not None,
        told=told,
        next_reading=moment_or_none(None if row.lost_at else row.due_at),
    )

"""Series: drafted from a proposal, looked at before anything happens, committed, concluded."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response
from typing_extensions import TypedDict

from services import door
from services.api import versions
from services.api.bodies import said_of
from services.api.pages import Items, Page, cut, part
from services.api.previews import Preview, previewed
from services.api.responses import made, moment, moment_or_none, nothing
from services.api.routes import Noun
from services.api.series_shapes import NewSeries, SeriesChange
from services.api.words import IdText, Moment
from services.flow.series import changing, committing, drafts, organising
from services.flow.series import preview as previewing
from services.flow.series.kept import rule_from_kept
from services.planning.answer import pattern
from services.storage.rows.series import Organiser, SeriesRow, SeriesState

series = Noun("series", "Proposals that were taken, in everybody's calendar", scope="series")
BASE = "/groups/<uuid:group_id>/series"
ONE = f"{BASE}/<uuid:series_id>"


class Series(TypedDict):
    """A series.

    plan_id: null where the plan is gone. pattern: what its dates have in common, as in a proposal.
    changes: how many of them are not written out yet; goes_out_at: when they will be.
    """

    id: IdText
    term_id: IdText
    plan_id: IdText | None
    state: SeriesState
    title: str
    place: str
    text: str
    timezone: str
    minutes: int
    pattern: dict[str, Any]
    organiser: Organiser
    account_id: IdText | None
    changes: int
    goes_out_at: Moment | None
    created_at: Moment
    committed_at: Moment | None
    concluded_at: Moment | None
    version: int


class Organising(TypedDict):
    """Who can invite. account_id: null for this service's mailbox. why_not: "" where it can."""

    account_id: IdText | None
    who: str
    why_not: str


@series.on(
    "POST",
    "/groups/<uuid:group_id>/plans/<uuid:plan_id>/proposals/<number:number>/series",
    {201: Series},
    versioned=True,
)
def draft(group_id: UUID, plan_id: UUID, number: int, body: NewSeries) -> Response:
    """Draft a series from a proposal of a plan; the best is number 1. Nobody hears of it yet."""
    row = drafts.draft(
        door.work(),
        group_id,
        plan_id,
        number,
        title=body.title,
        place=body.place,
        text=body.text,
        organiser=None if body.organiser is None else Organiser(body.organiser),
        account_id=body.account,
        hosts=door.runtime().hosts,
    )
    place = f"/groups/{group_id}/series/{row.id}"
    return made(_look(row), place, ETag=versions.tag(row.version))


@series.on("GET", BASE, {200: Items[Series]})
def index(group_id: UUID, query: Page) -> Response:
    """List the series of a group, the latest first."""
    found = drafts.page(door.reading(), group_id, query.cursor, query.limit + 1)
    return cut(found, query, lambda each: each.id, _look)


@series.on("GET", "/groups/<uuid:group_id>/organisers", {200: Items[Organising]})
def organisers(group_id: UUID, query: Page) -> Response:
    """List who can invite to a series of yours: your calendars, and this service by mail."""
    runtime = door.runtime()
    found = drafts.organisers(door.reading(), runtime.hosts, group_id, runtime.keys)
    return part(found, query, lambda each: each.account_id or group_id, _organising)


@series.on("GET", ONE, {200: Series}, versioned=True)
def show(group_id: UUID, series_id: UUID) -> Response:
    """Show a series."""
    return _tagged(drafts.one(door.reading(), group_id, series_id))


@series.on("GET", f"{ONE}/preview", {200: Preview}, versioned=True)
def foresee(group_id: UUID, series_id: UUID) -> Response:
    """Show what committing will do: what is written where, and who gets what. Nothing happens."""
    work, runtime = door.reading(), door.runtime()
    row = drafts.one(work, group_id, series_id)
    found = previewing.preview(
        work, runtime.keys, runtime.hosts, row, rate=runtime.settings.mail_rate
    )
    return versions.tagged(previewed(found), row.version)


@series.on("PATCH", ONE, {200: Series}, versioned=True)
def change(group_id: UUID, series_id: UUID, body: SeriesChange) -> Response:
    """Change what is said of a series. Once it is committed, everybody is told, all at once."""
    work, version, told = door.work(), versions.needed(), said_of(body)
    row = drafts.one(work, group_id, series_id)
    if row.state is SeriesState.DRAFT or {"organiser", "account"} & told.keys():
        drafts.edit(work, row, version, **_named(told))
    else:
        drafts.check_version(row, version)
        changing.say(
            work,
            group_id,
            series_id,
            title=told.get("title"),
            text=told.get("text"),
            settle=settling(),
        )
        if "place" in told:
            changing.place(work, group_id, series_id, None, told["place"], settle=settling())
    work.session.flush()
    return _tagged(row)


@series.on("DELETE", ONE, {204: None})
def drop(group_id: UUID, series_id: UUID) -> Response:
    """Delete a draft. A series that was committed is concluded instead."""
    drafts.drop(door.work(), group_id, series_id)
    return nothing()


@series.on("POST", f"{ONE}/commit", {200: Series}, versioned=True, keyed=True)
def commit(group_id: UUID, series_id: UUID) -> Response:
    """Commit a draft: its dates go into everybody's calendar, once, and each is asked to accept.

    Look at the preview first, and send its ETag as If-Match to commit that and nothing else.
    """
    work, runtime = door.work(), door.runtime()
    row = committing.commit(
        work, runtime.keys, runtime.hosts, group_id, series_id, versions.named()
    )
    work.session.flush()
    return _tagged(row)


@series.on("POST", f"{ONE}/conclude", {200: Series}, versioned=True)
def conclude(group_id: UUID, series_id: UUID) -> Response:
    """End a series: what is still to come of it is cancelled, and everybody told."""
    work = door.work()
    changing.conclude(work, group_id, series_id, settle=settling())
    work.session.flush()
    return _tagged(drafts.one(work, group_id, series_id))


@series.on("POST", f"{ONE}/send-now", {200: Series}, versioned=True)
def send_now(group_id: UUID, series_id: UUID) -> Response:
    """Write out at once what has changed, without waiting for further changes."""
    work = door.work()
    changing.at_once(work, group_id, series_id)
    work.session.flush()
    return _tagged(drafts.one(work, group_id, series_id))


def settling() -> timedelta:
    """How long a change waits for others."""
    return timedelta(seconds=door.runtime().settings.times.settle)


def _named(told: dict[str, Any]) -> dict[str, Any]:
    """What a draft may have otherwise, as the flow calls it."""
    named = {"account_id" if name == "account" else name: value for name, value in told.items()}
    if "organiser" in named:
        named["organiser"] = Organiser(named["organiser"])
    return named


def _tagged(row: SeriesRow) -> Response:
    return versions.tagged(_look(row), row.version)


def _organising(found: organising.Organising) -> Organising:
    account_id = None if found.account_id is None else str(found.account_id)
    return Organising(account_id=account_id, who=found.in_words, why_not=found.why_not)


def _look(row: SeriesRow) -> Series:
    committed = row.state is not SeriesState.DRAFT
    return Series(
        id=str(row.id),
        term_id=str(row.term_id),
        plan_id=None if row.plan_id is None else str(row.plan_id),
        state=row.state,
        title=row.title,
        place=row.place,
        text=row.text,
        timezone=row.timezone,
        minutes=row.minutes,
        pattern=pattern(rule_from_kept(row.rule)),
        organiser=row.organiser,
        account_id=None if row.account_id is None else str(row.account_id),
        changes=row.revision - row.published if committed else 0,
        goes_out_at=moment_or_none(row.settle_at),
        created_at=moment(row.created_at),
        committed_at=moment_or_none(row.committed_at),
        concluded_at=moment_or_none(row.concluded_at),
        version=row.version,
    )

"""Series: drafted from a proposal, looked at before anything happens, committed, concluded."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response

from services import door
from services.api import versions
from services.api.bodies import said_of
from services.api.pages import Items, Page, cut, part
from services.api.previews import Preview, previewed
from services.api.responses import made, nothing, said
from services.api.routes import Noun
from services.api.series_shapes import NewSeries, SeriesChange
from services.api.series_shown import Organising, Series, look, organising_in_words
from services.flow.series import changing, committing, drafts, exported, going_on
from services.flow.series import preview as previewing
from services.flow.series.exported import Exported
from services.storage.rows.series import Organiser, SeriesRow, SeriesState

series = Noun("series", "Proposals that were taken, in everybody's calendar", scope="series")
BASE = "/groups/<uuid:group_id>/series"
ONE = f"{BASE}/<uuid:series_id>"


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
    return made(look(row), place, ETag=versions.tag(row.version))


@series.on("GET", BASE, {200: Items[Series]})
def index(group_id: UUID, query: Page) -> Response:
    """List the series of a group, the latest first."""
    found = drafts.page(door.reading(), group_id, query.cursor, query.limit + 1)
    return cut(found, query, lambda each: each.id, look)


@series.on("GET", "/groups/<uuid:group_id>/organisers", {200: Items[Organising]})
def organisers(group_id: UUID, query: Page) -> Response:
    """List who can invite to a series of yours: your calendars, and this service by mail."""
    runtime = door.runtime()
    found = drafts.organisers(door.reading(), runtime.hosts, group_id, runtime.keys)
    return part(found, query, lambda each: each.account_id or group_id, organising_in_words)


@series.on("GET", f"{BASE}/export", {200: Exported})
def export(group_id: UUID) -> Response:
    """Take along all series that were committed: dates, who is invited, and what they answered."""
    return said(exported.of_group(door.reading(), group_id))


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
        work,
        runtime.keys,
        runtime.hosts,
        group_id,
        series_id,
        versions.named(),
        rate=runtime.settings.mail_rate,
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


@series.on("POST", f"{ONE}/organise", {200: Series}, versioned=True)
def go_on(group_id: UUID, series_id: UUID) -> Response:
    """Let your account go on inviting, which was disconnected and which you connected anew.

    What has changed since goes out at once. Another account cannot: everybody's dates come from
    the calendar that invited.
    """
    row = going_on.with_own(door.work(), door.runtime().hosts, group_id, series_id)
    door.work().session.flush()
    return _tagged(row)


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
    return versions.tagged(look(row), row.version)

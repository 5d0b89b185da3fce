"""A group as its coordinator sees it: what is there, and what to do next."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Response, url_for
from markupsafe import Markup

from services import door
from services.flow import coverage, groups, members
from services.flow.coverage import Coverage, Known
from services.flow.series import invited, listed
from services.flow.sights import Sight
from services.planning.templates import title_of
from services.storage.members import Pair
from services.storage.rows.accounts import Host
from services.storage.rows.groups import GroupRow
from services.storage.rows.series import MeetingRow, SeriesRow, SeriesState
from services.storage.series import LIVE
from services.storage.work import Work
from services.web import connected, readers, render, rules, semester
from services.web.planned import Planned, of_group
from services.web.readers import Reading

Listed = tuple[SeriesRow, str, int, int]


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do, and where; no address: something else comes first."""

    title: str
    hint: str
    done: bool
    address: str
    action: str


@dataclass(frozen=True, slots=True)
class Person:
    """A member, what is known of their time, and how far their invitation is."""

    pair: Pair
    coverage: Coverage
    state: str  # joined, invited or waiting
    sight: Sight | None  # how far they are read through an account, if they are


def for_coordinator(group: GroupRow, problem: str = "", code: int = 200) -> Response:
    """Write the page.

    problem  what kept us from doing what was asked for on it
    """
    work = door.reading()
    reading = readers.of_group(work, group.id)
    people = _people(work, group, reading)
    series = _series(work, group.id)
    planned = of_group(work, group, {row.term_id for row, *_ in series if row.state in LIVE})
    return render.page(
        "groups/show.html",
        code,
        group=group,
        template=title_of(group.template),
        rules=rules.in_words(group.rules),
        problem=problem,
        people=people,
        known=sum(each.coverage.known in (Known.KNOWN, Known.PARTLY) for each in people),
        waiting=[each for each in people if each.state == "waiting"],
        joins=any(_joins(each) for each in people),
        coordinators=[row.name for row, _ in groups.coordinators(work, group.id)],
        guests=groups.guests(work, group.id),
        planned=planned,
        series=series,
        uninvited=listed.with_uninvited(work, group.id),
        steps=_steps(group, people, planned, reading, series),
        reading=reading,
        now=work.now,
        form=None,
    )


def _people(work: Work, group: GroupRow, reading: Reading | None) -> list[Person]:
    _, pairs = members.page(work, group.id, None, members.MOST)
    known = coverage.of_group(work, group, pairs)
    invited = members.invited(work, group.id)
    sights = {} if reading is None else reading.by_member
    return [
        Person(pair, known[pair[0].id], _state(pair, invited), sights.get(pair[0].id))
        for pair in pairs
    ]


def _joins(each: Person) -> bool:
    """Whether it is the reader, who has not joined."""
    return each.state != "joined" and each.pair[1].id == door.asking().person_id


def _state(pair: Pair, invited: dict[UUID, datetime]) -> str:
    member, person = pair
    if member.joined_at is not None:
        return "joined"
    return "invited" if person.id in invited else "waiting"


def _series(work: Work, group_id: UUID) -> list[Listed]:
    """The series of a group, what their dates have in common, how many, and how many to come."""
    return [_listed(row, dates, work.now) for row, dates in listed.of_group(work, group_id)]


def _listed(row: SeriesRow, dates: list[MeetingRow], now: datetime) -> Listed:
    held = invited.held(dates)
    label = semester.label(row, [each.original_at for each in held or dates])
    return row, label, len(held), sum(each.start_at > now for each in held)


def _through(group: GroupRow, reading: Reading | None) -> Markup:
    """Say that members can be read through an account, where one can be had."""
    if reading is not None:
        at = url_for("groups.show", group_id=group.id, _anchor="reading")
        said = Markup('Or let them be <a href="{}">read through an account</a>. ')
    elif any(each.host is Host.OUTLOOK for each in connected.ways()):
        at = url_for("calendars.new_own")
        said = Markup('Or <a href="{}">Connect Outlook</a>: an account of work can tell of them. ')
    else:
        return Markup("")
    return said.format(at)


def _commits(page: str, planned: list[Planned], series: list[Listed]) -> str:
    """Where a draft or a plan can be committed; "": there is none yet."""
    if series:
        return f"{page}#series"
    return f"{page}#terms" if any(each.is_planned for each in planned) else ""


def _steps(
    group: GroupRow,
    people: list[Person],
    planned: list[Planned],
    reading: Reading | None,
    series: list[Listed],
) -> list[Step]:
    known = bool(people) and all(
        each.coverage.known in (Known.KNOWN, Known.PARTLY) for each in people
    )
    current = [each for each in planned if not each.over]

    def at(endpoint: str) -> str:
        return url_for(endpoint, group_id=group.id)

    return [
        Step(
            "Add the members",
            "One by one, or all at once from a list.",
            bool(people),
            at("roster.ask"),
            "Add from a list",
        ),
        Step(
            "Know when they are busy",
            Markup("Invite them to show a calendar, or enter one for them. ")
            + _through(group, reading)
            + Markup("Who is unknown never counts as able to come."),
            known,
            f"{at('groups.show')}#members",
            "See the members",
        ),
        Step(
            "Set the term",
            "The first and the last day, and the days on which nobody meets.",
            bool(current),
            at("terms.new"),
            "Add a term",
        ),
        Step(
            "Plan it",
            "Every date of the term, the best few proposals, and why.",
            any(each.committed or each.is_planned for each in current),
            f"{at('groups.show')}#terms" if current else "",
            "Go to the term",
        ),
        Step(
            "Commit it",
            "Use a proposal of the plan: you see what it does, then one press invites everybody.",
            any(row.state is not SeriesState.DRAFT for row, *_ in series),
            _commits(at("groups.show"), planned, series),
            "Go to the draft" if series else "Go to the plan",
        ),
    ]

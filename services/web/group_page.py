"""A group as its coordinator sees it: what is there, and what to do next."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask import Response, url_for
from markupsafe import Markup

from scheduler.model.zone import zone
from services import door
from services.flow import coverage, groups, members, plans, terms
from services.flow.coverage import Coverage, Known
from services.flow.series import invited, listed
from services.flow.sights import Sight
from services.planning.page.strip import holding
from services.planning.templates import title_of
from services.storage.members import Pair
from services.storage.rows.accounts import Host
from services.storage.rows.groups import GroupRow, TermRow
from services.storage.rows.plans import PlanRow, PlanState
from services.storage.rows.series import MeetingRow, SeriesRow, SeriesState
from services.storage.work import Work
from services.web import connected, readers, render, rules, semester
from services.web.readers import Reading

Listed = tuple[SeriesRow, str, int, int]
_PLANS = 50  # the latest, among which those of each term are found


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do, and where."""

    title: str
    hint: str
    done: bool
    address: str
    action: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A term, its latest plan, and of a plan that is ready how many dates hold, of how many."""

    term: TermRow
    over: bool
    plan: PlanRow | None
    label: str
    good: int
    of: int

    @property
    def outdated(self) -> bool:
        """Whether the term has changed since it was planned."""
        return self.plan is not None and self.plan.term_version != self.term.version

    @property
    def overtaken(self) -> bool:
        """Whether calendars lead to another answer since."""
        return self.plan is not None and self.plan.outdated_at is not None


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
    planned, series = _planned(work, group), _series(work, group.id)
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
        coordinators=[row.name for row, _ in groups.coordinators(work, group.id)],
        guests=groups.guests(work, group.id),
        planned=planned,
        series=series,
        steps=_steps(group, people, planned, reading, series),
        reading=reading,
        now=work.now,
        form=None,
    )


def latest(work: Work, group_id: UUID) -> dict[UUID, PlanRow]:
    """The latest plan of each term."""
    found: dict[UUID, PlanRow] = {}
    for row in plans.page(work, group_id, None, _PLANS):
        found.setdefault(row.term_id, row)
    return found


def _people(work: Work, group: GroupRow, reading: Reading | None) -> list[Person]:
    _, pairs = members.page(work, group.id, None, members.MOST)
    known = coverage.of_group(work, group, pairs)
    invited = members.invited(work, group.id)
    sights = {} if reading is None else reading.by_member
    return [
        Person(pair, known[pair[0].id], _state(pair, invited), sights.get(pair[0].id))
        for pair in pairs
    ]


def _state(pair: Pair, invited: dict[UUID, datetime]) -> str:
    member, person = pair
    if member.joined_at is not None:
        return "joined"
    return "invited" if person.id in invited else "waiting"


def _planned(work: Work, group: GroupRow) -> list[Planned]:
    today = work.now.astimezone(zone(group.timezone)).date()
    newest = latest(work, group.id)
    return [_of_term(work, term, newest.get(term.id), today) for term in terms.of(work, group.id)]


def _of_term(work: Work, term: TermRow, plan: PlanRow | None, today: date) -> Planned:
    if plan is None or plan.state is not PlanState.READY:
        return Planned(term, term.end < today, plan, "", 0, 0)
    best = plans.shown(work, plan).answer.proposals[0]
    return Planned(term, term.end < today, plan, best.label, *holding(best))


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
            any(each.plan and not each.outdated and not each.overtaken for each in current),
            f"{at('groups.show')}#terms",
            "Go to the term",
        ),
        Step(
            "Commit it",
            "Use a proposal of the plan: you see what it does, then one press invites everybody.",
            any(row.state is not SeriesState.DRAFT for row, *_ in series),
            f"{at('groups.show')}#{'series' if series else 'terms'}",
            "Go to the draft" if series else "Go to the plan",
        ),
    ]

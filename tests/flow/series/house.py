"""A group whose semester is planned, and a coordinator with an account that can invite."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from scheduler.model.series import Series
from services.flow import groups, members, plans, terms
from services.flow.series import committing, drafts, preview
from services.flow.series.kept import from_kept
from services.flow.series.views import Preview
from services.storage import attendees as stored_attendees
from services.storage import series as stored
from services.storage.rows.series import AttendeeRow, MeetingRow, SeriesRow
from services.storage.work import Work
from tests.flow.accounts_town import Flat
from tests.runtimes import tasks

WEEKLY = {"kind": "weekly", "every": 1, "count": 6}
TERM = {"start": "2027-01-04", "end": "2027-06-30"}


@dataclass
class House:
    """Cora plans for Ada, who coordinates as well and has an account, and for Ben and Eve."""

    flat: Flat
    term: UUID
    plan: UUID

    @property
    def group(self) -> UUID:
        return self.flat.group

    @property
    def ada(self) -> UUID:
        return self.flat.ada

    def work(self, actor: UUID | None = None) -> AbstractContextManager[Work]:
        return self.flat.runtime.work(actor or self.flat.cora)

    def draft(self, actor: UUID | None = None, *, title: str | None = None) -> SeriesRow:
        with self.work(actor) as work:
            hosts = self.flat.runtime.hosts
            return drafts.draft(work, self.group, self.plan, 1, title=title, hosts=hosts)

    def previewed(self, row: SeriesRow) -> Preview:
        runtime = self.flat.runtime
        with self.work() as work:
            again = drafts.one(work, self.group, row.id)
            return preview.preview(work, runtime.keys, runtime.hosts, again)

    def commit(self, row: SeriesRow, version: int | None = None) -> SeriesRow:
        runtime = self.flat.runtime
        with self.work() as work:
            return committing.commit(work, runtime.keys, runtime.hosts, self.group, row.id, version)

    def committed(self, actor: UUID | None = None) -> SeriesRow:
        return self.commit(self.draft(actor))

    def published(self, row: SeriesRow) -> None:
        """Let everything be written out that was to be."""
        with self.flat.runtime.work() as work:
            again = work.session.get_one(SeriesRow, row.id)
            again.published, again.settle_at = again.revision, None

    def row(self, row: SeriesRow) -> SeriesRow:
        with self.flat.runtime.reading() as work:
            return work.session.get_one(SeriesRow, row.id)

    def dates(self, row: SeriesRow) -> list[MeetingRow]:
        with self.flat.runtime.reading() as work:
            return list(stored.meetings(work, row.id))

    def events(self, row: SeriesRow) -> list[Series | None]:
        with self.flat.runtime.reading() as work:
            found = stored.events(work, row.id)
        return [None if each.wanted is None else from_kept(each.wanted) for each in found]

    def attendees(self, row: SeriesRow) -> dict[str, AttendeeRow]:
        with self.flat.runtime.reading() as work:
            return {each.name: each for each, _ in stored_attendees.of(work, row.id)}

    def answers(self, row: SeriesRow, name: str) -> list[str]:
        with self.flat.runtime.reading() as work:
            found = stored_attendees.replies_of(work, self.attendees(row)[name].id)
        return [each.answer for each, _ in found]

    def member(self, name: str) -> UUID:
        with self.work() as work:
            _, pairs = members.page(work, self.group, None, 100)
        return next(each.id for each, _ in pairs if each.name == name)

    def person(self, name: str) -> UUID:
        with self.work() as work:
            _, pairs = members.page(work, self.group, None, 100)
        return next(one.id for each, one in pairs if each.name == name)

    def facts(self, name: str) -> int:
        return sum(each.fact == name for each in tasks(self.flat.runtime))

    def pass_until(self, moment: datetime) -> None:
        """Let time pass, up to some minutes after then."""
        self.flat.clock.now = moment + timedelta(minutes=5)

    def planned(self, term: UUID) -> UUID:
        with self.work() as work:
            asked = plans.ask(work, self.group, term)
            return plans.keep(work, asked, plans.answered(asked, top=2)).id


def a_house(flat: Flat) -> House:
    """Six Mondays or so in a term of its own, planned without anybody's calendar."""
    with flat.runtime.work(flat.cora) as work:
        groups.add_coordinator(work, flat.group, "ada@example.org", "Ada")
        for name in ("Ben", "Eve"):
            entry = members.Entry(name=name, email=f"{name.lower()}@example.org")
            members.add(work, flat.group, entry)
        rules = {**groups.change(work, flat.group, None, {}).rules, "cadence": WEEKLY}
        term = terms.add(work, flat.group, {**TERM, "rules": rules}).id
    house = House(flat, term, term)
    house.plan = house.planned(term)
    return house

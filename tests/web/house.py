"""A group with everybody in it, and visitors who look at its pages."""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import copytree
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from notifications.memory import MemoryChannel
from notifications.message import Sender
from services.app import create_app
from services.config import Settings
from services.flow import calendars, groups, members, plans, sessions, signin, terms
from services.flow.members import Entry
from services.storage.rows.accounts import Host
from services.storage.rows.calendars import CalendarKind
from services.storage.rows.people import LinkRow, Purpose
from services.wiring import Runtime
from tests.hosts import AHost
from tests.runtimes import Jobs, a_person, a_runtime, drained
from tests.web.html import Html

NOW = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
TIMES = [{"days": ["mon", "tue"], "start": "08:00", "end": "12:00"}]
ROLES = ("coordinator", "member", "assistant", "guest", "outsider", "nobody")


@dataclass
class Visitor:
    """Somebody with a browser that runs no scripts."""

    client: FlaskClient
    house: "House"

    def get(self, path: str, status: int = 200) -> Html:
        response = self.client.get(path, headers=PAGE)
        assert response.status_code == status, (path, response.status, response.text[-900:])
        return Html(response.text)

    def send(self, path: str, status: int = 303, /, **fields: Any) -> TestResponse:
        """Send a form, as one of our own pages would."""
        data = {"csrf_token": self.token(), **fields}
        response = self.client.post(path, data=data, headers=PAGE)
        assert response.status_code == status, (path, response.status, response.text[-900:])
        return response

    def refused(self, path: str, status: int = 422, **fields: Any) -> Html:
        return Html(self.send(path, status, **fields).text)

    def token(self) -> str:
        for path in ("/sign-in", "/"):
            found = re.search(
                r'name="csrf_token" value="([^"]+)"', self.client.get(path, headers=PAGE).text
            )
            if found:
                return found[1]
        raise AssertionError("no form to take a token from")


@dataclass
class House:
    """One group of Cleo's: Mia has joined, Max has not; Ash looks after Max, Gus is a guest."""

    runtime: Runtime
    app: Flask
    people: dict[str, UUID] = field(default_factory=dict)
    group: UUID = field(default_factory=lambda: UUID(int=0))
    term: UUID = field(default_factory=lambda: UUID(int=0))
    mia: UUID = field(default_factory=lambda: UUID(int=0))
    max: UUID = field(default_factory=lambda: UUID(int=0))
    plan: UUID = field(default_factory=lambda: UUID(int=0))
    calendar: UUID = field(default_factory=lambda: UUID(int=0))
    guest: UUID = field(default_factory=lambda: UUID(int=0))

    def visitor(self, role: str) -> Visitor:
        client = self.app.test_client()
        if role != "nobody":
            with self.runtime.work() as work:
                client.set_cookie("session", sessions.opened(work, self.people[role]))
        return Visitor(client, self)

    @property
    def mails(self) -> MemoryChannel:
        assert isinstance(self.runtime.channel, MemoryChannel)
        return self.runtime.channel

    def link(self, purpose: Purpose, role: str | None = None, **values: Any) -> str:
        """Make a link and return its path."""
        with self.runtime.work() as work:
            person = self.people[role] if role else None
            signin.made(work, purpose, person_id=person, **values)
        return self.mailed()

    def mailed(self) -> str:
        """The path of the link in the newest mail."""
        drained(self.runtime)
        address = re.escape(self.runtime.settings.address)
        found = re.search(rf"{address}(/l/[\w-]+)", self.mails.messages[-1].text)
        assert found
        return found[1]

    def links_made(self) -> list[LinkRow]:
        with self.runtime.reading() as work:
            return work.session.query(LinkRow).all()


def a_house(home: Path, **settings: Any) -> House:
    runtime = a_runtime(home, **settings)
    runtime.clock = lambda: NOW
    return peopled(House(runtime, create_app(runtime)))


def copied(built: House, home: Path, **hosts: AHost) -> House:
    """Make a house like another one, in a folder that is not there yet."""
    copytree(built.runtime.settings.home, home)
    runtime = Runtime.of(Settings(home=home, database_url=f"sqlite:///{home / 'commonhour.db'}"))
    runtime.queues, runtime.channel = Jobs(), MemoryChannel(Sender("commonhour@localhost"))
    runtime.clock = lambda: NOW
    if hosts:
        runtime.hosts = {Host(name): each for name, each in hosts.items()}
    return replace(built, runtime=runtime, app=create_app(runtime), people=dict(built.people))


def peopled(house: House) -> House:
    """Make everybody known who has a part in the group, and one who has none."""
    for role, name in (
        ("coordinator", "Cleo Coordinator"), ("member", "Mia Member"), ("max", "Max Silent"),
        ("assistant", "Ash Assistant"), ("guest", "Gus Guest"), ("outsider", "Otto Outsider"),
    ):  # fmt: skip
        house.people[role] = a_person(house.runtime, f"{role}@example.org", name)
    return house


def furnished(house: House) -> House:
    """Form the group, and plan it."""
    with house.runtime.work(house.people["coordinator"]) as work:
        group = groups.form(work, "inter-institution", "Thursday circle", "America/New_York")
        house.group = group.id
        mia, _ = members.add(
            work, group.id, Entry(name="Mia Member", email="member@example.org", notice=None)
        )
        mia.joined_at = work.now
        max_, _ = members.add(work, group.id, Entry(name="Max Silent", email="max@example.org"))
        house.mia, house.max = mia.id, max_.id
        members.add_assistant(work, group.id, max_.id, "assistant@example.org", "Ash Assistant")
        guest = groups.add_guest(work, group.id, "guest@example.org", "Gus", date(2027, 3, 4))
        house.guest = guest.id
        owner = calendars.entered_for(work, group.id, max_.id)
        house.calendar = calendars.add_weekly(work, owner, CalendarKind.CLINICAL, TIMES).id
        term = terms.add(work, group.id, {"start": "2027-01-04", "end": "2027-06-30"})
        house.term = term.id
        asked = plans.ask(work, group.id, term.id)
        house.plan = plans.keep(work, asked, plans.answered(asked)).id
    with house.runtime.work(house.people["member"]) as work:
        calendars.add_weekly(work, calendars.own(work), CalendarKind.WORK, TIMES)
    return house

"""One's own page: what is stored, changing it, and leaving (P47)."""

import json
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from scheduler.errors import BadProblem
from scheduler.model.busy import BusyInterval, Kind
from scheduler.model.events import Events
from services.flow import links, people, signin, tokens
from services.flow.errors import Conflict, Missing, Outdated, SignInNeeded, Unfit
from services.flow.stored import stored
from services.storage import calendars
from services.storage.ids import new_id
from services.storage.rows.calendars import BusyRow, CalendarKind, CalendarRow, Source
from services.storage.rows.groups import AssistantRow, GroupRow, GuestRow, MemberRow
from services.storage.rows.people import PersonRow
from services.storage.rows.plans import PlanRow
from tests.accounts.house import HERE, House, secret_of

HOURS = [{"days": ["mon"], "start": "09:00", "end": "17:00"}]


class Mails:
    """Kept mails, of which it is told to forget some."""

    def __init__(self) -> None:
        self.forgotten: list[str] = []

    def __call__(self, address: str, _begun: Sequence[str] = ()) -> int:
        self.forgotten.append(address)
        return 1


def a_calendar(house: House, person: UUID, group: UUID | None = None, secret: str = "") -> UUID:
    """A calendar with one busy hour, tomorrow."""
    start = int(house.clock.now.timestamp()) + 24 * 3600
    row = CalendarRow(
        id=new_id(),
        person_id=person,
        group_id=group,
        kind=CalendarKind.WORK,
        source=Source.ADDRESS if secret else Source.UPLOAD,
        created_at=house.clock.now,
    )
    if secret:
        row.address = house.runtime.keys.sealed(secret, row.id)
    with house.runtime.work() as work:
        work.add(row)
        work.session.flush()
        hour = Events.of([BusyInterval(start, start + 3600, Kind.BUSY)])
        week = timedelta(days=7)
        calendars.keep(work, row.id, hour, house.clock.now - week, house.clock.now + week)
    return row.id


def test_who_is_not_signed_in_is_asked_to(house: House) -> None:
    with house.runtime.reading() as work, pytest.raises(SignInNeeded):
        people.me(work)


def test_people_say_of_themselves_what_they_like(house: House) -> None:
    ada = house.person()

    with house.runtime.work(ada) as work:
        people.change_me(work, 1, name=" Ada  L. ", timezone="Europe/Paris", hours=HOURS)
    with house.runtime.work(ada) as work:
        people.change_me(work, None, hours=None, notice=[{"days": 30}])

    with house.runtime.reading(ada) as work:
        found = people.me(work)
    assert (found.name, found.timezone, found.hours) == ("Ada L.", "Europe/Paris", None)
    assert (found.notice, found.version) == ([{"days": 30}], 3)


def test_what_changed_meanwhile_is_not_overwritten(house: House) -> None:
    ada = house.person()
    with house.runtime.work(ada) as work:
        people.change_me(work, 1, name="Ada L.")

    with house.runtime.work(ada) as work, pytest.raises(Outdated):
        people.change_me(work, 1, name="Ada M.")


def test_what_makes_no_sense_is_refused(house: House) -> None:
    ada = house.person()

    for error, said in (
        (Unfit, {"name": " "}),
        (BadProblem, {"timezone": "Mars/Olympus"}),
        (BadProblem, {"hours": [{"days": ["mon"], "start": "17:00", "end": "09:00"}]}),
        (BadProblem, {"notice": [{"days": 1}, {"days": 2}]}),
    ):
        with pytest.raises(error), house.runtime.work(ada) as work:
            people.change_me(work, None, **said)


def test_deleting_ones_data_leaves_a_member_of_whom_nothing_is_known(house: House) -> None:
    ada, bob = house.person(), house.person("Bob")
    group, other = house.group(ada, ada, bob), house.group(bob, bob)
    for person, place in ((ada, None), (ada, group), (bob, None)):
        a_calendar(house, person, place)
    house.plan(group)
    kept = house.plan(other)
    with house.runtime.work(ada) as work:
        people.change_me(work, None, timezone="UTC", hours=HOURS, preferred=HOURS)
        for member in work.session.scalars(select(MemberRow)):
            member.hours = member.preferred = HOURS
            member.notice = [{"days": 3}]

    with house.runtime.work(ada) as work:
        assert people.delete_data(work) == [group]

    with house.runtime.reading(ada) as work:
        me = people.me(work)
        members = work.session.scalars(select(MemberRow)).all()
        assert [row.person_id for row in work.session.scalars(select(CalendarRow))] == [bob]
        assert work.session.scalars(select(PlanRow.id)).all() == [kept]
    assert (me.timezone, me.hours, me.preferred, me.notice) == (None, None, None, None)
    mine = [(row.hours, row.preferred, row.notice) for row in members if row.person_id == ada]
    others = [row.hours for row in members if row.person_id == bob]
    assert mine == [(None, None, None)]
    assert others == [HOURS, HOURS]
    assert house.count(BusyRow) == 1


def test_coordinators_hear_that_plans_are_gone_and_not_because_of_whom(house: House) -> None:
    ada, cora = house.person(), house.person("Cora")
    group, quiet = house.group(cora, ada), house.group(cora, ada)
    house.plan(group)

    with house.runtime.work(ada) as work:
        people.delete_data(work)
    [mail] = house.deliver()

    assert mail.to_address == "cora@example.org"
    assert "plan again" in mail.text
    assert "Ada" not in mail.text + mail.html + mail.subject
    view = links.look(house.runtime, secret_of(mail), HERE)
    assert (view.group_id, view.name) == (group, "Cora")
    assert view.group_id != quiet


def test_a_forgotten_person_is_nowhere(house: House) -> None:
    signin.ask(house.runtime, "bob@example.org", HERE, sign_up=True)
    house.deliver()
    ada, bob = house.person(), house.person("Bob")
    group = house.group(ada, ada, bob)
    a_calendar(house, bob)
    house.plan(group)
    house.follow(house.invited(bob, group))
    with house.runtime.work() as work:
        tokens.create(work, "bob@example.org")
        [mine] = work.session.scalars(select(MemberRow.id).where(MemberRow.person_id == ada)).all()
        work.add(AssistantRow(member_id=mine, person_id=bob, name="B", since=work.now))
        work.add(
            GuestRow(
                group_id=group,
                person_id=bob,
                name="Bob",
                day=work.now.date(),
                created_at=work.now,
            )
        )
    mails = Mails()

    with house.runtime.work() as work:
        people.forget(work, bob, mails=mails)

    rows = house.everything()
    only_ids_and_hashes = ("audit", "audit_end", "try", "outbox")
    audited, *_ = [rows.pop(each) for each in only_ids_and_hashes]
    assert {name: count for name, count in rows.items() if count} == {
        "person": 1, "mentor_group": 1, "coordinator": 1, "member": 1, "term": 1
    }  # fmt: skip
    assert audited > 0
    assert mails.forgotten == ["bob@example.org"]
    with house.runtime.reading() as work:
        left = work.session.scalars(select(PersonRow)).one()
    assert left.name == "Ada"


def test_nobody_is_forgotten_who_alone_coordinates_others(house: House) -> None:
    ada, bob = house.person(), house.person("Bob")
    house.group(ada, ada, bob, title="Thursday")
    mails = Mails()

    with house.runtime.work() as work, pytest.raises(Conflict, match="Thursday: name another"):
        people.forget(work, ada, mails=mails)

    assert mails.forgotten == []


def test_a_group_that_has_nobody_else_goes_along(house: House) -> None:
    ada = house.person()
    house.group(ada, ada)

    with house.runtime.work() as work:
        people.forget(work, ada, mails=Mails())

    assert house.count(GroupRow) == 0


def test_whoever_is_unknown_cannot_be_forgotten(house: House) -> None:
    with house.runtime.work() as work, pytest.raises(Missing):
        people.forget(work, uuid4(), mails=Mails())


def test_everything_stored_is_shown_but_for_what_is_secret(house: House) -> None:
    ada, bob = house.person(), house.person("Bob")
    group = house.group(ada, ada, bob)
    a_calendar(house, bob, secret="https://calendar.example.org/private-0123456789/basic.ics?key=k")
    a_calendar(house, bob, group)
    _, cookie = house.follow(house.invited(bob, group))
    with house.runtime.work() as work:
        _, token = tokens.create(work, "bob@example.org", scopes=("read",))

    with house.runtime.reading() as work:
        said = stored(work, bob, house.runtime.keys)
    text = json.dumps(said)

    assert said["person"]["email"] == "bob@example.org"
    assert [each["group"] for each in said["memberships"]] == ["Roadmap"]
    assert [each["host"] for each in said["calendars"]] == ["calendar.example.org", None]
    assert [each["entered_by"] for each in said["calendars"]] == ["you", "a coordinator"]
    assert said["calendars"][0]["busy"]["intervals"] == [
        {"start": "2027-01-05T12:00:00Z", "end": "2027-01-05T13:00:00Z", "kind": "busy"}
    ]
    assert [each["scopes"] for each in said["tokens"]] == [["read"]]
    assert [each["purpose"] for each in said["links"]] == ["invitation"]
    assert len(said["sessions"]) == 1
    assert {each["action"] for each in said["audit"]} == {"member.joined", "session.opened"}
    for secret in ("private-0123456789", "key=k", cookie, token, "ada@example.org"):
        assert secret not in text


def test_everything_stored_names_every_table_that_knows_a_person() -> None:
    """A table that refers to persons must be shown by `stored`; add it there, then here."""
    referring = {
        table.name
        for table in PersonRow.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "person"
    }

    assert referring == {
        "coordinator", "member", "assistant", "guest", "calendar", "link", "session", "token",
        "answer", "account", "consent", "programme_consent", "reading_objection",
            "series", "attendee", "feed",
    }  # fmt: skip

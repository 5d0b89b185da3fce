"""Asking for a link, and the mails that carry them."""

import logging
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, select

from notifications.errors import TryLater, Undeliverable
from notifications.message import Message, Receipt
from services.flow import links, people, proof, signin
from services.flow.errors import Gone, TooMany, Unfit
from services.storage import links as stored
from services.storage.rows.groups import GroupRow
from services.storage.rows.outbox import TaskState
from services.storage.rows.people import LinkRow, PersonRow, Purpose
from services.storage.work import Work
from tests.accounts.house import HERE, House, secret_of
from tests.runtimes import aged, do, drained, tasks


def test_a_mailed_link_signs_its_reader_in(house: House) -> None:
    ada = house.person()

    person, cookie = house.follow(house.asked("Ada@Example.org "))

    assert person.id == ada
    assert cookie


def test_only_the_hash_of_a_secret_is_kept(house: House) -> None:
    house.person()

    secret = house.asked()

    with house.runtime.reading() as work:
        [link] = work.session.scalars(select(LinkRow)).all()
    assert link.secret_hash == proof.hashed(secret)
    assert len(secret) == 43  # 256 random bits


def begun(house: House) -> None:
    """Let the audit have a line."""
    with house.runtime.work() as work:
        work.note("group.changed")


def test_a_strangers_address_gets_no_mail_and_no_link_and_no_other_answer(house: House) -> None:
    house.person()
    begun(house)
    before = house.everything()

    signin.ask(house.runtime, "nobody@example.org", HERE)

    after = house.everything()
    assert house.deliver() == []
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"audit", "try", "outbox"}  # where a task is done that finds no link
    assert [each.state for each in tasks(house.runtime)] == [TaskState.DONE]


def test_a_strangers_address_takes_the_same_steps(house: House) -> None:
    house.person()
    begun(house)
    heard: list[str] = []

    def hear(_c: object, _k: object, statement: str, *_rest: object) -> None:
        heard.append(statement.split(maxsplit=1)[0].lower())

    def steps(email: str) -> list[str]:
        heard.clear()
        signin.ask(house.runtime, email, HERE)
        return list(heard)

    event.listen(house.runtime.engine, "before_cursor_execute", hear)
    known, stranger = steps("ada@example.org"), steps("nobody@example.org")

    stranger.remove("delete")
    assert stranger == known


def test_an_address_where_no_mail_gets_is_treated_like_a_strangers(house: House) -> None:
    with house.runtime.work() as work:
        work.add(PersonRow(email="a@b.invalid", name="A", created_at=work.now))

    signin.ask(house.runtime, "a@b.invalid", HERE)

    assert house.count(LinkRow) == 0


@pytest.mark.parametrize("text", ["", "ada", "a@b@c", "a b@example.org", "a@example.org\r\nBcc: x"])
def test_what_is_no_address_is_refused(house: House, text: str) -> None:
    with pytest.raises(Unfit, match="not an address"):
        signin.ask(house.runtime, text, HERE)


def test_a_stranger_may_sign_up_where_that_is_set(house: House) -> None:
    signin.ask(house.runtime, "eve@example.org", HERE, sign_up=True)
    secret = house.secret()
    assert house.count(PersonRow) == 0

    view = links.look(house.runtime, secret, HERE)
    person, _ = links.follow(house.runtime, secret, HERE, name="Eve")

    assert (view.purpose, view.name, view.email) == (Purpose.SIGN_UP, None, "eve@example.org")
    assert (person.name, person.email) == ("Eve", "eve@example.org")


def test_who_signs_up_and_says_no_name_may_say_it_and_use_the_link_again(house: House) -> None:
    signin.ask(house.runtime, "eve@example.org", HERE, sign_up=True)
    secret = house.secret()

    with pytest.raises(Unfit, match="write your name"):
        links.follow(house.runtime, secret, HERE)

    assert links.follow(house.runtime, secret, HERE, name="Eve")[0].name == "Eve"


def test_who_was_added_after_signing_up_comes_in_as_that_person(house: House) -> None:
    signin.ask(house.runtime, "eve@example.org", HERE, sign_up=True)
    secret = house.secret()
    eve = house.person("Eve")

    assert house.follow(secret)[0].id == eve


def test_five_mails_an_hour_go_to_one_address_whoever_asks(house: House) -> None:
    house.person()
    for number in range(5):
        signin.ask(house.runtime, "ada@example.org", f"198.51.100.{number}")

    with pytest.raises(TooMany, match="wait 60 minutes") as refused:
        signin.ask(house.runtime, "ada@example.org", "198.51.100.9")
    assert refused.value.seconds == 3600

    house.clock.on(hours=1)
    signin.ask(house.runtime, "ada@example.org", HERE)


def test_twenty_mails_an_hour_are_asked_for_from_one_place(house: House) -> None:
    for number in range(20):
        signin.ask(house.runtime, f"p{number}@example.org", HERE)

    with pytest.raises(TooMany):
        signin.ask(house.runtime, "another@example.org", HERE)


def test_asking_often_leaves_a_few_links_alive(house: House) -> None:
    house.person()
    secrets = [house.asked() for _ in range(5)]

    alive = []
    for number, secret in enumerate(secrets):
        try:
            links.look(house.runtime, secret, HERE)
            alive.append(number)
        except Gone:
            continue
    assert alive == [2, 3, 4]


def test_the_first_link_is_for_whoever_comes_first(house: House) -> None:
    with house.runtime.work() as work:
        secret = signin.first_link(work)
    assert secret is not None

    view = links.look(house.runtime, secret, HERE)
    with pytest.raises(Unfit):
        links.follow(house.runtime, secret, HERE, name="Ada")
    person, _ = links.follow(house.runtime, secret, HERE, name="Ada", email="Ada@example.org")

    assert (view.purpose, view.email) == (Purpose.FIRST, None)
    assert person.email == "ada@example.org"
    with house.runtime.work() as work:
        assert signin.first_link(work) is None


def test_a_later_first_link_ends_the_earlier_ones(house: House) -> None:
    with house.runtime.work() as work:
        first = signin.first_link(work)
        second = signin.first_link(work)
    assert first
    assert second

    with pytest.raises(Gone):
        links.look(house.runtime, first, HERE)
    links.look(house.runtime, second, HERE)


def test_the_first_link_leads_nowhere_once_there_is_somebody(house: House) -> None:
    with house.runtime.work() as work:
        secret = signin.first_link(work)
    assert secret
    house.person()

    with pytest.raises(Gone, match="leads nowhere"):
        links.follow(house.runtime, secret, HERE, name="Eve", email="ada@example.org")


def test_an_invitation_says_who_invites_to_what(house: House) -> None:
    ada, bob = house.person(), house.person("Bob")
    group = house.group(ada, bob)
    with house.runtime.work(ada) as work:
        signin.invite(work, bob, group, Purpose.INVITATION)

    [message] = house.deliver()
    view = links.look(house.runtime, secret_of(message), HERE)

    assert "Ada invites you" in message.text
    assert (view.name, view.group_title, view.invited_by) == ("Bob", "Roadmap", "Ada")
    assert view.expires_at == house.clock.now + timedelta(days=14)


class Moody:
    """A channel that fails as told before it works."""

    def __init__(self, house: House, *errors: Exception) -> None:
        self.errors = list(errors)
        self.keys: list[str] = []
        self.house = house

    def send(self, message: Message) -> Receipt:
        self.keys.append(message.key)
        if self.errors:
            raise self.errors.pop(0)
        return self.house.channel.send(message)


class Arrived(Moody):
    """A channel whose first message arrives, though nobody lives to hear of it."""

    def send(self, message: Message) -> Receipt:
        self.house.channel.send(message)
        raise KeyboardInterrupt


def later(seconds: float = 300) -> TryLater:
    return TryLater("Not now", remedy="wait", seconds=seconds)


def test_a_mail_that_has_to_wait_goes_out_later_with_a_secret_that_works(house: House) -> None:
    house.person()
    signin.ask(house.runtime, "ada@example.org", HERE)
    channel = Moody(house, later())
    house.runtime.channel = channel

    drained(house.runtime)
    aged(house.runtime, seconds=299)
    assert drained(house.runtime) == []

    aged(house.runtime, seconds=32)  # a little more: not everybody comes back at once
    drained(house.runtime)
    drained(house.runtime)

    [message] = house.channel.messages
    assert len(channel.keys) == 2
    assert len(set(channel.keys)) == 1  # should both arrive, they are one mail
    assert house.follow(secret_of(message))


def test_a_mail_whose_writer_died_is_written_by_the_next(house: House) -> None:
    house.person()
    signin.ask(house.runtime, "ada@example.org", HERE)
    house.runtime.channel = Moody(house, KeyboardInterrupt())  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        drained(house.runtime)

    assert drained(house.runtime) == []  # it may still be at work
    aged(house.runtime, seconds=21)
    drained(house.runtime)

    assert house.follow(secret_of(house.channel.messages[0]))


def test_a_mail_outlives_a_mail_server_that_is_away_for_hours(house: House) -> None:
    house.person()
    signin.ask(house.runtime, "ada@example.org", HERE)
    channel = Moody(house, *[later(1) for _ in range(60)])
    house.runtime.channel = channel

    for _ in range(61):
        drained(house.runtime)
        aged(house.runtime, seconds=2)

    [message] = house.channel.messages
    assert len(channel.keys) == 61
    assert house.follow(secret_of(message))


def test_two_mails_of_one_link_are_one_mail_with_one_link_that_works(house: House) -> None:
    house.person()
    signin.ask(house.runtime, "ada@example.org", HERE)
    house.runtime.channel = Arrived(house)
    with pytest.raises(KeyboardInterrupt):
        drained(house.runtime)
    house.runtime.channel = house.channel
    aged(house.runtime, seconds=21)
    drained(house.runtime)

    [message] = house.channel.messages  # under one key, as a reader's program takes it
    assert house.follow(secret_of(message))


def test_a_link_that_is_ended_while_its_mail_is_written_gets_none(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = house.person()
    signin.ask(house.runtime, "ada@example.org", HERE)
    look_up = stored.waiting

    def forgotten_meanwhile(work: Work, link_id: UUID, most: int) -> object:
        row = look_up(work, link_id, most)
        with house.runtime.work() as other:
            people.forget(other, person, mails=lambda *_: 0)
        return row

    monkeypatch.setattr(stored, "waiting", forgotten_meanwhile)

    drained(house.runtime)

    assert house.channel.messages == []


def test_a_mail_that_can_never_arrive_keeps_no_other_from_going_out(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.person()
    house.person("Bob")
    signin.ask(house.runtime, "ada@example.org", HERE)
    signin.ask(house.runtime, "bob@example.org", HERE)
    house.runtime.channel = Moody(house, Undeliverable("Never", remedy="give up"))

    with caplog.at_level(logging.DEBUG):
        drained(house.runtime)
    aged(house.runtime, minutes=3)
    drained(house.runtime)

    assert [each.to_address for each in house.channel.messages] == ["bob@example.org"]
    assert "ada" not in caplog.text


def test_no_mail_goes_where_none_can_arrive(house: House) -> None:
    with house.runtime.work() as work:
        row = PersonRow(email="a@b.invalid", name="A", created_at=work.now)
        work.add(row)
        work.session.flush()
        group = GroupRow(
            template="roadmap", title="Roadmap", timezone="UTC", rules={}, created_at=work.now
        )
        work.add(group)
        work.session.flush()
        signin.invite(work, row.id, group.id, Purpose.COORDINATION)

    assert house.deliver() == []
    assert house.deliver() == []


def test_two_workers_write_one_mail(house: House) -> None:
    house.person()
    signin.ask(house.runtime, "ada@example.org", HERE)
    house.runtime.channel = Moody(house)
    inner = house.channel.send

    [task] = tasks(house.runtime)

    def send_while_another_works(message: Message) -> Receipt:
        assert house.deliver() == []
        do(house.runtime, task.job, [task.id])
        return inner(message)

    house.runtime.channel.send = send_while_another_works  # type: ignore[method-assign]
    drained(house.runtime)

    assert len(house.channel.messages) == 1

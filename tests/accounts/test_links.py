"""Links: opening one never decides (P26), one does one thing once (P27, P28)."""

import pytest
from sqlalchemy import delete, select

from services.flow import links, sessions, signin
from services.flow.errors import Gone, Missing
from services.flow.links import LinkGone
from services.storage.rows.groups import CoordinatorRow, MemberRow
from services.storage.rows.people import LinkRow, PersonRow, Purpose, SessionRow
from tests.accounts.house import HERE, House, at_once


def test_opening_a_link_a_hundred_times_changes_nothing(house: House) -> None:
    house.person()
    secret = house.asked()
    before = contents(house)

    for _ in range(100):
        links.look(house.runtime, secret, HERE)

    assert contents(house) == before
    assert house.follow(secret)


def test_a_link_works_once(house: House) -> None:
    house.person()
    secret = house.asked()
    house.follow(secret)

    with pytest.raises(LinkGone, match="used already") as gone:
        house.follow(secret)

    assert (gone.value.purpose, gone.value.renewable) == (Purpose.SIGN_IN, True)
    assert house.count(SessionRow) == 1


@pytest.mark.parametrize("purpose", [Purpose.SIGN_IN, Purpose.INVITATION])
def test_of_fifty_who_use_a_link_at_once_one_comes_in(house: House, purpose: Purpose) -> None:
    ada = house.person()
    group = house.group(ada, ada)
    secret = house.asked() if purpose is Purpose.SIGN_IN else house.invited(ada, group)

    outcomes = at_once(
        50, lambda number: links.follow(house.runtime, secret, f"198.51.100.{number}")
    )

    assert sum(isinstance(each, tuple) for each in outcomes) == 1
    assert all(isinstance(each, tuple | Gone) for each in outcomes)
    assert house.count(SessionRow) == 1
    assert house.audited().count("session.opened") == 1
    assert house.audited().count("member.joined") == (purpose is Purpose.INVITATION)


def test_of_fifty_first_coordinators_there_is_one(house: House) -> None:
    with house.runtime.work() as work:
        secret = signin.first_link(work) or ""

    outcomes = at_once(
        50,
        lambda number: links.follow(
            house.runtime, secret, f"198.51.100.{number}", name="A", email=f"a{number}@example.org"
        ),
    )

    assert sum(isinstance(each, tuple) for each in outcomes) == 1
    assert house.count(PersonRow) == 1


@pytest.mark.parametrize(
    ("purpose", "minutes"), [(Purpose.SIGN_IN, 20), (Purpose.INVITATION, 14 * 24 * 60)]
)
def test_a_link_is_over_in_time(house: House, purpose: Purpose, minutes: int) -> None:
    ada = house.person()
    group = house.group(ada, ada)
    secret = house.asked() if purpose is Purpose.SIGN_IN else house.invited(ada, group)

    house.clock.on(minutes=minutes, seconds=-1)
    links.look(house.runtime, secret, HERE)
    house.clock.on(seconds=1)

    with pytest.raises(LinkGone, match="too old"):
        links.look(house.runtime, secret, HERE)
    with pytest.raises(LinkGone, match="too old"):
        house.follow(secret)


def test_a_link_that_is_cut_or_written_differently_is_unknown(house: House) -> None:
    house.person()
    secret = house.asked()

    for wrong in (secret[:-1], secret + "A", secret.swapcase(), "", " " + secret, "\ud800", "é"):
        with pytest.raises(Missing):
            house.follow(wrong)

    assert house.follow(secret)


def test_an_invitation_makes_its_reader_a_member_who_has_joined(house: House) -> None:
    ada, bob = house.person(), house.person("Bob")
    group, other = house.group(ada, bob), house.group(ada, bob)

    house.follow(house.invited(bob, group))

    with house.runtime.reading() as work:
        joined = {
            row.group_id: row.joined_at for row in work.session.scalars(select(MemberRow)).all()
        }
    assert joined == {group: house.clock.now, other: None}


def test_a_coordinators_invitation_signs_in(house: House) -> None:
    ada, bob = house.person(), house.person("Bob")
    group = house.group(ada)
    with house.runtime.work() as work:
        work.add(CoordinatorRow(group_id=group, person_id=bob, name="B", since=work.now))

    assert house.follow(house.invited(bob, group, Purpose.COORDINATION))[0].id == bob


@pytest.mark.parametrize("purpose", [Purpose.INVITATION, Purpose.COORDINATION])
def test_an_invitation_dies_with_what_it_invites_to(house: House, purpose: Purpose) -> None:
    ada, bob = house.person(), house.person("Bob")
    group = house.group(bob, bob)
    secret = house.invited(bob, group, purpose)
    with house.runtime.work(ada) as work:
        work.session.execute(delete(MemberRow))
        work.session.execute(delete(CoordinatorRow))

    for use in (links.look, links.follow, links.again):
        with pytest.raises(LinkGone) as gone:
            use(house.runtime, secret, HERE)
        assert not gone.value.renewable


def test_a_link_dies_with_its_person(house: House) -> None:
    ada = house.person()
    secret = house.asked()
    with house.runtime.work() as work:
        work.session.execute(delete(PersonRow).where(PersonRow.id == ada))

    with pytest.raises(Missing):
        house.follow(secret)


def test_a_new_link_goes_to_the_same_address(house: House) -> None:
    ada, bob = house.person(), house.person("Bob")
    group = house.group(ada, bob)
    secret = house.invited(bob, group)
    house.clock.on(days=15)

    links.again(house.runtime, secret, HERE)
    [message] = house.deliver()

    assert message.to_address == "bob@example.org"
    assert "Join Roadmap" in message.text


def test_a_new_link_for_who_has_joined_signs_in(house: House) -> None:
    ada, bob = house.person(), house.person("Bob")
    group = house.group(ada, bob)
    secret = house.invited(bob, group)
    house.follow(secret)

    links.again(house.runtime, secret, HERE)
    [message] = house.deliver()

    assert message.subject == "Sign in to Common Hour"


def test_a_link_of_an_unknown_secret_cannot_be_renewed(house: House) -> None:
    with pytest.raises(Missing):
        links.again(house.runtime, "x" * 43, HERE)
    assert house.count(LinkRow) == 0


def test_signing_out_ends_the_session_at_once(house: House) -> None:
    ada = house.person()
    _, here = house.follow(house.asked())
    _, there = house.follow(house.asked())
    with house.runtime.work(ada) as work:
        session = sessions.current(work, here)
        assert session is not None
        sessions.sign_out(work, session.id)

    with house.runtime.reading() as work:
        assert sessions.current(work, here) is None
        assert sessions.current(work, there) is not None


def test_signing_out_everywhere_ends_every_session_of_that_person(house: House) -> None:
    ada = house.person()
    house.person("Bob")
    cookies = [house.follow(house.asked())[1] for _ in range(2)]
    bobs = house.follow(house.asked("bob@example.org"))[1]

    with house.runtime.work(ada) as work:
        assert sessions.sign_out_everywhere(work) == 2

    with house.runtime.reading() as work:
        assert [sessions.current(work, each) for each in cookies] == [None, None]
        assert sessions.current(work, bobs) is not None


def test_a_session_is_over_after_thirty_days(house: House) -> None:
    house.person()
    _, cookie = house.follow(house.asked())
    house.clock.on(days=30)

    with house.runtime.reading() as work:
        assert sessions.current(work, cookie) is None


def contents(house: House) -> list[object]:
    """Every value in the rows that a link could change."""
    with house.runtime.reading() as work:
        return [
            {column.name: getattr(row, column.key) for column in table.__table__.columns}
            for table in (LinkRow, PersonRow, SessionRow, MemberRow)
            for row in work.session.scalars(select(table)).all()
        ]

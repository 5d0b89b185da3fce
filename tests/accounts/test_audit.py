"""Every change is accountable (P48): one line each, and no byte of it alters unseen."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from services.flow import links, people, purge, sessions, signin, tokens
from services.storage import audit
from services.storage.audit import Verdict
from services.storage.rows.doors import AuditEndRow, AuditRow
from services.storage.rows.people import Purpose
from services.storage.work import Work
from tests.accounts.house import HERE, House, a_house, at_once

LINES = 4


def written(house: House) -> None:
    """Some lines, with and without an actor, a subject and a version."""
    ada = UUID("0193aaaa-0000-7000-8000-00000000abcd")
    for actor, subject, version in (
        (None, None, None),
        (ada, None, 7),
        (None, ada, 1),
        (ada, ada, 2),
    ):
        house.clock.on(seconds=1, microseconds=1)
        with house.runtime.work(actor) as work:
            work.note("group.changed", subject, version)


def verdict(house: House) -> Verdict:
    with house.runtime.reading() as work:
        return audit.verify(work.session)


def test_an_untouched_audit_is_whole(house: House) -> None:
    assert verdict(house) == Verdict(0, b"", None)
    written(house)

    found = verdict(house)

    assert (found.lines, found.broken) == (LINES, None)
    assert len(found.seal) == 32


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", datetime(2027, 1, 1, tzinfo=UTC)),
        ("actor", UUID(int=1)),
        ("action", "group.changed "),
        ("subject", UUID(int=1)),
        ("version", 3),
        ("seal", b"x" * 32),
        ("number", 99),
    ],
)
def test_an_altered_value_is_found_where_it_stands(
    house: House, column: str, value: object
) -> None:
    written(house)

    for number in range(1, LINES + 1):
        with house.runtime.reading() as work:
            change = update(AuditRow).where(AuditRow.number == number)
            work.session.execute(change.values({column: value}))

            assert audit.verify(work.session).broken == number
            work.session.rollback()


def test_a_line_that_is_missing_is_found(house: House) -> None:
    written(house)

    for number in range(1, LINES):
        with house.runtime.reading() as work:
            work.session.execute(delete(AuditRow).where(AuditRow.number == number))

            assert audit.verify(work.session).broken == number
            work.session.rollback()


def test_no_byte_of_a_row_alters_unseen(tmp_path: Path) -> None:
    file = tmp_path / "commonhour.db"
    with a_house(f"sqlite:///{file}", tmp_path) as house:
        written(house)
        columns = [column.name for column in AuditRow.__table__.columns if column.name != "number"]
        altered = 0
        with sqlite3.connect(file, isolation_level=None) as raw:
            for number in range(1, LINES + 1):
                for column in columns:
                    [[value]] = raw.execute(
                        f"SELECT {column} FROM audit WHERE number = ?", (number,)
                    )
                    for other in alterations(value):
                        raw.execute(
                            f"UPDATE audit SET {column} = ? WHERE number = ?", (other, number)
                        )
                        altered += 1
                        try:
                            assert verdict(house).broken == number, (column, value, other)
                        finally:
                            raw.execute(
                                f"UPDATE audit SET {column} = ? WHERE number = ?", (value, number)
                            )
        raw.close()
        assert verdict(house).broken is None
    assert altered > 500


def alterations(value: object) -> list[object]:
    """A stored value with one byte altered, at every place."""
    if isinstance(value, int):
        return [value ^ 1, value + 256]
    if isinstance(value, bytes):
        return [
            value[:n] + bytes([value[n] ^ bit]) + value[n + 1 :]
            for n in range(len(value))
            for bit in (1, 32)
        ]
    if isinstance(value, str):
        return [
            value[:n] + chr(ord(value[n]) ^ bit) + value[n + 1 :]
            for n in range(len(value))
            for bit in (1, 32)
        ]
    return []


def test_lines_written_at_once_form_one_chain(house: House) -> None:
    def write(number: int) -> None:
        with house.runtime.work() as work:
            work.note("group.changed", None, number)
            work.note("group.changed", None, number)

    assert at_once(20, write) == [None] * 20

    assert (verdict(house).lines, verdict(house).broken) == (40, None)


def test_what_was_rolled_back_leaves_no_line(house: House) -> None:
    with pytest.raises(RuntimeError), house.runtime.work() as work:
        work.note("group.changed")
        raise RuntimeError

    assert verdict(house).lines == 0


def test_every_step_through_a_link_has_one_line_and_looking_has_none(house: House) -> None:
    ada, bob = house.person(), house.person("Bob")
    group = house.group(ada, bob)
    secret = house.invited(bob, group)
    audited = Audited(house)

    links.look(house.runtime, secret, HERE)
    assert audited.since() == []
    house.follow(secret)
    assert audited.since() == ["member.joined", "session.opened"]
    with pytest.raises(links.LinkGone):
        house.follow(secret)
    assert audited.since() == []
    links.again(house.runtime, secret, HERE)
    assert audited.since() == ["link.renewed"]
    signin.ask(house.runtime, "bob@example.org", HERE)
    assert audited.since() == ["signin.asked"]
    house.deliver()
    assert audited.since() == []
    with house.runtime.work() as work:
        tokens.create(work, "cleo@example.org")
    assert audited.since() == ["person.added", "token.created"]


def end_session(work: Work, secret: str) -> None:
    current = sessions.current(work, secret)
    if current is not None:
        sessions.sign_out(work, current.id)


def test_every_change_of_oneself_has_one_line(house: House) -> None:
    bob = house.person("Bob")
    _, cookie = house.follow(house.asked("bob@example.org"))
    audited = Audited(house)
    steps: list[tuple[Callable[[Work], object], list[str]]] = [
        (lambda work: people.change_me(work, 1, name="Robert"), ["person.changed"]),
        (lambda work: tokens.create(work, "bob@example.org"), ["token.created"]),
        (lambda work: tokens.revoke(work, tokens.of(work)[0].id), ["token.revoked"]),
        (lambda work: end_session(work, cookie), ["session.ended"]),
        (lambda work: end_session(work, cookie), []),
        (sessions.sign_out_everywhere, []),
        (people.delete_data, ["person.data_deleted"]),
        (purge.purge, ["purge.done"]),
        (lambda work: people.forget(work, bob, mails=lambda *_: 0), ["person.forgotten"]),
    ]

    for step, lines in steps:
        with house.runtime.work(bob) as work:
            step(work)

        assert audited.since() == lines


class Audited:
    """The lines of the audit, each told once."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._told = len(house.audited())

    def since(self) -> list[str]:
        """The actions since the last time."""
        new = self._house.audited()[self._told :]
        self._told += len(new)
        return new


def test_a_line_says_who_and_which_version(house: House) -> None:
    bob = house.person("Bob")
    group = house.group(house.person(), bob)
    secret = house.invited(bob, group, Purpose.INVITATION)

    house.follow(secret)

    with house.runtime.reading() as work:
        joined, opened = work.session.scalars(select(AuditRow).order_by(AuditRow.number)).all()
    assert (joined.actor, joined.version, joined.at) == (bob, 2, house.clock.now)
    assert (opened.actor, opened.version) == (bob, None)


def cut(house: House, *, end: bool = False) -> None:
    """Take the last line away, and perhaps what tells where the audit ends."""
    with house.runtime.work() as work:
        work.session.execute(delete(AuditRow).where(AuditRow.number == LINES))
        if end:
            work.session.execute(delete(AuditEndRow))


def test_lines_that_are_missing_at_the_end_are_missed(house: House) -> None:
    written(house)
    assert not verdict(house).cut
    cut(house)

    assert (verdict(house).lines, verdict(house).broken, verdict(house).cut) == (3, None, True)
    with house.runtime.work() as work:
        work.note("group.changed")
    assert verdict(house).broken == LINES


@pytest.mark.parametrize("forged", [None, b"3 00"])
def test_who_has_no_key_cannot_say_that_the_audit_ends_earlier(
    house: House, forged: bytes | None
) -> None:
    written(house)
    cut(house, end=forged is None)
    if forged is not None:
        with house.runtime.work() as work:
            work.session.execute(update(AuditEndRow).values(sealed=forged))

    assert verdict(house).cut
    with house.runtime.work() as work:
        work.note("group.changed")
    assert verdict(house).cut

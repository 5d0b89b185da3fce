"""Forgotten is gone from the disk, and from the mails of others that are kept on it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from notifications import outbox
from notifications.message import Sender
from notifications.outbox import OutboxChannel
from services.flow import groups, members, people, purge
from services.flow.members import Entry
from services.storage.work import Work
from tests.accounts.house import House, a_house
from tests.runtimes import drained, ticked

WORD = "Quetzalcoatl"
HOURS = [{"days": ["mon"], "start": "03:13", "end": "04:44"}]


def forgotten(work: Work, person: UUID) -> None:
    people.forget(work, person, mails=lambda *_: 0)


def purged(work: Work, person: UUID) -> None:
    work.session.execute(text("delete from member where person_id = :id"), {"id": person.hex})
    purge.purge(work)


def written(house: House) -> UUID:
    ada = house.person()
    group = house.group(ada)
    with house.runtime.work(ada) as work:
        _, person = members.add(work, group, Entry(name=WORD, email=f"{WORD}@example.org"))
    return person.id


def on_disk(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.glob("commonhour.db*"))


@pytest.mark.parametrize("act", [forgotten, purged])
def test_no_word_of_them_is_in_any_file_of_the_database(
    tmp_path: Path, act: Callable[[Work, UUID], None]
) -> None:
    with a_house(f"sqlite:///{tmp_path / 'commonhour.db'}", tmp_path) as house:
        person = written(house)
        assert WORD.encode() in on_disk(tmp_path)

        with house.runtime.work() as work:
            act(work, person)

        found = on_disk(tmp_path)
        assert WORD.encode() not in found
        assert WORD.lower().encode() not in found


def test_deleted_hours_are_in_no_file_either(tmp_path: Path) -> None:
    with a_house(f"sqlite:///{tmp_path / 'commonhour.db'}", tmp_path) as house:
        ada = house.person()
        with house.runtime.work(ada) as work:
            people.change_me(work, None, hours=HOURS)
        assert b"03:13" in on_disk(tmp_path)

        with house.runtime.work(ada) as work:
            people.delete_data(work)

        assert b"03:13" not in on_disk(tmp_path)


def test_a_reader_who_is_in_the_way_hinders_nobody(tmp_path: Path) -> None:
    with a_house(f"sqlite:///{tmp_path / 'commonhour.db'}", tmp_path) as house:
        person = written(house)
        with house.runtime.reading() as reader:
            people_before = reader.session.execute(text("select count(*) from person")).scalar()

            with house.runtime.work() as work:
                forgotten(work, person)

            assert people_before == 2
        with house.runtime.work() as work:
            purge.purge(work)
        assert WORD.encode() not in on_disk(tmp_path)


def test_mails_in_which_they_invite_go_with_them(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    house.runtime.settings.home.mkdir(exist_ok=True)
    ada, inviter = house.person(), house.person(WORD)
    group = house.group(ada)
    with house.runtime.work(ada) as work:
        groups.add_coordinator(work, group, f"{WORD}@example.org", WORD)
    with house.runtime.work(inviter) as work:
        pair = members.add(work, group, Entry(name="Eve", email="eve@example.org"))
        members.invite(work, group, pair[0].id)
    house.runtime.channel = OutboxChannel(folder, Sender("us@example.org"), house.clock)
    drained(house.runtime)
    assert {each.to for each in outbox.read(folder)} == {
        "eve@example.org", f"{WORD.lower()}@example.org",
    }  # fmt: skip

    with house.runtime.work() as work:
        people.forget(work, inviter, mails=lambda email, begun: outbox.forget(folder, email, begun))

    assert outbox.read(folder) == []


def test_the_workers_purge_by_themselves_and_kept_mails_as_well(house: House) -> None:
    folder = house.runtime.settings.mails
    house.person()
    house.follow(house.asked())
    house.asked()
    channel = OutboxChannel(folder, Sender("us@example.org"), house.clock)
    channel.send(house.channel.messages[-1])
    house.clock.on(days=20)

    ticked(house.runtime)
    kept = len(outbox.read(folder))
    house.clock.now += timedelta(days=1, seconds=1)
    ticked(house.runtime)
    ticked(house.runtime)

    assert (kept, outbox.read(folder)) == (1, [])
    assert house.audited().count("purge.done") == 2

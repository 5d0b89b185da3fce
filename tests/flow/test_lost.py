"""Who is told that a calendar cannot be read: whoever can mend it, once."""

import re
from datetime import timedelta

from notifications.memory import MemoryChannel
from notifications.message import Message
from services.facts import CalendarLost
from services.flow import groups
from services.storage.rows.people import LinkRow, Purpose
from tests.calendar_sync.hosts import Page
from tests.flow.town import FREE_BUT_MONDAYS, PATH, Town
from tests.runtimes import drained, ticked
from tests.sizes import size

WEEK = timedelta(days=7)


def mails(town: Town) -> list[Message]:
    assert isinstance(town.runtime.channel, MemoryChannel)
    return town.runtime.channel.messages


def told(town: Town) -> list[str]:
    """To whom mails went, in their order."""
    return [each.to_address for each in mails(town)]


def dead(town: Town, path: str = PATH) -> None:
    town.host.pages[path] = Page(status=503)


def alive(town: Town, path: str = PATH) -> None:
    town.host.pages[path] = Page(FREE_BUT_MONDAYS)


def passes(town: Town, step: timedelta = timedelta(minutes=30), **time: float) -> None:
    """Let time pass, and everybody do what is due in it."""
    end = town.clock.now + timedelta(**time)
    while town.clock.now < end:
        town.clock.now += step
        ticked(town.runtime)


def test_a_dead_provider_is_one_mail_for_each_who_can_mend_it(town: Town) -> None:
    calendars, in_each = size((1, 3), (4, 6))
    with town.runtime.work(town.cora) as work:
        second = groups.form(work, "roadmap", "Late birds", "UTC").id
        groups.add_coordinator(work, second, "cole@example.org", "Cole")
    for group in (town.group, second):
        for number in range(in_each):
            name = f"Ada{number}{'ab'[group == second]}"
            member = town.member(name, group)
            for _ in range(calendars):
                town.entered(member, group=group)
    for name in ("Mia", "Max"):
        town.member(name, joined=True)
        for _ in range(2):
            town.own(name)
    drained(town.runtime)
    mails(town).clear()
    dead(town)

    passes(town, hours=24)

    assert sorted(told(town)) == [
        "cole@example.org", "cora@example.org", "max@example.org", "mia@example.org",
    ]  # fmt: skip


def test_nobody_is_told_before_six_hours_without_a_good_reading(town: Town) -> None:
    calendar = town.entered(town.member("Ada"))
    drained(town.runtime)
    town.due(calendar)
    dead(town)
    begun = town.clock.now

    while town.clock.now - begun < timedelta(hours=6) or town.row(calendar).failures < 6:
        assert (told(town), town.row(calendar).lost_at) == ([], None)
        town.due(calendar)

    assert told(town) == ["cora@example.org"]
    assert town.row(calendar).lost_at == town.clock.now


def test_a_host_that_is_away_for_an_hour_at_the_time_of_a_reading_is_no_mail(town: Town) -> None:
    town.entered(town.member("Ada"))
    drained(town.runtime)
    passes(town, hours=5)

    dead(town)
    passes(town, timedelta(minutes=5), hours=2)
    alive(town)
    passes(town, hours=8)

    assert told(town) == []


def test_the_mail_says_which_group_and_leads_there(town: Town) -> None:
    town.entered(town.member("Ada"))
    town.member("Mia", joined=True)
    town.own("Mia")
    dead(town)

    passes(town, hours=12)

    by = {each.to_address: each for each in mails(town)}
    entered, own = by["cora@example.org"], by["mia@example.org"]
    assert entered.subject == "A calendar of Early birds cannot be read"
    assert own.subject == "Your calendar cannot be read"
    for each in (entered, own):
        assert re.search(r"/l/[\w-]{43}", each.text)
        assert "calendar.example.org" not in each.text
        assert "Ada" not in each.text
    with town.runtime.reading() as work:
        found = work.session.query(LinkRow).all()
    assert {(each.purpose, each.group_id) for each in found} == {
        (Purpose.CALENDAR_LOST, town.group),
        (Purpose.CALENDAR_LOST, None),
    }


def test_as_long_as_it_stays_lost_it_is_told_once(town: Town) -> None:
    town.entered(town.member("Ada"))
    dead(town)

    passes(town, timedelta(hours=12), days=16)

    assert told(town) == ["cora@example.org"]


def test_a_calendar_that_is_lost_again_a_week_later_is_told_again(town: Town) -> None:
    town.entered(town.member("Ada"))
    dead(town)
    passes(town, timedelta(hours=1), hours=12)
    alive(town)
    passes(town, timedelta(hours=12), days=8)
    assert told(town) == ["cora@example.org"]

    dead(town)
    passes(town, timedelta(hours=1), hours=12)

    assert told(town) == ["cora@example.org"] * 2


def test_what_is_lost_within_the_week_is_told_when_the_week_is_over(town: Town) -> None:
    town.publish(path="/other.ics")
    town.host.pages["/other.ics"] = town.host.pages[PATH]
    member = town.member("Ada")
    town.entered(member)
    town.entered(member, "/other.ics")
    dead(town)
    passes(town, timedelta(hours=1), hours=12)
    assert told(town) == ["cora@example.org"]

    dead(town, "/other.ics")
    passes(town, timedelta(hours=8), days=6)
    assert told(town) == ["cora@example.org"]
    passes(town, timedelta(hours=8), days=9)

    assert told(town) == ["cora@example.org"] * 2


def test_a_calendar_that_can_be_read_again_or_is_gone_is_not_told(town: Town) -> None:
    calendar = town.entered(town.member("Ada"))
    drained(town.runtime)
    with town.runtime.work() as work:
        work.record(CalendarLost(calendar, 1))  # from before it was read again

    drained(town.runtime)

    assert told(town) == []

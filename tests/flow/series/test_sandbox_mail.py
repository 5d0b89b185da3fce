"""A series told by mail to people of the sandbox, and what they answer there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from calendar_sync.provider import Answer
from notifications.message import Sender
from notifications.smtp import SmtpChannel
from services.flow.series import answers, mailbox
from services.sandbox.mail.answers import found, give, on
from services.sandbox.mail.replies import SERVER
from services.storage import series as stored
from tests.flow.series.post import Mailed, a_mailed
from tests.flow.series.rows import a_cancellation, a_change, a_move, the_attendees, the_series
from tests.sandbox.mailing import GINA, OTTO, Town, a_town

TITLE = "Early birds"
HELD = ["11 15:00", "18 15:00", "25 15:00", "01 15:00", "08 15:00", "15 15:00"]
HOUR = timedelta(hours=1)


@dataclass
class Posted:
    """A series, the town whose people it invites, and how many answers were handed on."""

    mailed: Mailed
    town: Town
    carried: int = 0

    def held(self, email: str) -> list[str]:
        """When it is in somebody's calendar."""
        now = self.mailed.clock()
        seen = self.town.world.instances(email, now, now + timedelta(days=400))
        return [
            f"{each['start']['dateTime'][8:10]} {each['start']['dateTime'][11:16]}" for each in seen
        ]

    def says(self, email: str, answer: str, day: str = "") -> None:
        """Let somebody answer in their calendar, and the mail about it arrive."""
        world = self.town.world
        world.clock.set(self.mailed.clock())
        events = found(world, email, title=TITLE)
        for each in [on(world, email, events, day)] if day else events:
            give(world, email, each, answer, by=f"page:{email}")
        for number in world.post.waiting():
            raw, runtime = world.post.raw(number), self.mailed.runtime
            assert mailbox.taken(runtime, runtime.names, SERVER, raw) == "it is kept"
            world.post.sent(number)

    def answers(self, email: str) -> list[Answer]:
        """What the service believes that somebody answered, by date."""
        runtime, series = self.mailed.runtime, self.mailed.series
        with runtime.reading() as work:
            known = answers.of(work, the_series(runtime, series))
            dates = stored.meetings(work, series)
        name = email.partition("@")[0].title()
        [who] = [each.id for each in the_attendees(runtime, series) if each.name == name]
        return [answers.effective(known.get(who, []), each.id) for each in dates]


@pytest.fixture
def posted(tmp_path: Path) -> Iterator[Posted]:
    with a_town() as town:
        mailed = a_mailed(tmp_path, emails=[GINA, OTTO])
        sender = Sender("commonhour@localhost")
        mailed.runtime.channel = SmtpChannel(town.smtp, sender, None, mailed.clock)
        town.world.clock.set(mailed.clock())
        mailed.done()
        yield Posted(mailed, town)
        mailed.runtime.engine.dispose()


def test_the_series_is_in_everybodys_calendar_and_accepted_once(posted: Posted) -> None:
    assert posted.held(GINA) == posted.held(OTTO) == HELD
    posted.says(GINA, "accepted")
    posted.says(OTTO, "tentative")
    assert posted.answers(GINA) == [Answer.ACCEPTED] * 6
    assert posted.answers(OTTO) == [Answer.TENTATIVE] * 6
    assert len(posted.town.world.post.mails(way="in")) == 2, "nobody else is mailed"


@pytest.mark.parametrize("guest", [GINA, OTTO])
def test_one_date_is_declined_of_an_accepted_series(posted: Posted, guest: str) -> None:
    posted.says(guest, "accepted")
    posted.says(guest, "declined", "2027-01-18")
    yes, no = Answer.ACCEPTED, Answer.DECLINED
    assert posted.answers(guest) == [yes, no, yes, yes, yes, yes]


def test_changes_arrive_in_calendars_and_leave_answers(posted: Posted) -> None:
    mailed = posted.mailed
    posted.says(GINA, "accepted")
    a_move(mailed.runtime, mailed.series, 1, HOUR)
    a_cancellation(mailed.runtime, mailed.series, 3)
    a_change(mailed.runtime, mailed.series, place="Room 7")
    mailed.later(minutes=5)
    moved = ["11 15:00", "18 16:00", "25 15:00", "08 15:00", "15 15:00"]
    assert posted.held(GINA) == posted.held(OTTO) == moved
    posted.says(OTTO, "accepted")
    posted.says(OTTO, "declined", "2027-01-18")
    assert posted.answers(OTTO)[1] is Answer.DECLINED
    assert posted.answers(GINA)[0] is Answer.ACCEPTED

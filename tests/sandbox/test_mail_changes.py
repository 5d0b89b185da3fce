"""Whatever an organizer changes, a guest's calendar has what holds, though mails come twice."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.model.series import Series
from services.sandbox.events.times import span
from services.sandbox.world import World
from tests.notifications.semesters import semesters
from tests.notifications.test_itip_changes import held, later
from tests.sandbox.mailing import BERLIN, GINA, OTTO, Organizer, town_of
from tests.sizes import size

AROUND = timedelta(days=-30), timedelta(days=600)


def shown(world: World, email: str, first: Series) -> list[tuple[int, int]]:
    around = [datetime.fromtimestamp(first.first, UTC) + each for each in AROUND]
    spans = [span(each, BERLIN) for each in world.instances(email, *around)]
    return sorted((int(start.timestamp()), int(end.timestamp())) for start, end in spans)


def again(world: World, number: int) -> None:
    """Let one of the mails so far come once more."""
    mail = world.post.mails()[number]
    world.post.take(mail["from"], mail["to"], mail["raw"].encode("latin-1"))


@settings(max_examples=size(12, 800), deadline=None)
@given(guest=st.sampled_from([GINA, OTTO]), data=st.data(), first=semesters())
def test_a_calendar_follows_every_change(guest: str, data: st.DataObject, first: Series) -> None:
    world = World.open(None, seed=False)
    organizer = Organizer(town_of(world), guest)
    now: Series | None = first
    organizer.tell(first)
    assert shown(world, guest, first) == held(first)
    for _ in range(3):
        if now is None:
            break
        now = data.draw(later(now))
        organizer.tell(now)
        assert shown(world, guest, first) == held(now)
        again(world, data.draw(st.integers(0, len(world.post.mails()) - 1)))
        assert shown(world, guest, first) == held(now)
    world.close()

"""P8: what always fails, or kills whoever does it, is set aside; the others go on."""

import time

import pytest

from tests.chaos.lane import Lane
from tests.chaos.planted import Kind, a_fact
from tests.crash.waiting import until
from tests.sizes import size

FACTS = size(100, 1000)
ALARM = 60.0  # seconds


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kinds", [[Kind.RAISES, Kind.DIES]], ids=["both"])
def test_poison_is_set_aside_and_the_others_go_on(lane: Lane, kinds: list[Kind]) -> None:
    sound = [a_fact() for _ in range(FACTS - len(kinds))]
    poison = [a_fact(kind) for kind in kinds]
    middle = len(sound) // 2
    lane.service.start("relay", "notices")

    began = time.monotonic()
    lane.record(*sound[:middle], *poison, *sound[middle:])
    until(lambda: len(lane.recorder.objects()) == len(sound), "all others", 200)
    others = time.monotonic() - began
    told = until(lambda: alarms(lane) if len(alarms(lane)) == len(kinds) else None, "alarms", ALARM)
    alarm = time.monotonic() - began

    print(f"{len(sound)} done in {others:.1f} s, both set aside after {alarm:.1f} s")
    assert lane.recorder.objects() == {str(each.plan_id): 1 for each in sound}
    aside = {row.subject: row for row in lane.set_aside()}
    raises, dies = (aside[each.plan_id] for each in poison)
    assert (raises.failures, raises.deaths, dies.failures, dies.deaths) == (5, 0, 0, 3)
    assert raises.reason is not None
    assert "ValueError" in raises.reason
    assert dies.reason == "whoever did it died (3 of 3)"
    assert all("why=" in each for each in told)
    assert not lane.open_tasks()


def alarms(lane: Lane) -> list[str]:
    """What an operator is told at once."""
    return lane.service.said("level=error", 'event="task set aside"')

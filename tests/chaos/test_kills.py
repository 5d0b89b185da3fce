"""P1: what was answered with success is there, once, whatever is killed meanwhile."""

import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from notifications import outbox
from tests.chaos.killing import Killer
from tests.chaos.lane import Lane, a_lane
from tests.chaos.nursery import Nursery
from tests.chaos.processes import QUICK
from tests.chaos.programs import Load, Program
from tests.crash.waiting import until
from tests.sizes import size

KILLS = size(13, 500)  # on each database
PAUSE = size(0.3, 1.2)  # seconds between two, on average
REST = size(0.05, 0.4)  # seconds between two requests of a program
NAMES = ("ada", "bob", "cleo", "dan")
SEED = 20_261_122


@pytest.fixture(params=["up on SQLite", "processes on PostgreSQL"])
def lane(
    request: pytest.FixtureRequest, nursery: Nursery, tmp_path: Path, planted: None
) -> Iterator[Lane]:
    """In full at the real times; in a sample they are shorter, and a dead request is given up."""
    is_up = request.param == "up on SQLite"
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    url = (
        f"sqlite:///{home / 'commonhour.db'}" if is_up else request.getfixturevalue("postgres_url")
    )
    more = size({}, {"PLANTED_PATIENCE": "60"})
    with a_lane(nursery, tmp_path, url, times=size(QUICK, {}), planted=more) as found:
        if is_up:  # which starts a Redis of its own
            found.service.parts = {"up": ("up",)}
            found.service.settings = {**found.service.settings, "REDIS_URL": ""}
        yield found


@pytest.mark.timeout(size(300, 7200))
def test_nothing_is_lost_or_done_twice_when_anything_is_killed_at_any_time(lane: Lane) -> None:
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    programs = [lane.program(name, chance.random()) for name in NAMES]
    for each in programs:
        each.pause = REST
    killer = Killer(lane.service, chance, PAUSE)
    load = Load(programs)
    lane.service.start()
    until(lane.service.is_ready, "a service")

    with lane.service.supervised():
        with load.working():
            killer.kill(KILLS)
            load.stop()
            seconds = lane.quiet(recorded=lane.runtime.clock())
        lane.quiet()
        shown = [sorted(each.shown()) for each in programs]

    invited = [email for each in programs for email in each.invited]
    twice = mails_twice(lane, invited)
    report(lane, killer, programs, f"{twice} mails twice, quiet after {seconds:.1f} s")
    assert shown == [sorted(each.accepted) for each in programs]
    assert twice <= KILLS
    plans = [found[2] for each in programs for found in each.accepted if found[0] == "plan"]
    assert plans
    assert lane.recorder.objects() == dict.fromkeys(plans, 1)
    assert not lane.set_aside()


def mails_twice(lane: Lane, invited: list[str]) -> int:
    """How many mails there are besides one for each invitation; that one must be there."""
    mails = outbox.read(lane.runtime.settings.mails)
    links: dict[str, set[str]] = {}
    for mail in mails:
        links.setdefault(mail.to, set()).add(mail.id.partition("-")[0])
    assert {to: len(found) for to, found in links.items()} == dict.fromkeys(invited, 1)
    return len(mails) - len(invited)


def report(lane: Lane, killer: Killer, programs: list[Program], more: str) -> None:
    killed = ", ".join(f"{count} {name}" for name, count in sorted(killer.killed.items()))
    answered = sum(each.answered for each in programs)
    unheard = sum(each.unheard for each in programs)
    refused = sum((each.refused for each in programs), Counter[str]())
    longest = max(each.longest for each in programs)
    print(f"killed {killed}; {answered} requests answered, {unheard} tries unheard, refused")
    print(f"{dict(refused)}; the longest took {longest:.1f} s; {more}; load {os.getloadavg()}")

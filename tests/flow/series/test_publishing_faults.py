"""Whatever a host does to our writing, each date is in each calendar once (P2, P7, P17)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from services.flow.series import deliveries, objects
from services.storage.series import events
from tests.flow.series.dying import Death, Killed
from tests.flow.series.rows import a_cancellation, a_change, a_move, the_series
from tests.flow.series.towns import BO, EVERYBODY, INES, Semester
from tests.runtimes import drained
from tests.sizes import FULL, size

HOUR = timedelta(hours=1)
PARTS = size(1, 8)
FAULTS: tuple[dict[str, Any], ...] = (
    {"commit_then_drop": True},
    {"drop": True},
    {"cut": 20},
    {"status": 409},
    {"status": 412},
    {"status": 429, "headers": {"Retry-After": "1"}},
    {"status": 500},
    {"status": 503},
)


@contextmanager
def trouble(semester: Semester, place: int, fault: dict[str, Any], of: int = 1) -> Iterator[None]:
    """Let the request in that place go wrong, and never another one.

    of  how many there are, but that a host may need a page more or less for a list
    """
    semester.town.fault(INES, nth=place, **fault)
    yield
    assert requests(semester) >= min(place, of - 1), "the fault was never met"
    semester.town.mended()


def requests(semester: Semester) -> int:
    """How many requests were made since faults were last asked for."""
    [rule] = semester.town.running.faults.told()["rules"]
    return int(rule["seen"])


def undisturbed(semester: Semester) -> int:
    """How many requests are made until all is written, if nothing goes wrong."""
    with trouble(semester, 1, {"delay": 0}):
        semester.settled()
        return requests(semester)


def positions(at: str, requests: int, part: int) -> Sequence[tuple[int, dict[str, Any]]]:
    """Each request of a whole writing with each fault; a seeded sample of them in `make test`."""
    every = [(place, fault) for place in range(1, requests + 1) for fault in FAULTS]
    some = every if FULL else Random(at).sample(every, 3)
    return some[part::PARTS]


@pytest.mark.parametrize("part", range(PARTS))
def test_a_fault_in_any_place_leaves_one_object_each(town: Semester, part: int) -> None:
    moved = {1: HOUR}
    town.begins(moved=moved)
    made = undisturbed(town)
    town.taken_back()
    for place, fault in positions(town.town.kind, made, part):
        town.begins(moved=moved)
        with trouble(town, place, fault, made):
            town.settled()
        where = f"{fault} at request {place}"
        assert [len(town.held(each)) for each in EVERYBODY] == [1, 1, 1], where
        found = [town.dates(each) for each in EVERYBODY]
        assert found[0] == found[1] == found[2], where
        assert (len(found[0]), found[0][1]) == (6, "2027-01-18 16:00"), where
        town.taken_back()


@pytest.mark.parametrize("part", range(PARTS))
def test_a_fault_in_any_place_of_a_change_leaves_it_as_it_is_wanted(
    town: Semester, part: int
) -> None:
    changed(town)
    made = undisturbed(town)
    town.taken_back()
    for place, fault in positions(f"{town.town.kind} change", made, part):
        changed(town)
        with trouble(town, place, fault, made):
            town.settled()
        found = [town.dates(each) for each in EVERYBODY]
        where = f"{fault} at request {place}"
        assert found[0] == found[1] == found[2], where
        assert (len(found[0]), found[0][1]) == (5, "2027-01-18 16:00"), where
        town.taken_back()


def changed(semester: Semester) -> None:
    """Have a series that is written, and two changes of it that are not."""
    series = semester.begins()
    semester.settled()
    a_move(semester.runtime, series, 1, HOUR)
    a_cancellation(semester.runtime, series, 3)


def test_fifty_changes_while_the_host_is_down_are_one_update(semester: Semester) -> None:
    semester.settled()
    town = semester.town
    town.fault(INES, times=10_000, status=503)
    for number in range(50):
        a_change(semester.runtime, semester.series, place=f"Room {number}")
        if number % 10 == 0:
            semester.later(seconds=1)
    town.mended()
    mark = town.mark()
    semester.settled()
    for each in EVERYBODY:
        [event] = semester.held(each)
        assert event["location"] == "Room 49"
    entries = town.running.world.history.entries(mark)
    changed = [e for e in entries if e["kind"] == "event" and e["calendar"] == BO]
    assert len(changed) == 1
    semester.later(minutes=5)
    again = town.running.world.history.entries(mark)
    assert [e for e in again if e["kind"] == "event" and e["calendar"] == BO] == changed


def test_what_a_person_removed_stays_removed_until_it_is_sent_once_more(
    semester: Semester,
) -> None:
    semester.settled()
    [event] = semester.held(INES)
    semester.town.running.world.cancel(INES, event["id"], by="Ines")
    a_change(semester.runtime, semester.series, place="Room 7")
    semester.settled()
    assert semester.held(INES) == []
    with semester.runtime.reading() as work:
        [row] = events(work, semester.series)
    assert row.removed_at is not None
    with semester.runtime.work(semester.town.cora) as work:
        deliveries.resend(work, semester.town.group, semester.series, None)
    semester.settled()
    assert [len(semester.held(each)) for each in EVERYBODY] == [1, 1, 1]


def allowed(semester: Semester, scopes: list[str]) -> list[str]:
    """Let Ines have consented to these scopes; return those of before."""
    with semester.runtime.work() as work:
        row = work.session.merge(semester.town.account(INES))
        before, row.scopes = list(row.scopes), scopes
    return before


def test_a_series_without_a_permission_to_write_says_so(semester: Semester) -> None:
    scopes = allowed(semester, ["openid"])
    semester.done()
    allowed(semester, scopes)
    with semester.runtime.reading() as work:
        [event] = events(work, semester.series)
    assert (event.failed_what or "").startswith("The account does not let us")
    row = the_series(semester.runtime, semester.series)
    assert (row.published, row.settle_at) == (0, semester.town.clock() + HOUR)


@pytest.mark.parametrize("part", range(PARTS))
def test_death_at_any_point_leaves_one_object_each(
    town: Semester, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    semester, places = town, range(1, 60) if FULL else [5, 9]
    for at in places[part::PARTS]:
        with monkeypatch.context() as patch:
            death = Death(patch, at)
            with death.asleep():
                semester.begins(moved={1: HOUR})
            rests(semester)
            with death.asleep():
                a_cancellation(semester.runtime, semester.series, 3)
            rests(semester)
        found = [semester.dates(each) for each in EVERYBODY]
        assert found[0] == found[1] == found[2], at
        assert (len(found[0]), found[0][1]) == (5, "2027-01-18 16:00"), at
        assert [len(semester.held(each)) for each in EVERYBODY] == [1, 1, 1], at
        semester.taken_back()


def rests(semester: Semester) -> None:
    for _ in range(3):
        with suppress(Killed):
            semester.settled()


def test_what_is_changed_as_it_is_written_is_written_soon_after(
    semester: Semester, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = objects.of

    def changed_then(*what: Any) -> objects.Due | None:
        due = looked(*what)
        monkeypatch.undo()
        a_change(semester.runtime, semester.series, place="Room 7")
        return due

    monkeypatch.setattr(objects, "of", changed_then)
    drained(semester.runtime)
    row = the_series(semester.runtime, semester.series)
    assert (row.published, row.revision) == (1, 2)
    assert row.settle_at is not None
    assert row.settle_at <= semester.town.clock() + timedelta(minutes=2)
    semester.later(minutes=3)
    assert the_series(semester.runtime, semester.series).published == 2
    assert {semester.held(each)[0]["location"] for each in EVERYBODY} == {"Room 7"}

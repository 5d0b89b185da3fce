"""Outlook as a whole, as the sandbox plays it: writing through faults, and beside people."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from threading import Barrier, Thread
from typing import Any

import pytest

from calendar_sync.errors import ChangedMeanwhile, NotThere, Wait
from calendar_sync.outlook.calendar import OutlookCalendar
from calendar_sync.outlook.where import Where
from calendar_sync.provider import Answer, Draft, Reply
from services.sandbox.serving import Running
from tests.calendar_sync.builders import utc
from tests.calendar_sync.stages import ALL_AT_OUTLOOK, HOOK, Counter, OutlookStage, Tokens, somebody
from tests.sandbox.running import a_sandbox, signed_in_at_outlook

NINE = (utc("2027-03-10 09:00"), utc("2027-03-10 10:00"))
DRAFT = Draft("series/1", "Group", NINE, "America/New_York", "Room 4", "Bring goals")
WRONGS: list[dict[str, Any]] = [
    {"commit_then_drop": True},
    {"drop": True},
    {"cut": 7},
    *({"status": each} for each in (409, 412, 429, 500, 503)),
]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with a_sandbox(tmp_path_factory.mktemp("outlook") / "sandbox") as found:
        yield found


@pytest.fixture
def stage(running: Running) -> OutlookStage:
    return OutlookStage(running, somebody(), HOOK)


@pytest.fixture
def grace(stage: OutlookStage) -> str:
    email = somebody()
    stage.world.add_person(email, "Grace", "America/New_York", host="work")
    return email


def there(stage: OutlookStage, title: str = "Group") -> list[dict[str, Any]]:
    """The events of that title in the main calendar, as the world keeps them."""
    events = (dict(each) for each in stage.world.events(stage.email))
    return [each for each in events if each.get("summary") == title and not _gone(each)]


def _gone(event: dict[str, Any]) -> bool:
    return bool(event["status"] == "cancelled")


def the_event(stage: OutlookStage) -> dict[str, Any]:
    [found] = there(stage)
    return found


@pytest.mark.parametrize("step", ["create", "change", "cancel"])
def test_wherever_something_goes_wrong_there_is_one_event_once_it_is_repeated(
    stage: OutlookStage, step: str
) -> None:
    faults = stage.world.faults
    for number, wrong in enumerate(WRONGS):
        for position in range(1, 5):
            title = f"Group {number} {position}"
            draft = replace(DRAFT, key=title, title=title)
            if step != "create":
                _repeated(stage, draft, "create")

            faults.take({"match": {"path": "/graph/"}, "do": wrong, "nth": position})
            _repeated(stage, draft, step)
            faults.take({"clear": True})

            places = [each["location"] for each in there(stage, title)]
            assert places == {"create": ["Room 4"], "change": ["Room 5"], "cancel": []}[step]


def _repeated(stage: OutlookStage, draft: Draft, step: str) -> None:
    """Do something as a job does: again, after it failed. What fails thrice, fails."""
    for _ in range(2):
        with suppress(Wait, ChangedMeanwhile):
            return _do(stage, draft, step)
    return _do(stage, draft, step)


def _do(stage: OutlookStage, draft: Draft, step: str) -> None:
    if step == "cancel":
        stage.provider.cancel(stage.main, draft.key)
    else:
        place = "Room 5" if step == "change" else draft.place
        stage.provider.put(stage.main, replace(draft, place=place))


def test_two_who_write_at_once_write_one(stage: OutlookStage) -> None:
    start = Barrier(3)  # as many as Outlook lets speak at once

    def write() -> None:
        start.wait(timeout=60)
        stage.provider.put(stage.main, DRAFT)

    _together(write, 3)

    assert the_event(stage)["location"] == "Room 4"


def _together(do: Callable[[], None], times: int) -> None:
    threads = [Thread(target=do) for _ in range(times)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def test_what_a_person_changed_stays_as_we_change_something_else(stage: OutlookStage) -> None:
    stage.provider.put(stage.main, DRAFT)
    day = {"start": {"date": "2027-03-11"}, "end": {"date": "2027-03-12"}}
    edited = {**the_event(stage), "description": "My own", **day}
    stage.world.put(stage.email, edited, by=stage.email)

    stage.provider.put(stage.main, replace(DRAFT, place="Room 5"), written=True)
    event = the_event(stage)
    assert event["description"] == "My own"
    assert event["start"] == {"date": "2027-03-11"}
    assert event["location"] == "Room 5"

    moved = replace(DRAFT, place="Room 5", when=(NINE[0] + 3600, NINE[1] + 3600))
    stage.provider.put(stage.main, moved, written=True)
    assert the_event(stage)["description"] == "My own"
    assert the_event(stage)["start"]["dateTime"].startswith("2027-03-10T05:00:00")


def test_what_guests_answered_is_told_and_survives_a_change(
    stage: OutlookStage, grace: str
) -> None:
    invited = replace(DRAFT, guests=(grace,))
    stage.provider.put(stage.main, invited)
    assert stage.provider.replies(stage.main, DRAFT.key) == [Reply(grace, Answer.WAITING)]
    event = the_event(stage)
    for each in event["attendees"]:
        if each["email"] == grace:
            each["responseStatus"] = "accepted"
    stage.world.put(stage.email, event, by=stage.email)

    mary = "mary@example.org"
    stage.provider.put(stage.main, replace(invited, guests=(grace, mary), place="Room 5"))

    told = stage.provider.replies(stage.main, DRAFT.key)
    assert told == [Reply(grace, Answer.ACCEPTED), Reply(mary, Answer.WAITING)]


def test_guests_see_our_event_without_our_marks(stage: OutlookStage, grace: str) -> None:
    stage.provider.put(stage.main, replace(DRAFT, guests=(grace,)))

    [copy] = stage.world.events(grace)
    assert copy["summary"] == "Group"
    assert "properties" not in copy.get("outlook", {})
    stage.provider.cancel(stage.main, DRAFT.key)
    assert all(map(_gone, stage.world.events(grace)))


def test_a_removed_event_has_no_replies(stage: OutlookStage) -> None:
    stage.provider.put(stage.main, DRAFT)
    stage.remove_all(stage.main)

    with pytest.raises(NotThere):
        stage.provider.replies(stage.main, DRAFT.key)


def test_a_letter_is_taken_for_what_guests_are_told_of_and_for_nothing_else(
    running: Running, grace: str
) -> None:
    ada, gate = somebody(), Counter()
    running.world.add_person(ada, "Ada", "America/New_York", host="work")
    token = signed_in_at_outlook(running, ada, ALL_AT_OUTLOOK)
    where = Where(graph_url=f"{running.base}/graph/v1.0", ca_file=running.ca_file)
    outlook = OutlookCalendar(where, Tokens([token]), gate, ALL_AT_OUTLOOK)
    main = outlook.calendars()[0].calendar
    taken = []
    for draft in (
        DRAFT,
        replace(DRAFT, place="Room 5"),
        replace(DRAFT, guests=(grace,)),
        replace(DRAFT, guests=(grace,)),
        replace(DRAFT, guests=(grace,), place="Room 6"),
        replace(DRAFT, place="Room 6"),
    ):
        outlook.put(main, draft)
        taken.append(gate.letters)

    assert taken == [0, 0, 1, 1, 2, 3]
    assert running.quotas.graph.told()["letters_in_a_minute"][ada] == 3
    outlook.put(main, replace(DRAFT, guests=(grace,), place="Room 6"))
    outlook.cancel(main, DRAFT.key)
    assert gate.letters == 5

"""Our events at Outlook: each there once, and a person's hand respected, whatever goes wrong."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from calendar_sync.errors import ChangedMeanwhile, NotThere, Refused, SyncError, Wait
from calendar_sync.outlook import channels, guests
from calendar_sync.provider import Answer, CalendarId, Channel, Draft, Reply
from tests.calendar_sync.builders import utc
from tests.calendar_sync.minimal_graph import BASE, GONE, MEANWHILE, NO, SILENT, Fault, Graph

MAIN = CalendarId("AQMk/main=")
NINE = (utc("2027-03-10 09:00"), utc("2027-03-10 10:00"))
TEN = (utc("2027-03-10 10:00"), utc("2027-03-10 11:00"))
DRAFT = Draft("series/1", "Group", NINE, "America/New_York", "Room 4", "Bring goals")
INVITED = replace(DRAFT, guests=("grace@example.org", "alan@example.org"))


@pytest.fixture
def graph() -> Graph:
    return Graph()


def put(graph: Graph, draft: Draft = DRAFT, *, written: bool = False) -> dict[str, Any]:
    graph.ours.put(MAIN, draft, written=written)
    [found] = graph.events.values()
    return found


def a_person(email: str, said: str = "none", **more: Any) -> dict[str, Any]:
    status = {"response": said, "time": "0001-01-01T00:00:00Z"}
    return {"emailAddress": {"address": email, "name": email}, "status": status, **more}


def addresses(event: dict[str, Any]) -> list[str]:
    return [each["emailAddress"]["address"] for each in event["attendees"]]


STEPS: dict[str, Callable[[Graph], None]] = {
    "create": lambda graph: graph.ours.put(MAIN, INVITED, written=False),
    "change": lambda graph: graph.ours.put(MAIN, replace(INVITED, place="Room 5"), written=False),
    "cancel": lambda graph: graph.ours.cancel(MAIN, DRAFT.key),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", [Fault(SILENT), Fault(SILENT, done=True), Fault(MEANWHILE)])
@pytest.mark.parametrize("repeated", ["answered", "refused"])
def test_wherever_it_breaks_there_is_one_event_once_it_is_repeated(
    step: str, fault: Fault, repeated: str
) -> None:
    for position in range(4):
        graph = Graph(repeated=repeated, forgets=repeated == "answered")
        if step != "create":
            STEPS["create"](graph)
        graph.faults[len(graph.asked) + position] = fault

        try:
            STEPS[step](graph)
        except (Wait, ChangedMeanwhile):
            STEPS[step](graph)

        left = [each["location"]["displayName"] for each in graph.events.values()]
        assert left == {"create": ["Room 4"], "change": ["Room 5"], "cancel": []}[step]


def test_what_is_there_already_is_not_written_again(graph: Graph) -> None:
    put(graph, INVITED)
    before = len(graph.asked)

    put(graph, replace(INVITED, guests=("Alan@example.org", "grace@example.org")), written=True)

    assert graph.methods()[before:] == ["GET"]


def test_an_event_is_shown_in_another_zone_once_the_draft_is(graph: Graph) -> None:
    put(graph)

    assert put(graph, replace(DRAFT, zone="UTC"))["start"]["timeZone"] == "UTC"


def test_everything_that_changed_is_one_change(graph: Graph) -> None:
    put(graph)

    put(graph, replace(INVITED, title="Later", when=TEN, place="Room 5", text="Bring tea"))

    [change] = graph.bodies("PATCH")
    assert set(change) >= {"subject", "start", "end", "location", "body", "attendees"}


def test_two_who_write_at_once_write_one(graph: Graph) -> None:
    graph.first[1] = lambda: graph.ours.put(MAIN, DRAFT, written=False)

    put(graph)

    assert len(graph.events) == 1


def test_a_host_that_answers_with_what_it_made_before_has_it_brought_up_to_date(
    graph: Graph,
) -> None:
    graph.first[1] = lambda: graph.ours.put(MAIN, DRAFT, written=False)

    found = put(graph, replace(INVITED, place="Room 5"))

    assert found["location"] == {"displayName": "Room 5"}
    assert addresses(found) == list(INVITED.guests)


def test_an_event_whose_like_was_removed_is_made_anew() -> None:
    graph = Graph(forgets=False)
    for _ in range(3):
        put(graph)
        graph.ours.cancel(MAIN, DRAFT.key)

    assert put(graph)["subject"] == "Group"


def test_what_a_host_says_it_made_and_does_not_show_yet_is_looked_for_later_and_not_made_twice(
    graph: Graph,
) -> None:
    graph.repeated = "refused"
    put(graph)
    graph.hidden = True

    for _ in range(3):
        with pytest.raises(Wait):
            graph.ours.put(MAIN, DRAFT, written=False)
    graph.hidden = False
    put(graph, replace(DRAFT, place="Room 5"))

    [event] = graph.events.values()
    assert event["location"] == {"displayName": "Room 5"}


def test_a_change_that_is_refused_just_after_the_event_was_made_makes_no_second(
    graph: Graph,
) -> None:
    put(graph)
    graph.hidden = True
    graph.faults[len(graph.asked) + 3] = Fault(MEANWHILE)  # as it is brought up to date

    assert put(graph, replace(DRAFT, place="Room 5"))["location"] == {"displayName": "Room 5"}

    assert graph.methods()[-4:] == ["GET", "POST", "GET", "PATCH"]


def test_an_event_that_was_called_off_before_is_made_anew(graph: Graph) -> None:
    first = graph.edit(put(graph), isCancelled=True)

    graph.ours.put(MAIN, DRAFT, written=False)

    assert [each == first for each in graph.events.values()] == [True, False]


def test_what_two_of_us_made_at_once_becomes_one(graph: Graph) -> None:
    first = put(graph)
    graph.later(seconds=20)
    graph.add(MAIN, first)

    assert put(graph) == first


def test_a_copy_that_a_person_made_is_theirs(graph: Graph) -> None:
    first = put(graph)
    graph.later(hours=1)
    copy = graph.add(MAIN, first)

    graph.ours.put(MAIN, replace(DRAFT, place="Room 5"), written=True)
    assert graph.events[first["id"]]["location"] == {"displayName": "Room 5"}
    graph.ours.cancel(MAIN, DRAFT.key)

    assert list(graph.events.values()) == [copy]


def test_what_a_person_changed_stays_as_we_change_something_else(graph: Graph) -> None:
    event = put(graph)
    day = {"isAllDay": True, "start": {"dateTime": "2027-03-11T00:00:00", "timeZone": "UTC"}}
    graph.edit(event, subject="My group", **day)

    event = put(graph, replace(DRAFT, place="Room 5"), written=True)
    assert event["subject"] == "My group"
    assert event["isAllDay"] is True
    assert event["location"] == {"displayName": "Room 5"}

    event = put(graph, replace(DRAFT, place="Room 5", when=TEN), written=True)
    assert event["subject"] == "My group"
    assert event["isAllDay"] is False
    assert event["start"] == {"dateTime": "2027-03-10T05:00:00", "timeZone": "America/New_York"}


def test_guests_of_others_and_all_answers_survive_a_change_of_ours(graph: Graph) -> None:
    event = put(graph, INVITED)
    grace = a_person("Grace@example.org", "accepted", type="optional")
    mary = a_person("mary@example.org", "declined", type="required")
    graph.edit(event, attendees=[grace, a_person("alan@example.org"), mary])

    event = put(graph, replace(INVITED, guests=("GRACE@example.org", "ada@example.org")))

    assert addresses(event) == ["Grace@example.org", "ada@example.org", "mary@example.org"]
    assert event["attendees"][0] == grace
    assert event["attendees"][2] == mary
    assert addresses(put(graph)) == ["mary@example.org"]
    assert put(graph, replace(DRAFT, guests=("Mary@example.org",)))["attendees"] == [mary]


def test_an_answer_that_came_meanwhile_is_not_lost(graph: Graph) -> None:
    event = put(graph, INVITED)
    accepted = [a_person(each, "accepted") for each in INVITED.guests]
    graph.first[len(graph.asked) + 1] = lambda: graph.edit(event, attendees=accepted)

    event = put(graph, replace(INVITED, guests=(*INVITED.guests, "ada@example.org")))

    assert event["attendees"][:2] == accepted
    assert len(event["attendees"]) == 3


def test_a_change_that_always_meets_another_is_given_up(graph: Graph) -> None:
    put(graph)
    before = len(graph.asked)
    graph.faults = {number: Fault(MEANWHILE) for number in range(before + 1, before + 9, 2)}

    with pytest.raises(ChangedMeanwhile):
        put(graph, replace(DRAFT, place="Room 5"))

    assert graph.methods()[before:] == ["GET", "PATCH"] * 4


def test_an_event_that_is_removed_between_reading_and_writing_stays_removed(graph: Graph) -> None:
    put(graph)
    graph.first[len(graph.asked) + 1] = graph.events.clear

    with pytest.raises(NotThere, match="removed by somebody"):
        put(graph, replace(DRAFT, place="Room 5"))

    assert not graph.events


def test_an_event_that_a_person_removed_stays_removed(graph: Graph) -> None:
    with pytest.raises(NotThere, match="removed by somebody"):
        put(graph, written=True)

    assert not graph.events


def test_an_event_that_only_seems_gone_is_read_again(graph: Graph) -> None:
    put(graph)
    graph.faults[len(graph.asked) + 1] = Fault(GONE)

    assert put(graph, replace(DRAFT, place="Room 5"))["location"] == {"displayName": "Room 5"}


def test_an_event_that_is_gone_is_cancelled(graph: Graph) -> None:
    put(graph)
    graph.faults[len(graph.asked) + 1] = Fault(GONE, done=True)

    graph.ours.cancel(MAIN, DRAFT.key)

    assert not graph.events


def test_an_event_that_was_cancelled_is_none_any_more(graph: Graph) -> None:
    graph.edit(put(graph), isCancelled=True)

    with pytest.raises(NotThere):
        graph.ours.find(MAIN, DRAFT.key)


@pytest.mark.parametrize("error", [SILENT, NO])
def test_a_cancellation_that_failed_is_told(graph: Graph, error: SyncError) -> None:
    put(graph)
    graph.faults[len(graph.asked) + 1] = Fault(error)

    with pytest.raises(type(error)):
        graph.ours.cancel(MAIN, DRAFT.key)


def test_the_way_into_an_online_meeting_stays_in_its_text(graph: Graph) -> None:
    event = graph.edit(put(graph), isOnlineMeeting=True, body={"content": "Join here"})
    later = replace(DRAFT, text="Bring tea", place="Room 5")

    event = put(graph, later)
    assert event["body"] == {"content": "Join here"}
    assert event["location"] == {"displayName": "Room 5"}

    graph.edit(event, isOnlineMeeting=False)
    assert put(graph, later)["body"]["content"] == "Bring tea"


def test_a_zone_that_the_host_does_not_know_is_written_in_utc_and_only_once() -> None:
    graph = Graph(zones={"UTC"})
    event = put(graph, DRAFT)
    before = len(graph.asked)
    put(graph, DRAFT)

    assert event["start"] == {"dateTime": "2027-03-10T09:00:00", "timeZone": "UTC"}
    assert graph.methods()[before:] == ["GET"]


def test_what_the_host_takes_in_no_zone_is_told() -> None:
    graph = Graph(zones=set())

    with pytest.raises(Refused):
        put(graph)


@pytest.mark.parametrize("clock", ["2027-11-07 05:30", "2027-11-07 06:30"])
def test_an_hour_that_a_clock_shows_twice_is_written_in_utc(graph: Graph, clock: str) -> None:
    when = (utc(clock), utc("2027-11-07 08:30"))

    event = put(graph, replace(DRAFT, when=when))

    assert event["start"] == {"dateTime": clock.replace(" ", "T") + ":00", "timeZone": "UTC"}
    assert event["end"] == {"dateTime": "2027-11-07T03:30:00", "timeZone": "America/New_York"}


def test_no_word_of_an_event_is_asked_for(graph: Graph) -> None:
    put(graph, INVITED)

    asked = [each.uri for each in graph.asked if each.method == "GET"]
    assert asked
    assert not any(word in each for each in asked for word in ("subject", "body", "location"))


def test_a_further_page_is_asked_for_as_the_host_names_it(graph: Graph) -> None:
    put(graph)
    graph.link = f"{BASE}/me/events?$skip=1"

    put(graph)

    assert graph.asked[-1].uri == graph.link


def test_guests_answers_are_told_and_rooms_and_the_organiser_are_no_guests() -> None:
    event = {
        "organizer": {"emailAddress": {"address": "ada@example.org"}},
        "attendees": [
            a_person("Ada@example.org", "organizer"),
            a_person("grace@example.org", "accepted", type="required"),
            a_person("alan@example.org", "tentativelyAccepted", type="optional"),
            a_person("mary@example.org", "declined"),
            a_person("emmy@example.org", "notResponded"),
            {"emailAddress": {"address": "new@example.org"}, "type": "required"},
            a_person("room@example.org", "accepted", type="resource"),
            {"emailAddress": {"name": "A group without an address"}},
        ],
    }

    assert guests.replies(event) == [
        Reply("grace@example.org", Answer.ACCEPTED),
        Reply("alan@example.org", Answer.TENTATIVE),
        Reply("mary@example.org", Answer.DECLINED),
        Reply("emmy@example.org", Answer.WAITING),
        Reply("new@example.org", Answer.WAITING),
    ]


def test_a_channel_is_asked_for_no_longer_than_outlook_opens_one() -> None:
    now = utc("2027-03-01")
    asked = Channel("one", "secret", "https://us.example.org/hook", until=now + 30 * 86_400)

    question = channels.question(asked, now)
    assert question["resource"] == "/me/events"
    assert question["clientState"] == "secret"
    assert question["expirationDateTime"] == "2027-03-07T22:40:00Z"

    short = channels.question(replace(asked, until=now + 60), now)
    assert short["expirationDateTime"] == "2027-03-01T00:01:00Z"


@pytest.mark.parametrize("time", ["2027-03-05T10:00:00.5000000Z", "2027-03-05T10:00:00"])
def test_a_channel_is_as_it_was_opened(time: str) -> None:
    asked = Channel("one", "secret", "https://us.example.org/hook", until=0)

    opened = channels.answer(asked, {"id": "s1", "expirationDateTime": time})

    assert opened == replace(asked, resource="s1", until=utc("2027-03-05 10:00"))


def test_a_secret_that_outlook_would_not_take_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="128"):
        channels.question(Channel("one", "s" * 129, "https://us.example.org/hook", 0), 0.0)


@pytest.mark.parametrize("said", [None, {}, {"id": ""}, {"id": "s1", "expirationDateTime": "soon"}])
def test_a_channel_of_which_nothing_can_be_believed_is_none(said: object) -> None:
    with pytest.raises(Wait):
        channels.answer(Channel("one", "secret", "https://us.example.org", 0), said)

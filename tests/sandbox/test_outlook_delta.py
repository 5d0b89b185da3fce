"""What has changed in a calendar at Graph, followed from one round to the next."""

from datetime import timedelta
from random import Random
from typing import Any
from urllib.parse import quote

import pytest

from services.sandbox.events.expansion import instance_of, starts
from services.sandbox.outlook import asking, ids
from tests.sandbox.outlook_client import (
    ADA,
    BERLIN,
    BO,
    NOW,
    Client,
    Outlook,
    Words,
    an_outlook,
    lecture,
    window,
)

DELTA = f"/me/calendarView/delta?{window()}"
SMALL = "odata.maxpagesize=3"


def kinds(items: list[Words]) -> list[str]:
    return [each.get("type", "removed") for each in items]


def test_a_round_tells_everything_and_the_next_only_what_has_changed(outlook: Outlook) -> None:
    one = outlook.world.put(ADA, lecture(), by="test")
    outlook.world.put(ADA, lecture(day=6), by="test")
    ada = outlook.of(ADA, "Calendars.ReadBasic")

    everything, link = ada.all(DELTA)
    nothing, same = ada.all(link)
    outlook.world.put(ADA, one | {"summary": "Seminar"}, by="test")
    outlook.world.put(BO, lecture(), by="test")
    changed, _ = ada.all(same)

    assert kinds(everything) == ["singleInstance"] * 2
    assert nothing == []
    assert [each["subject"] for each in changed] == ["Seminar"]
    assert ada.all(link)[0] == changed  # a link can be asked again


def test_occurrences_are_stubs_after_their_series(outlook: Outlook) -> None:
    series = lecture(day=6, recurrence=["RRULE:FREQ=WEEKLY;COUNT=9"])
    outlook.world.put(ADA, series, by="test")

    found, _ = outlook.of(ADA).all(DELTA, Prefer=SMALL)

    assert kinds(found) == ["seriesMaster", *["occurrence"] * 4]
    assert {each["seriesMasterId"] for each in found[1:]} == {found[0]["id"]}
    assert "subject" not in found[1]
    assert set(found[1]) - {"@odata.type", "@odata.etag"} == {
        *("id", "type", "seriesMasterId", "start", "end")
    }


def test_an_exception_comes_whole(outlook: Outlook) -> None:
    series = outlook.world.put(ADA, lecture(recurrence=["RRULE:FREQ=DAILY;COUNT=3"]), by="test")
    ada = outlook.of(ADA)
    _, link = ada.all(DELTA)

    outlook.world.put(ADA, an_instance(series, 1) | {"summary": "Guest lecture"}, by="test")
    changed, link = ada.all(link)

    assert kinds(changed) == ["exception"]
    assert changed[0]["subject"] == "Guest lecture"
    assert changed[0]["seriesMasterId"]
    again, _ = ada.all(DELTA)
    assert kinds(again) == ["seriesMaster", "occurrence", "exception", "occurrence"]


def test_what_is_gone_or_has_left_the_window_is_told_by_its_id_alone(outlook: Outlook) -> None:
    gone, moved = (outlook.world.put(ADA, lecture(day=day), by="test") for day in (5, 6))
    series = outlook.world.put(ADA, lecture(recurrence=["RRULE:FREQ=DAILY;COUNT=2"]), by="test")
    ada = outlook.of(ADA)
    before, link = ada.all(DELTA)

    outlook.world.cancel(ADA, gone["id"], by="test")
    outlook.world.cancel(ADA, series["id"], by="test")
    later = {"dateTime": "2026-12-06T09:00:00", "timeZone": BERLIN}
    outlook.world.put(ADA, moved | {"start": later, "end": later}, by="test")
    told, link = ada.all(link)

    assert {each["id"] for each in told} == {each["id"] for each in before}
    assert all(each["@removed"] == {"reason": "deleted"} for each in told)
    there = ada.get(f"/me/events/{quote(ids.event_id(ADA, moved['id']))}")
    assert not there["isCancelled"]  # it only left the window
    assert ada.all(link)[0] == []


def test_preferences_are_said_with_every_request(outlook: Outlook) -> None:
    for day in (5, 6, 7, 8, 9, 12, 13):
        outlook.world.put(ADA, lecture(day=day), by="test")
    ada = outlook.of(ADA)
    prefer = 'odata.maxpagesize=2, outlook.timezone="Europe/Berlin", IdType="ImmutableId"'

    first = ada.get(DELTA, Prefer=prefer)
    usual = ada.get(first["@odata.nextLink"])
    lasting = ada.get(first["@odata.nextLink"], Prefer=prefer)

    assert len(first["value"]) <= 2
    assert first["@odata.nextLink"].startswith("https://sandbox.example/graph/v1.0/me/")
    if usual["value"] and lasting["value"]:
        assert usual["value"][0]["start"]["timeZone"] == "UTC"
        assert lasting["value"][0]["start"]["timeZone"] == "Europe/Berlin"
        assert usual["value"][0]["id"] != lasting["value"][0]["id"]


def test_an_old_link_is_gone_and_a_new_round_is_not(outlook: Outlook) -> None:
    ada = outlook.of(ADA)
    _, link = ada.all(DELTA)

    outlook.world.expire_cursors(ADA)

    assert ada.refused("GET", link) == (410, "syncStateNotFound")
    assert ada.all(ada.all(DELTA)[1]) is not None


def test_a_link_from_a_mailbox_that_is_no_more_is_gone(outlook: Outlook) -> None:
    with an_outlook() as former:
        former.world.put(ADA, lecture(), by="test")
        _, link = former.of(ADA).all(DELTA)
    assert outlook.of(ADA).refused("GET", link) == (410, "syncStateNotFound")


def test_a_fault_may_ask_for_a_new_round_in_other_words(outlook: Outlook) -> None:
    outlook.world.faults.take(
        {"match": {"path": "delta"}, "do": {"status": 410, "reason": "resyncRequired"}}
    )
    assert outlook.of(ADA).refused("GET", DELTA) == (410, "resyncRequired")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (f"{window()}&$select=id", "ErrorInvalidUrlQuery"),
        (f"{window()}&$filter=isAllDay", "ErrorInvalidUrlQuery"),
        (f"{window()}&$top=5", "ErrorInvalidUrlQuery"),
        ("", "ErrorInvalidParameter"),
        ("$deltatoken=abc", "SyncStateInvalid"),
        ("$skiptoken=e30", "SyncStateInvalid"),
    ],
)
def test_what_delta_cannot_answer_is_refused(quiet_outlook: Outlook, query: str, code: str) -> None:
    refused = quiet_outlook.of(ADA).refused("GET", f"/me/calendarView/delta()?{query}")
    assert refused == (400, code)


def test_a_link_is_good_for_its_calendar_alone(quiet_outlook: Outlook) -> None:
    _, link = quiet_outlook.of(ADA).all(DELTA)
    assert quiet_outlook.of(BO).refused("GET", link) == (400, "SyncStateInvalid")


@pytest.mark.parametrize("seed", range(4))
def test_whoever_follows_every_round_knows_what_a_view_tells(outlook: Outlook, seed: int) -> None:
    chance, ada, known = Random(seed), outlook.of(ADA), dict[str, Words]()
    link = DELTA
    for _ in range(8):
        for _ in range(chance.randrange(4)):
            something_happens(outlook, chance)
        items, link = ada.all(link, Prefer=SMALL)
        follow(known, items)
        assert in_view(known) == viewed(ada)


def follow(known: dict[str, Words], items: list[Words]) -> None:
    """Take in a round as Graph's documents have it: a series that comes is built afresh."""
    for each in items:
        if each.get("type") == "seriesMaster":
            for name in [n for n, old in known.items() if old["seriesMasterId"] == each["id"]]:
                del known[name]
        if "@removed" in each:
            known.pop(each["id"], None)
        else:
            known[each["id"]] = each


def in_view(known: dict[str, Words]) -> list[Any]:
    return sorted(
        (each["id"], each["start"]["dateTime"], each["type"])
        for each in known.values()
        if each["type"] != "seriesMaster"
    )


def viewed(ada: Client) -> list[Any]:
    found, _ = ada.all(f"/me/calendarView?{window()}&$top=100&$select=start,type")
    return sorted((each["id"], each["start"]["dateTime"], each["type"]) for each in found)


def something_happens(outlook: Outlook, chance: Random) -> None:
    """Somebody makes, moves or cancels an event, a series or an instance of one."""
    world = outlook.world
    living = [each for each in world.events(ADA) if each["status"] != "cancelled"]
    day, hour = chance.randrange(1, 29), chance.randrange(8, 18)
    times = {name: lecture(day=day, hour=hour)[name] for name in ("start", "end")}
    if len(living) < 3 or chance.random() < 0.3:
        rule = chance.choice(["FREQ=WEEKLY;COUNT=7", "FREQ=DAILY;COUNT=5", "FREQ=DAILY;BYDAY=MO"])
        repeats = {"recurrence": [f"RRULE:{rule}"]} if chance.random() < 0.5 else {}
        world.put(ADA, {"summary": "New", **times, **repeats}, by="test")
        return
    event = chance.choice(living)
    if "recurrence" in event and chance.random() < 0.6:
        event = an_instance(event, chance.randrange(4))
    if chance.random() < 0.3:
        world.put(ADA, event | {"status": "cancelled"}, by="test")
    elif chance.random() < 0.2:
        away = NOW + timedelta(days=90)
        later = {"dateTime": away.isoformat(), "timeZone": BERLIN}
        world.put(ADA, event | {"start": later, "end": later}, by="test")
    else:
        world.put(ADA, event | times, by="test")


def an_instance(series: Words, number: int) -> Words:
    originals = list(starts(series, BERLIN, asking.FIRST, asking.LAST))
    made = instance_of(series, originals[number % len(originals)], BERLIN)
    return made | {"iCalUID": series["iCalUID"]}

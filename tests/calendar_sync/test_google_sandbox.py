"""Google as a whole, as the sandbox plays it: writing through faults, and beside people."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from calendar_sync.errors import NotThere, ReconnectNeeded, Wait
from calendar_sync.google import consent
from calendar_sync.google.calendar import GoogleCalendar
from calendar_sync.google.where import Where
from calendar_sync.host import Asked
from calendar_sync.provider import Answer, Draft, Reply
from services.sandbox.google.grants import CLIENT_ID, CLIENT_SECRET
from services.sandbox.serving import Running
from tests.calendar_sync.builders import utc
from tests.calendar_sync.stages import Counter, SandboxStage, Tokens
from tests.sandbox.running import RETURN, a_client, a_sandbox

NINE = (utc("2027-03-10 09:00"), utc("2027-03-10 10:00"))
DRAFT = Draft("series/1", "Group", NINE, "America/New_York", "Room 4")
ASKED = Asked(RETURN, "state", "v" * 50, "nonce")
WRITES = [("POST", "insert"), ("PATCH", "change"), ("DELETE", "cancel")]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with a_sandbox(tmp_path / "sandbox") as found:
        yield found


@pytest.fixture
def stage(running: Running) -> SandboxStage:
    return SandboxStage(running)


def the_code(running: Running, where: Where) -> str:
    """What comes back when Ada follows our link and agrees to everything we ask."""
    with a_client(running) as person:
        url = f"{consent.authorise_url(where, ASKED, hint='ada@example.org')}&as=ada"
        said = person.post(url, data={"decision": "allow", "scope": list(consent.SCOPES)})
    back = parse_qs(urlsplit(said.headers["Location"]).query)
    assert back["state"] == [ASKED.state]
    return back["code"][0]


def test_an_account_is_connected_renewed_and_let_go(running: Running, stage: SandboxStage) -> None:
    now = running.world.clock.now()
    root = f"{running.base}/google"
    where = Where(
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        api_url=f"{root}/calendar/v3/",
        oauth_url=f"{root}/o/oauth2/v2/auth",
        token_url=f"{root}/token",
        revoke_url=f"{root}/revoke",
        ca_file=running.ca_file,
    )

    grant = consent.redeem(where, ASKED, the_code(running, where), now)
    assert grant.email == "ada@example.org"
    assert grant.scopes == set(consent.SCOPES)
    assert timedelta(minutes=50) < grant.until - now <= timedelta(hours=1)

    renewed = consent.refresh(where, grant, now)
    assert renewed.access != grant.access
    google = GoogleCalendar(where, Tokens([renewed.access]), Counter(), renewed.scopes)
    assert google.calendars()[0].calendar == stage.main
    assert google.busy([stage.main], NINE) == {stage.main: []}
    assert google.changes(stage.main, None).cursor is not None

    google.revoke()
    with pytest.raises(ReconnectNeeded):
        consent.refresh(where, renewed, now)
    consent.revoke(where, renewed.renewal)


def the_event(stage: SandboxStage) -> dict[str, Any]:
    [found] = stage.world.events(stage.main)
    return dict(found)


@pytest.mark.parametrize(
    "do", [{"commit_then_drop": True}, {"drop": True}, {"cut": 7}, {"status": 503}]
)
@pytest.mark.parametrize(("method", "step"), WRITES)
def test_whatever_becomes_of_an_answer_there_is_one_event(
    stage: SandboxStage, do: dict[str, Any], method: str, step: str
) -> None:
    google, later = stage.provider, replace(DRAFT, place="Room 5")
    if step != "insert":
        google.put(stage.main, DRAFT)
    fault = {"match": {"path": "/events", "method": method}, "do": do}
    stage.faults.take(fault)

    def go() -> None:
        if step == "cancel":
            google.cancel(stage.main, DRAFT.key)
        else:
            google.put(stage.main, later)

    try:
        go()
    except Wait:
        go()

    event = the_event(stage)
    assert event["status"] == ("cancelled" if step == "cancel" else "confirmed")
    assert step == "cancel" or event["location"] == "Room 5"


def test_two_who_write_at_once_write_one(stage: SandboxStage) -> None:
    start = Barrier(4)

    def write() -> None:
        start.wait(timeout=60)
        stage.provider.put(stage.main, DRAFT)

    threads = [Thread(target=write) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert the_event(stage)["status"] == "confirmed"


def test_what_a_person_changed_stays_as_we_change_something_else(stage: SandboxStage) -> None:
    stage.provider.put(stage.main, DRAFT)
    day = {"start": {"date": "2027-03-11"}, "end": {"date": "2027-03-12"}}
    edited = {**the_event(stage), "summary": "My group", **day}
    stage.world.put(stage.main, edited, by="ada@example.org")

    stage.provider.put(stage.main, replace(DRAFT, place="Room 5"), written=True)
    event = the_event(stage)
    assert event["summary"] == "My group"
    assert event["start"] == {"date": "2027-03-11"}
    assert event["location"] == "Room 5"

    moved = replace(DRAFT, place="Room 5", when=(NINE[0] + 3600, NINE[1] + 3600))
    stage.provider.put(stage.main, moved, written=True)
    assert the_event(stage)["summary"] == "My group"
    assert "dateTime" in the_event(stage)["start"]
    assert "date" not in the_event(stage)["start"]


def test_what_guests_answered_is_told_and_survives_a_change(stage: SandboxStage) -> None:
    stage.world.add_person("grace@example.org", "Grace", "America/New_York")
    invited = replace(DRAFT, guests=("grace@example.org",))
    stage.provider.put(stage.main, invited)
    event = the_event(stage)
    for each in event["attendees"]:
        if each["email"] == "grace@example.org":
            each["responseStatus"] = "accepted"
    stage.world.put(stage.main, event, by="ada@example.org")

    stage.provider.put(stage.main, replace(invited, place="Room 5"), written=True)

    assert Reply("grace@example.org", Answer.ACCEPTED) in stage.provider.replies(
        stage.main, DRAFT.key
    )


def test_a_removed_event_has_no_replies(stage: SandboxStage) -> None:
    stage.provider.put(stage.main, DRAFT)
    stage.remove_all(stage.main)

    with pytest.raises(NotThere):
        stage.provider.replies(stage.main, DRAFT.key)

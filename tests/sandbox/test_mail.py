"""Invitations by mail: in the calendars of the sandbox's people, and answered from there."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from notifications.itip.people import Answer
from services.sandbox.mail.letters import parsed
from tests.sandbox.mailing import (
    GINA,
    NOW,
    OTTO,
    Organizer,
    Town,
    a_town,
    answers,
    moment,
    mondays,
    moved,
    without,
)

SEEN = (NOW, datetime(2026, 12, 1, tzinfo=UTC))
THREE = ["05 07:00", "12 07:00", "19 07:00"]


@pytest.fixture
def sandbox() -> Iterator[Town]:
    with a_town() as town:
        yield town


@pytest.fixture
def client(sandbox: Town) -> FlaskClient:
    return sandbox.client


@pytest.fixture(params=[GINA, OTTO])
def guest(request: pytest.FixtureRequest) -> str:
    """Somebody at Google, and somebody at Outlook."""
    return str(request.param)


@pytest.fixture
def organizer(sandbox: Town, guest: str) -> Organizer:
    return Organizer(sandbox, guest)


def seen(sandbox: Town, guest: str) -> list[dict[str, Any]]:
    return sandbox.world.instances(guest, *SEEN)


def begins(sandbox: Town, guest: str) -> list[str]:
    at = [datetime.fromisoformat(each["start"]["dateTime"]) for each in seen(sandbox, guest)]
    return [f"{each.astimezone(UTC):%d %H:%M}" for each in at]


def answered(client: FlaskClient, guest: str, answer: str, **what: Any) -> TestResponse:
    told = {"person": guest, "title": "Peer mentoring", "answer": answer, **what}
    return client.post("/_sandbox/answers", json=told)


def letters(sandbox: Town) -> list[dict[str, Any]]:
    return [each for each in sandbox.world.history.entries() if each["kind"] == "letter"]


def test_an_invitation_by_mail_is_in_the_calendar(
    sandbox: Town, organizer: Organizer, guest: str
) -> None:
    assert organizer.tell(mondays(), place="Room 5") == 1
    assert begins(sandbox, guest) == THREE
    [event, *_] = seen(sandbox, guest)
    assert (event["summary"], event["location"]) == ("Peer mentoring", "Room 5")
    assert event["iCalUID"] == organizer.uid
    assert [each["responseStatus"] for each in event["attendees"]] == ["needsAction"]


def test_an_answer_goes_back_to_the_organizer_by_mail(
    sandbox: Town, client: FlaskClient, organizer: Organizer, guest: str
) -> None:
    organizer.tell(mondays())
    assert answered(client, guest, "accepted").status_code == 200
    [reply] = answers(sandbox)
    assert (reply.uid, reply.email, reply.answer) == (organizer.uid, guest, Answer.ACCEPTED)
    assert (reply.recurrence, reply.sequence) == (None, 0)


def test_an_answer_to_one_date_names_that_date(
    sandbox: Town, client: FlaskClient, organizer: Organizer, guest: str
) -> None:
    organizer.tell(mondays())
    answered(client, guest, "declined", date="2026-10-12")
    answered(client, guest, "accepted")
    one, whole = answers(sandbox)
    assert (one.recurrence, one.answer) == (moment("2026-10-12T07:00"), Answer.DECLINED)
    assert (whole.recurrence, whole.answer) == (None, Answer.ACCEPTED)


def test_an_answer_that_stays_the_same_is_not_sent_again(
    sandbox: Town, client: FlaskClient, organizer: Organizer, guest: str
) -> None:
    organizer.tell(mondays())
    for answer in ("tentative", "tentative", "accepted"):
        answered(client, guest, answer)
    said = answers(sandbox)
    assert [each.answer for each in said] == [Answer.TENTATIVE, Answer.ACCEPTED]
    assert said[0].stamp < said[1].stamp, "the later one has to count"


def test_what_outlook_declines_can_be_accepted_again(sandbox: Town, client: FlaskClient) -> None:
    Organizer(sandbox, OTTO).tell(mondays())
    answered(client, OTTO, "declined")
    assert begins(sandbox, OTTO) == []
    answered(client, OTTO, "accepted")
    assert begins(sandbox, OTTO) == THREE
    assert [each.answer for each in answers(sandbox)] == [Answer.DECLINED, Answer.ACCEPTED]


def test_dates_that_are_left_out_or_moved_at_first_are_not_where_the_rule_is(
    sandbox: Town, organizer: Organizer, guest: str
) -> None:
    series = moved(without(mondays(4), 1), 2, "2026-10-27T08:00")
    assert organizer.tell(series) == 2
    assert begins(sandbox, guest) == ["05 07:00", "19 07:00", "27 08:00"]


def test_one_date_is_moved_and_another_called_off(
    sandbox: Town, organizer: Organizer, guest: str
) -> None:
    organizer.tell(mondays())
    organizer.tell(without(moved(mondays(), 1, "2026-10-13T08:00", place="Room 7"), 2))
    assert begins(sandbox, guest) == ["05 07:00", "13 08:00"]
    assert seen(sandbox, guest)[1]["location"] == "Room 7"


def test_a_new_title_is_on_every_date_and_moved_ones_stay(
    sandbox: Town, organizer: Organizer, guest: str
) -> None:
    series = moved(mondays(), 1, "2026-10-13T08:00")
    organizer.tell(mondays())
    organizer.tell(series)
    organizer.title = "Mentors"
    organizer.tell(series, anew=True)
    assert begins(sandbox, guest) == ["05 07:00", "13 08:00", "19 07:00"]
    assert {each["summary"] for each in seen(sandbox, guest)} == {"Mentors"}


def test_a_date_moved_back_is_where_the_rule_has_it(
    sandbox: Town, organizer: Organizer, guest: str
) -> None:
    organizer.tell(mondays())
    organizer.tell(moved(mondays(), 1, "2026-10-13T08:00"))
    organizer.tell(mondays())
    assert begins(sandbox, guest) == THREE


def test_what_is_called_off_is_gone_and_can_come_back(
    sandbox: Town, organizer: Organizer, guest: str
) -> None:
    organizer.tell(moved(mondays(), 1, "2026-10-13T08:00"))
    organizer.tell(None)
    assert begins(sandbox, guest) == []
    organizer.tell(mondays())
    assert begins(sandbox, guest) == THREE


def test_an_answer_stays_while_nothing_moves_and_is_asked_for_again_where_it_does(
    sandbox: Town, client: FlaskClient, organizer: Organizer
) -> None:
    organizer.tell(mondays())
    answered(client, organizer.guest, "accepted")
    organizer.title = "Mentors"
    organizer.tell(mondays(), anew=True)
    assert said(sandbox, organizer.guest) == ["accepted"] * 3
    organizer.tell(moved(mondays(), 1, "2026-10-13T08:00"))
    assert said(sandbox, organizer.guest) == ["accepted", "needsAction", "accepted"]


def test_what_was_declined_at_outlook_stays_away_until_it_moves(
    sandbox: Town, client: FlaskClient
) -> None:
    organizer = Organizer(sandbox, OTTO)
    organizer.tell(mondays())
    answered(client, OTTO, "declined", date="2026-10-12")
    organizer.title = "Mentors"
    organizer.tell(mondays(), anew=True)
    assert begins(sandbox, OTTO) == ["05 07:00", "19 07:00"]
    organizer.tell(moved(mondays(), 1, "2026-10-13T08:00"))
    assert begins(sandbox, OTTO) == ["05 07:00", "13 08:00", "19 07:00"]


def test_an_older_mail_changes_nothing(sandbox: Town, organizer: Organizer, guest: str) -> None:
    organizer.tell(mondays())
    late = sandbox.world.post.mails(way="in")[-1]
    organizer.tell(moved(mondays(), 1, "2026-10-13T08:00"))
    organizer.tell(mondays(2))
    count = len(seen(sandbox, guest))
    sandbox.world.post.take(late["from"], late["to"], late["raw"].encode("latin-1"))
    assert len(seen(sandbox, guest)) == count
    assert letters(sandbox)[-1]["why"] == "older than what is known"


def test_the_same_mail_twice_is_one_event_and_two_letters(
    sandbox: Town, organizer: Organizer, guest: str
) -> None:
    organizer.tell(mondays())
    [mail] = sandbox.world.post.mails()
    sandbox.world.post.take(mail["from"], mail["to"], mail["raw"].encode("latin-1"))
    assert begins(sandbox, guest) == THREE
    assert [(each["about"], each["why"]) for each in letters(sandbox)] == [
        ("invitation", ""),
        ("", "known already"),
    ]


def test_mail_to_strangers_and_mail_without_an_invitation_is_kept_and_no_more(
    sandbox: Town, client: FlaskClient
) -> None:
    told = {"from": "a@b.example", "to": [GINA], "raw": "Subject: Hello\r\n\r\nGood morning\r\n"}
    client.post("/_sandbox/mails", json=told)
    Organizer(sandbox, "nobody@college.example").tell(mondays())
    assert seen(sandbox, GINA) == []
    got = client.get("/_sandbox/mails").get_json()["mails"]
    assert [(each["to"], each["subject"]) for each in got] == [
        ([GINA], "Hello"),
        (
            ["nobody@college.example"],
            "Invitation: Peer mentoring, Mon 5 Oct, Mon 12 Oct, Mon 19 Oct",
        ),
    ]
    why = ["it invites to nothing", "nobody here has that address"]
    assert [each["why"] for each in letters(sandbox)] == why


def said(sandbox: Town, guest: str) -> list[str]:
    """What the guest answered to each date."""
    found = [each["attendees"] for each in seen(sandbox, guest)]
    return [str(each["responseStatus"]) for [each] in found]


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        ("DTSTART", "DTSTART:soon\r\nX"),
        ("SEQUENCE", "SEQUENCE:many\r\nX"),
        ("UID", "UID:one\r\nUID"),
        ("BEGIN:VEVENT", "BEGIN:VSOMETHING"),
        ("METHOD:REQUEST", "METHOD:PUBLISH"),
    ],
)
def test_a_mail_that_cannot_be_read_is_kept_and_changes_nothing(
    sandbox: Town, part: str, instead: str
) -> None:
    Organizer(sandbox, OTTO).tell(mondays())
    [sent] = sandbox.world.post.mails()
    mail = parsed(sent["raw"].encode("latin-1"))
    [calendar] = [each for each in mail.walk() if each.get_content_type() == "text/calendar"]
    broken = calendar.get_content().replace(part, instead, 1).replace(OTTO, GINA)
    calendar.set_content(broken, subtype="calendar", params={"method": "REQUEST"})
    sandbox.world.post.take("a@b.example", [GINA], mail.as_bytes())
    assert seen(sandbox, GINA) == []
    assert letters(sandbox)[-1]["why"]
    assert len(sandbox.world.post.mails()) == 2

"""Events at Outlook: what is written can be read, and who is told of it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest

from tests.sandbox.outlook_client import ADA, BO, CLEO, PIA
from tests.sandbox.outlook_mailbox import Mailbox, Writing, a_writing, at, clock, guests, meeting

MARK = "String {6f7e3f0a-0b1c-4d53-9a55-1d3b8f8f0a11} Name mark"


@pytest.fixture
def outlook() -> Iterator[Writing]:
    with a_writing() as there:
        yield there


@pytest.fixture(scope="module")
def untouched() -> Iterator[Mailbox]:
    """A mailbox for what is refused, and so leaves no trace."""
    with a_writing() as there:
        yield there.of(ADA)


@pytest.fixture
def ada(outlook: Writing) -> Mailbox:
    return outlook.of(ADA)


def test_what_is_made_can_be_read(ada: Mailbox) -> None:
    body = {"contentType": "html", "content": "<p>Bring a pen</p>"}
    made = ada.make(meeting(location={"displayName": "Hall 1"}, body=body))
    assert ada.event(made["id"]) == made
    assert made["body"] == body
    assert made["location"]["displayName"] == "Hall 1"
    assert made["type"] == "singleInstance"
    assert made["showAs"] == "busy"


def test_times_may_be_named_as_windows_does_or_iana(ada: Mailbox) -> None:
    windows = ada.make(meeting())
    iana = ada.make(meeting(start=clock(5, 9, "Europe/Berlin"), end=clock(5, 10, "Europe/Berlin")))
    assert windows["start"] == iana["start"]
    assert windows["start"] == {"dateTime": "2026-10-05T07:00:00.0000000", "timeZone": "UTC"}
    assert windows["originalStartTimeZone"] == "W. Europe Standard Time"
    assert iana["originalStartTimeZone"] == "Europe/Berlin"


def test_an_all_day_event_is_days_and_no_moments(ada: Mailbox) -> None:
    made = ada.make(meeting(isAllDay=True) | {"start": clock(5, 0), "end": clock(6, 0)})
    there = ada.event(made["id"], Prefer='outlook.timezone="Tokyo Standard Time"')
    assert there["isAllDay"]
    assert there["start"]["dateTime"] == "2026-10-05T00:00:00.0000000"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (meeting(start=None), "ErrorPropertyValidationFailure"),
        (meeting(end=clock(5, 8)), "ErrorPropertyValidationFailure"),
        (meeting(isAllDay=True), "ErrorPropertyValidationFailure"),
        (meeting(start=clock(5, 9, "Mars/Base")), "TimeZoneNotSupportedException"),
        (meeting(sumary="typo"), "RequestBodyRead"),
        (meeting(isAllDay="yes"), "RequestBodyRead"),
        (meeting(showAs="asleep"), "RequestBodyRead"),
        (meeting(attendees=guests("nobody")), "ErrorInvalidRecipients"),
        (meeting(attendees=guests(BO, BO)), "ErrorPropertyValidationFailure"),
        (
            meeting(attendees=guests(*(f"n{each}@example.org" for each in range(501)))),
            "ErrorExceededMaxRecipientLimit",
        ),
    ],
)
def test_what_cannot_be_an_event_is_refused(
    untouched: Mailbox, body: dict[str, Any], code: str
) -> None:
    assert untouched.refused("POST", "/me/events", body) == (400, code)


def test_a_change_leaves_alone_what_it_does_not_name(ada: Mailbox) -> None:
    made = ada.make(meeting(body={"contentType": "text", "content": "old"}, categories=["Green"]))
    after = ada.change(made["id"], {"subject": "Seminar", "showAs": "oof"})
    assert (after["subject"], after["showAs"]) == ("Seminar", "oof")
    assert (after["body"], after["categories"]) == (made["body"], ["Green"])
    assert after["start"] == made["start"]
    assert after["changeKey"] != made["changeKey"]


def test_how_an_event_is_shown_decides_whether_it_takes_time(
    outlook: Writing, ada: Mailbox
) -> None:
    made = ada.make(meeting(showAs="workingElsewhere"))
    october = [outlook.world.clock.now().replace(day=day) for day in (4, 7)]
    assert outlook.world.busy(ADA, *october) == []
    ada.change(made["id"], {"showAs": "tentative"})
    assert len(outlook.world.busy(ADA, *october)) == 1


def test_a_moved_end_keeps_the_start(ada: Mailbox) -> None:
    made = ada.make(meeting())
    after = ada.change(made["id"], {"end": clock(5, 12)})
    assert (after["start"], after["end"]["dateTime"][11:13]) == (made["start"], "10")


def test_what_is_deleted_is_gone(ada: Mailbox) -> None:
    made = ada.make(meeting())
    ada.done("DELETE", at(made["id"]))
    for method in ("GET", "DELETE"):
        assert ada.refused(method, at(made["id"])) == (404, "ErrorItemNotFound")
    assert ada.found() == []


def test_an_old_tag_changes_nothing(ada: Mailbox) -> None:
    made = ada.make(meeting())
    tag = made["@odata.etag"]
    ada.change(made["id"], {"subject": "New"}, If_Match=tag)
    late = ada.refused("PATCH", at(made["id"]), {"subject": "Newer"}, If_Match=tag)
    assert late == (412, "ErrorIrresolvableConflict")
    assert ada.event(made["id"])["subject"] == "New"


def test_the_same_transaction_makes_one_event(outlook: Writing, ada: Mailbox) -> None:
    body = meeting(transactionId="7E163156-7762-4BEB-A1C6-729EA81755A7", attendees=guests(BO))
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: outlook.of(ADA).make(body)["id"], range(4)))
    assert len(set(made)) == 1
    assert outlook.mails() == [("invitation", [BO])]
    assert ada.make(meeting(transactionId="another"))["id"] not in made
    again = ada.refused("PATCH", at(made[0]), {"transactionId": "third"})
    assert again == (400, "ErrorPropertyValidationFailure")


def test_a_property_of_ones_own_is_found_and_told_where_it_is_asked_for(ada: Mailbox) -> None:
    own = [{"id": MARK, "value": "it's 1"}]
    made = ada.make(meeting(singleValueExtendedProperties=own))
    ada.make(meeting(6))
    wanted = f"singleValueExtendedProperties/Any(ep: ep/id eq '{MARK}' and ep/value eq 'it''s 1')"
    (found,) = ada.all(f"/me/events?$filter={quote(wanted)}")[0]
    assert found["id"] == made["id"]
    asked = quote(f"singleValueExtendedProperties($filter=id eq '{MARK}')")
    assert ada.get(f"{at(made['id'])}?$expand={asked}")["singleValueExtendedProperties"] == own
    assert "singleValueExtendedProperties" not in made


def test_a_guest_has_no_part_in_the_organizers_properties(outlook: Writing, ada: Mailbox) -> None:
    own = [{"id": MARK, "value": "1"}]
    ada.make(meeting(attendees=guests(BO), singleValueExtendedProperties=own, showAs="oof"))
    (copy,) = outlook.of(BO).found()
    assert copy["showAs"] == "tentative"
    kept = outlook.world.events(BO)[0]["outlook"]
    assert "properties" not in kept


def test_guests_have_the_event_and_their_answers_reach_the_organizer(
    outlook: Writing, ada: Mailbox
) -> None:
    made = ada.make(meeting(attendees=guests(BO, CLEO)))
    for email, action in ((BO, "accept"), (CLEO, "tentativelyAccept")):
        (copy,) = outlook.of(email).found()
        assert copy["responseStatus"]["response"] == "notResponded"
        outlook.of(email).done("POST", at(copy["id"], f"/{action}"), {"comment": "fine"})
    assert answers(ada.event(made["id"])) == {BO: "accepted", CLEO: "tentativelyAccepted"}
    assert outlook.of(BO).found()[0]["showAs"] == "busy"


def test_what_is_declined_leaves_the_guests_calendar(outlook: Writing, ada: Mailbox) -> None:
    made = ada.make(meeting(attendees=guests(BO)))
    bo = outlook.of(BO)
    bo.done("POST", at(bo.found()[0]["id"], "/decline"))
    assert bo.found() == []
    assert answers(ada.event(made["id"])) == {BO: "declined"}
    ada.change(made["id"], {"subject": "Seminar"})
    assert bo.found("Seminar") == []
    # What is moved is asked again.
    ada.change(made["id"], {"start": clock(6, 9), "end": clock(6, 10)})
    assert len(bo.found("Seminar")) == 1
    assert answers(ada.event(made["id"])) == {BO: "none"}


def test_the_organizer_hears_nothing_of_an_answer_that_is_not_sent(
    outlook: Writing, ada: Mailbox
) -> None:
    made = ada.make(meeting(attendees=guests(BO, CLEO)))
    for email, what in ((BO, ("POST", "/accept")), (CLEO, ("DELETE", ""))):
        mailbox = outlook.of(email)
        sent = {"sendResponse": False} if what[1] else None
        mailbox.done(what[0], at(mailbox.found()[0]["id"], what[1]), sent)
    assert answers(ada.event(made["id"])) == {BO: "none", CLEO: "none"}
    assert outlook.of(BO).found()[0]["responseStatus"]["response"] == "accepted"
    assert outlook.of(CLEO).found() == []


def test_who_organizes_cannot_answer_and_who_is_invited_cannot_cancel(
    outlook: Writing, ada: Mailbox
) -> None:
    made = ada.make(meeting(attendees=guests(BO)))
    bo = outlook.of(BO)
    copy = at(bo.found()[0]["id"])
    refused = (400, "ErrorInvalidRequest")
    assert ada.refused("POST", at(made["id"], "/accept"), {}) == refused
    assert bo.refused("POST", f"{copy}/cancel", {"comment": "no"}) == refused
    assert bo.refused("PATCH", copy, {"start": clock(5, 8)}) == (403, "ErrorAccessDenied")
    assert bo.done("PATCH", copy, {"showAs": "oof", "categories": ["Red"]})["showAs"] == "oof"
    ada.done("POST", at(made["id"], "/cancel"), {"Comment": "no more"})
    assert ada.found() == []
    assert outlook.mails()[-1] == ("cancellation", [BO])


def test_what_is_called_off_stays_with_a_guest_until_they_delete_it(
    outlook: Writing, ada: Mailbox
) -> None:
    made, bo = ada.make(meeting(attendees=guests(BO))), outlook.of(BO)
    ada.done("DELETE", at(made["id"]))
    (copy,) = bo.found("Canceled: Lecture")
    assert (copy["isCancelled"], copy["showAs"]) == (True, "free")
    refused = bo.refused("POST", at(copy["id"], "/accept"), {})
    assert refused == (400, "ErrorInvalidRequest")
    bo.done("DELETE", at(copy["id"]))
    assert bo.found("Canceled: Lecture") == []


def test_only_those_are_mailed_whom_a_change_is_about(outlook: Writing, ada: Mailbox) -> None:
    made = ada.make(meeting(attendees=guests(BO, CLEO)))
    ada.change(made["id"], {"attendees": guests(CLEO, PIA)})
    ada.change(made["id"], {"categories": ["Red"], "isReminderOn": False})
    ada.change(made["id"], {"location": {"displayName": "Hall 2"}})
    ada.done("DELETE", at(made["id"]))
    assert outlook.mails() == [
        ("invitation", [BO, CLEO]),
        ("invitation", [PIA]),
        ("cancellation", [BO]),
        ("update", [CLEO, PIA]),
        ("cancellation", [CLEO, PIA]),
    ]


def test_a_new_list_of_guests_keeps_the_answers_of_those_who_stay(
    outlook: Writing, ada: Mailbox
) -> None:
    made = ada.make(meeting(attendees=guests(BO, CLEO)))
    outlook.of(BO).done("POST", at(outlook.of(BO).found()[0]["id"], "/accept"), {})
    after = ada.change(made["id"], {"attendees": guests(BO, PIA)})
    assert answers(after) == {BO: "accepted", PIA: "none"}


def test_a_meeting_online_lives_from_its_address_in_the_body(
    outlook: Writing, ada: Mailbox
) -> None:
    made = ada.make(meeting(isOnlineMeeting=True, attendees=guests(BO)))
    address = made["onlineMeeting"]["joinUrl"]
    assert address in made["body"]["content"]
    assert outlook.of(BO).found()[0]["onlineMeeting"]["joinUrl"] == address
    kept = ada.change(made["id"], {"subject": "Seminar", "isOnlineMeeting": False})
    assert kept["onlineMeeting"] == made["onlineMeeting"]
    lost = ada.change(made["id"], {"body": {"contentType": "html", "content": "new"}})
    assert (lost["isOnlineMeeting"], lost["onlineMeeting"]) == (False, None)


def test_a_private_account_has_no_meetings_of_an_organization(outlook: Writing) -> None:
    assert outlook.of(PIA).make(meeting(isOnlineMeeting=True))["isOnlineMeeting"] is False


def test_who_may_only_read_writes_nothing(outlook: Writing, ada: Mailbox) -> None:
    made = ada.make(meeting())
    reader = outlook.of(BO, "Calendars.Read")
    assert reader.refused("POST", "/me/events", meeting()) == (403, "ErrorAccessDenied")
    assert outlook.of(BO).refused("GET", at(made["id"])) == (404, "ErrorItemNotFound")


def test_another_calendar_has_its_own_events(outlook: Writing, ada: Mailbox) -> None:
    outlook.world.add_calendar(ADA, "Second")
    own = ada.all("/me/calendars")[0]
    second = next(each["id"] for each in own if not each["isDefaultCalendar"])
    address = f"/me/calendars/{quote(second, safe='')}/events"
    made = ada.done("POST", address, meeting())
    assert [each["id"] for each in ada.all(address)[0]] == [made["id"]]
    assert ada.found() == []
    assert ada.event(made["id"]) == made


def answers(event: dict[str, Any]) -> dict[str, str]:
    return {
        each["emailAddress"]["address"]: each["status"]["response"] for each in event["attendees"]
    }

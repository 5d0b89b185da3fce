"""What counts as a guest's answer, and all that does not (P30)."""

from base64 import b64encode
from datetime import date, time
from random import Random
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.addresses import Address
from notifications.errors import Undeliverable
from notifications.itip import calendar, replies
from notifications.itip.names import Names
from notifications.itip.people import Answer
from notifications.itip.reasons import NoReply, Reason
from notifications.itip.replies import ReplyMail
from tests.notifications.builders import NASTY
from tests.notifications.semesters import ADA, NAMES, STAMP, UID, a_semester, at, told
from tests.sizes import size

SERVER = "mx.commonhour.example"
TO = str(NAMES.organizer(UID, ADA))
VOUCHED = f"{SERVER}; dmarc=pass header.from=example.org"

REPLY = """\
BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REPLY
BEGIN:VEVENT
DTSTART;TZID=Europe/Berlin:20270301T100000
DTEND;TZID=Europe/Berlin:20270301T110000
DTSTAMP:20270120T080000Z
ORGANIZER;CN=Cardiology mentors:mailto:{to}
UID:{uid}
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={answer};CN=Ada
 Lovelace;X-NUM-GUESTS=0:mailto:{guest}
{more}SEQUENCE:{sequence}
STATUS:CONFIRMED
SUMMARY:Cardiology mentors
END:VEVENT
END:VCALENDAR
"""


def an_object(text: str = REPLY, **changes: str) -> str:
    usual = {
        "to": TO,
        "uid": UID,
        "answer": "ACCEPTED",
        "guest": "ada@example.org",
        "more": "",
        "sequence": "1",
    }
    return text.format(**{**usual, **changes}).replace("\n", "\r\n")


def a_mail(
    ics: str | None = None,
    *,
    sender: str = "Ada <ada@example.org>",
    to: str = TO,
    verdicts: tuple[str, ...] = (VOUCHED,),
    method: str = "; method=REPLY",
    fields: str = "",
) -> bytes:
    """A mail as our server hands it over."""
    header = "".join(f"Authentication-Results: {each}\r\n" for each in verdicts)
    body = b64encode((an_object() if ics is None else ics).encode()).decode()
    return (
        f"{header}{fields}From: {sender}\r\nTo: {to}\r\nSubject: Zugesagt: Cardiology\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nAda has accepted.\r\n"
        f"--b\r\nContent-Type: text/calendar; charset=UTF-8{method}\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{body}\r\n--b--\r\n"
    ).encode()


def read(raw: bytes) -> ReplyMail:
    return replies.read(raw, NAMES, SERVER)


def why_not(raw: bytes) -> Reason:
    with pytest.raises(NoReply) as refused:
        read(raw)
    return refused.value.reason


def test_an_answer_to_the_whole_series_is_read() -> None:
    assert read(a_mail()) == ReplyMail(
        uid=UID,
        recurrence=None,
        email="ada@example.org",
        answer=Answer.ACCEPTED,
        sequence=1,
        stamp=at(date(2027, 1, 20), time(8), "UTC"),
        tag=NAMES.tag(UID, ADA),
    )


@pytest.mark.parametrize("answer", ["ACCEPTED", "DECLINED", "TENTATIVE", "declined"])
def test_the_answer_is_what_partstat_says(answer: str) -> None:
    assert read(a_mail(an_object(answer=answer))).answer == answer.upper()


@pytest.mark.parametrize(
    "named",
    [
        "RECURRENCE-ID;TZID=Europe/Berlin:20270308T100000",
        "RECURRENCE-ID:20270308T090000Z",
        "RECURRENCE-ID;TZID=W. Europe Standard Time:20270308T100000",
        'RECURRENCE-ID;TZID="Europe/Berlin";VALUE=DATE-TIME:20270308T100000',
        "RECURRENCE-ID;TZID=America/New_York:20270308T040000",
    ],
)
def test_an_answer_to_one_date_names_it_however_it_is_written(named: str) -> None:
    answer = read(a_mail(an_object(answer="DECLINED", more=f"{named}\n")))

    assert answer.recurrence == a_semester().occurrences[1].original


OUTLOOK = """\
BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;PARTSTAT=DECLINED;CN="Lovelace, Ada":mailto:Ada@Example.org
COMMENT;LANGUAGE=de-DE:Leider nicht\\n
UID:{uid}
SUMMARY;LANGUAGE=de-DE:Abgelehnt: Cardiology mentors
DTSTART;TZID=W. Europe Standard Time:20270308T100000
DTSTAMP:20270120T080000Z
SEQUENCE:1
X-MICROSOFT-CDO-APPT-SEQUENCE:1
RECURRENCE-ID;TZID=W. Europe Standard Time:20270308T000000
BEGIN:VALARM
ATTENDEE:mailto:eve@example.org
END:VALARM
END:VEVENT
END:VCALENDAR
"""

APPLE = """\
BEGIN:VCALENDAR
CALSCALE:GREGORIAN
METHOD:REPLY
PRODID:-//Apple Inc.//macOS 15.0//EN
VERSION:2.0
BEGIN:VEVENT
UID:{uid}
ATTENDEE;CN="Ada";CUTYPE=INDIVIDUAL;EMAIL="ada@example.org";PARTSTAT=TENTATIVE;ROL
\tE=REQ-PARTICIPANT:MAILTO:ada%40example.org
DTSTAMP:20270120T080000Z
RECURRENCE-ID;TZID=Europe/Berlin:20270308T100000
ORGANIZER;CN="Cardiology: mentors":mailto:{to}
END:VEVENT
END:VCALENDAR
"""


def test_other_programs_write_answers_in_their_ways() -> None:
    outlook, apple = (read(a_mail(an_object(text))) for text in (OUTLOOK, APPLE))

    assert (outlook.answer, outlook.email) == (Answer.DECLINED, "Ada@example.org")
    assert (apple.answer, apple.sequence) == (Answer.TENTATIVE, 0)
    series = a_semester()
    second = series.occurrences[1].original
    assert (replies.date_meant(outlook, series), replies.date_meant(apple, series)) == (
        second,
        second,
    )


def test_an_answer_to_a_date_that_there_is_not_is_no_answer_to_another() -> None:
    answer = read(a_mail(an_object(APPLE)))

    assert replies.date_meant(read(a_mail()), a_semester()) is None
    with pytest.raises(NoReply) as refused:
        replies.date_meant(answer, a_semester(skipped=[1]))
    assert refused.value.reason is Reason.NO_SUCH_DATE


def test_what_we_ask_can_be_answered() -> None:
    request = calendar.request(told(sequence=3), a_semester())
    answered = request.replace("METHOD:REQUEST", "METHOD:REPLY").replace("NEEDS-ACTION", "ACCEPTED")

    answer = read(a_mail(answered))

    assert (answer.sequence, answer.stamp, answer.recurrence) == (3, STAMP, None)


def test_an_object_that_is_only_attached_is_read_as_well() -> None:
    raw = a_mail(method='; name="invite.ics"').replace(b"text/calendar", b"application/ics")
    unknown = raw.replace(b"application/ics", b"application/octet-stream")

    assert read(raw).answer is Answer.ACCEPTED
    assert read(unknown).answer is Answer.ACCEPTED


def test_the_address_that_was_written_to_may_stand_in_the_object_or_on_the_mail() -> None:
    elsewhere = "mentors@example.org"

    assert read(a_mail(an_object(to=elsewhere))).tag == NAMES.tag(UID, ADA)
    assert read(a_mail(to=elsewhere)).tag == NAMES.tag(UID, ADA)
    assert read(a_mail(to=TO.upper(), ics=an_object(to=TO.upper()))).tag == NAMES.tag(UID, ADA)


def test_a_calendar_that_answers_for_somebody_is_no_machine() -> None:
    assert read(a_mail(fields="Auto-Submitted: auto-generated\r\n")).answer is Answer.ACCEPTED


def test_only_the_present_invitation_and_the_latest_answer_count() -> None:
    answer = read(a_mail())

    assert answer.counts(sequence=1, last=None)
    assert answer.counts(sequence=0, last=answer.stamp - 1)
    assert not answer.counts(sequence=2, last=None)
    assert not answer.counts(sequence=1, last=answer.stamp)


EVE = NAMES.organizer(UID, Address.parse("eve@example.org"))
TWO_GUESTS = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:eve@example.org\n"
TWO_EVENTS = "END:VEVENT\nBEGIN:VEVENT\nUID:x\n"
NO_ANSWERS: dict[str, tuple[bytes, Reason]] = {
    "forged sender": (a_mail(verdicts=()), Reason.NOT_VOUCHED),
    "failed proof": (
        a_mail(verdicts=(f"{SERVER}; dmarc=fail header.from=example.org",)),
        Reason.NOT_VOUCHED,
    ),
    "another server's word": (
        a_mail(verdicts=(VOUCHED.replace(SERVER, "mx.evil.example"),)),
        Reason.NOT_VOUCHED,
    ),
    "a forged word below ours": (
        a_mail(verdicts=(f"{SERVER}; dmarc=fail header.from=example.org", VOUCHED)),
        Reason.NOT_VOUCHED,
    ),
    "a forged word on what ours is silent about": (
        a_mail(verdicts=(f"{SERVER}; spf=fail smtp.mailfrom=evil.example", VOUCHED)),
        Reason.NOT_VOUCHED,
    ),
    "an unclear word above a forged one": (
        a_mail(verdicts=(f'{SERVER}; spf=fail smtp.mailfrom="a b"@evil.example', VOUCHED)),
        Reason.NOT_VOUCHED,
    ),
    "nobody's word": (
        a_mail(verdicts=("; dmarc=pass header.from=example.org",)),
        Reason.NOT_VOUCHED,
    ),
    "a word within quotes": (
        a_mail(
            verdicts=(f'{SERVER}; spf=fail smtp.mailfrom="; dmarc=pass header.from=example.org ;"',)
        ),
        Reason.NOT_VOUCHED,
    ),
    "a word within a note": (
        a_mail(verdicts=(f"{SERVER}; none (x; dmarc=pass header.from=example.org ;)",)),
        Reason.NOT_VOUCHED,
    ),
    "a genuine stranger": (
        a_mail(
            sender="eve@evil.example",
            verdicts=(f"{SERVER}; dmarc=pass header.from=evil.example",),
        ),
        Reason.NOT_VOUCHED,
    ),
    "a stranger's proof": (
        a_mail(verdicts=(f"{SERVER}; dkim=pass header.d=evil.example",)),
        Reason.NOT_VOUCHED,
    ),
    "a domain that only ends alike": (
        a_mail(
            sender="eve@evilexample.org",
            verdicts=(f"{SERVER}; dmarc=pass header.from=evilexample.org",),
        ),
        Reason.NOT_VOUCHED,
    ),
    "two senders": (a_mail(sender="ada@example.org, eve@evil.example"), Reason.NOT_VOUCHED),
    "two fields of senders": (
        a_mail(fields="From: ada@example.org\r\n", sender="eve@evil.example"),
        Reason.NOT_VOUCHED,
    ),
    "no tag": (
        a_mail(an_object(to="meet@commonhour.example"), to="meet@commonhour.example"),
        Reason.NO_TAG,
    ),
    "another's tag": (a_mail(an_object(to=str(EVE)), to=str(EVE)), Reason.FOREIGN_TAG),
    "two tags": (a_mail(an_object(to=str(EVE))), Reason.FOREIGN_TAG),
    "another guest": (a_mail(an_object(guest="eve@example.org")), Reason.FOREIGN_TAG),
    "another event": (a_mail(an_object(uid=NAMES.uid("group-2"))), Reason.FOREIGN_TAG),
    "two guests": (a_mail(an_object(more=TWO_GUESTS)), Reason.NOT_ONE_GUEST),
    "two events": (a_mail(an_object(more=TWO_EVENTS)), Reason.NOT_ONE_EVENT),
    "two names": (a_mail(an_object(more="UID:x\n")), Reason.DAMAGED),
    "no method": (a_mail(an_object().replace("METHOD:REPLY\r\n", "")), Reason.NO_METHOD),
    "delegated": (a_mail(an_object(answer="DELEGATED")), Reason.NO_ANSWER),
    "not yet": (a_mail(an_object(answer="NEEDS-ACTION")), Reason.NO_ANSWER),
    "a counter on the part": (a_mail(method="; method=COUNTER"), Reason.ANOTHER_METHOD),
    "cut": (a_mail(an_object()[:-20]), Reason.DAMAGED),
    "no calendar in it": (a_mail("Hello"), Reason.NO_METHOD),
    "a day": (a_mail(an_object(more="RECURRENCE-ID;VALUE=DATE:20270308\n")), Reason.DAMAGED),
    "floating": (a_mail(an_object(more="RECURRENCE-ID:20270308T100000\n")), Reason.DAMAGED),
    "a zone of its own": (
        a_mail(an_object(more="RECURRENCE-ID;TZID=My Time:20270308T100000\n")),
        Reason.UNKNOWN_ZONE,
    ),
    "a long zone": (
        a_mail(an_object(more=f"RECURRENCE-ID;TZID={'x' * 90_000}:20270308T100000\n")),
        Reason.UNKNOWN_ZONE,
    ),
    "no number": (a_mail(an_object(sequence="٣")), Reason.DAMAGED),
    "a huge number": (a_mail(an_object(sequence="9" * 5000)), Reason.DAMAGED),
    "absent": (a_mail(fields="Auto-Submitted: auto-replied (vacation)\r\n"), Reason.AUTOMATIC),
    "nobody's": (a_mail(fields="Return-Path: <>\r\n"), Reason.BOUNCE),
    "a bounce": (
        a_mail().replace(b"multipart/alternative", b"multipart/report"),
        Reason.BOUNCE,
    ),
    "forwarded": (
        b"From: eve@example.org\r\nTo: " + TO.encode() + b"\r\nContent-Type: message/rfc822\r\n\r\n"
        + a_mail(),
        Reason.NO_CALENDAR,
    ),
    "plain": (b"From: ada@example.org\r\n\r\nI shall come.", Reason.NO_CALENDAR),
    "empty": (b"", Reason.NO_CALENDAR),
    "oversize": (a_mail(an_object(more=f"COMMENT:{'x' * 300_000}\n")), Reason.TOO_LARGE),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_ANSWERS)
def test_what_is_no_answer_says_why(name: str) -> None:
    raw, reason = NO_ANSWERS[name]

    assert why_not(raw) is reason


@pytest.mark.parametrize(
    "method", ["COUNTER", "CANCEL", "REQUEST", "REFRESH", "PUBLISH", "ADD", "DECLINECOUNTER"]
)
def test_guests_can_only_reply(method: str) -> None:
    ics = an_object().replace("METHOD:REPLY", f"METHOD:{method}")

    assert why_not(a_mail(ics)) is Reason.ANOTHER_METHOD
    assert why_not(a_mail(ics, method=f"; method={method}")) is Reason.ANOTHER_METHOD


@pytest.mark.parametrize(
    "verdict",
    [
        f"{SERVER} 1; spf=pass smtp.mailfrom=ada@example.org",
        f"{SERVER};\r\n dkim=fail header.d=list.example;\r\n dkim=pass header.d=example.org",
        f'{SERVER.upper()}; dkim=pass (2048-bit key) header.d=example.org header.b="Ab/3+c="',
        f"{SERVER}; spf=softfail smtp.mailfrom=x.org; dmarc=pass (p=none) header.from=example.org",
    ],
)
def test_the_word_of_our_server_is_read_as_servers_write_it(verdict: str) -> None:
    assert read(a_mail(verdicts=(verdict,))).answer is Answer.ACCEPTED


def test_without_a_server_that_we_know_nobody_vouches() -> None:
    raw = a_mail(verdicts=(VOUCHED, "; dmarc=pass header.from=example.org"))

    assert replies.read(raw, NAMES, SERVER).vouched
    assert not replies.read(raw, NAMES, "").vouched


def test_a_part_of_the_guests_domain_may_write_for_them() -> None:
    verdict = f"{SERVER}; dmarc=pass header.from=mail.example.org"

    answer = read(a_mail(sender="ada.l@mail.example.org", verdicts=(verdict,)))

    assert answer.email == "ada@example.org"


def test_a_thousand_automatic_mails_are_no_answers() -> None:
    chance = Random(30)
    fields = ["Auto-Submitted: auto-replied\r\n", "Auto-Submitted: auto-notified; x=y\r\n",
              "Return-Path: <>\r\n"]  # fmt: skip

    reasons = {why_not(a_mail(fields=chance.choice(fields))) for _ in range(size(100, 1000))}

    assert reasons == {Reason.AUTOMATIC, Reason.BOUNCE}


def nested(kind: str, depth: int) -> bytes:
    if kind == "mail":
        return b"Content-Type: message/rfc822\r\n\r\n" * depth + a_mail()
    frames = "".join(
        f'Content-Type: multipart/mixed; boundary="{each}"\r\n\r\n--{each}\r\n'
        for each in range(depth)
    )
    return frames.encode() + a_mail()


@pytest.mark.parametrize("kind", ["mail", "frame"])
@pytest.mark.parametrize("depth", [1, 8, 70, 3000])
def test_what_is_nested_is_not_an_answer_and_costs_little(kind: str, depth: int) -> None:
    begun = process_time()
    reason = why_not(nested(kind, depth))

    assert reason in (Reason.NO_CALENDAR, Reason.TOO_LARGE, Reason.NO_TAG, Reason.NOT_VOUCHED)
    assert process_time() - begun < 5


BOMBS = {
    "parameters without a value": ";a=" * 60_000,
    "quotes": "A;" + 'b="' * 60_000,
    "parameters": "A" + ";b=c" * 50_000,
    "calendars in calendars": "BEGIN:VCALENDAR\r\n" * 10_000,
    "guests": "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + "ATTENDEE:x\r\n" * 15_000,
    "folds": "x\r\n " * 40_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_no_object_keeps_us_busy(name: str) -> None:
    begun = process_time()
    reason = why_not(a_mail(BOMBS[name]))

    assert reason in (Reason.DAMAGED, Reason.NO_METHOD)
    assert process_time() - begun < 5


@settings(max_examples=size(150, 20_000), deadline=None)
@given(data=st.data())
def test_a_damaged_mail_is_the_same_answer_or_none(data: st.DataObject) -> None:
    raw = data.draw(st.sampled_from([a_mail(), a_mail(method="", fields="Return-Path: <a@b>\r\n")]))
    at_ = data.draw(st.integers(0, len(raw)))
    until = data.draw(st.integers(at_, min(len(raw), at_ + 40)))
    put = data.draw(st.sampled_from([*NASTY, "", "\r\n\r\n", "--b"]) | st.text(max_size=8))
    try:
        answer = read(raw[:at_] + put.encode("utf-8", "surrogatepass") + raw[until:])
    except NoReply:
        return

    assert (answer.uid, answer.email, answer.tag) == (UID, "ada@example.org", NAMES.tag(UID, ADA))


def test_nothing_of_a_mail_stands_in_a_reason() -> None:
    with pytest.raises(NoReply) as refused:
        read(a_mail(an_object(guest="eve@example.org")))

    assert "eve" not in repr(refused.value)
    assert "ada@" not in repr(read(a_mail()))


def other_names(**changes: Any) -> Names:
    usual: dict[str, Any] = {"secret": b"sixteen bytes and more", "mailbox": NAMES.mailbox}
    return Names(**{**usual, **changes})


def test_names_are_the_same_every_time_and_nobody_elses() -> None:
    assert other_names().uid("group-1") == UID
    uids = {NAMES.uid("g"), NAMES.uid("g", 1), NAMES.uid("g1"), NAMES.uid("h", 1)}
    assert len(uids) == 4
    assert other_names(secret=b"another sixteen bytes").uid("group-1") != UID
    assert NAMES.tag(UID, ADA) == NAMES.tag(UID, Address.parse("ADA@Example.org"))
    assert all(len(uid.partition("@")[0]) == 32 for uid in uids)


def test_names_refuse_a_weak_secret_and_a_mailbox_without_room() -> None:
    with pytest.raises(ValueError, match="too short"):
        other_names(secret=b"x" * 15)
    with pytest.raises(Undeliverable):
        other_names(mailbox=Address.parse(f"{'m' * 40}@commonhour.example"))

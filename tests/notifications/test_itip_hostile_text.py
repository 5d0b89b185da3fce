"""No name, title or place breaks out of an invitation (P39)."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
import vobject  # type: ignore[import-untyped]
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from notifications.addresses import Address
from notifications.errors import Undeliverable
from notifications.itip import calendar
from notifications.itip.changes import Change, Kind
from notifications.itip.letters import Envelope, letter
from notifications.itip.people import Person
from notifications.lines import one_line
from notifications.message import Message, as_email
from notifications.smtp import SmtpChannel
from tests.notifications.builders import (
    FIELDS,
    LINK,
    NASTY,
    NOON,
    SENDER,
    Tags,
    at_noon,
    hostile,
)
from tests.notifications.mail_servers import Script, a_script
from tests.notifications.semesters import ADA, NAMES, UID, a_semester, event_of, told
from tests.sizes import size

AT_EASE = settings(max_examples=size(60, 2000), deadline=None)
DATES = a_semester(weeks=3, skipped=[1])


def an_object(**words: str) -> str:
    """Every field that people fill in, filled in."""
    organizer = Person(NAMES.organizer(UID, ADA), words.pop("organizer", "Ben"))
    guest = Person(ADA, words.pop("guest", "Ada"))
    return calendar.request(told(organizer=organizer, guest=guest, **words), DATES)


def names(ics: bytes) -> list[bytes]:
    """What the lines begin with, for a reader that knows of CRLF alone, or of any break."""
    unfolded = ics.replace(b"\r\n ", b"")
    return [line.split(b":")[0].split(b";")[0] for line in unfolded.split(b"\r\n")]


@pytest.fixture(scope="module")
def script() -> Iterator[Script]:
    with a_script() as running:
        yield running


PLAIN = names(an_object(title="a", place="b", text="c").encode())


@AT_EASE
@given(title=hostile(), place=hostile(), text=hostile(), organizer=hostile(), guest=hostile())
def test_text_adds_no_line_and_no_parameter(
    title: str, place: str, text: str, organizer: str, guest: str
) -> None:
    ics = an_object(
        title=title, place=f"b{place}", text=f"c{text}", organizer=organizer, guest=guest
    )

    raw = ics.encode()
    assert [each for each in names(raw) if each != b"LOCATION"] == [
        each for each in PLAIN if each != b"LOCATION"
    ]
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\0" not in raw
    assert len(ics.splitlines()) == ics.count("\r\n")  # no other break of lines either
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))


@AT_EASE
@given(title=hostile(), place=hostile(), organizer=hostile(), guest=hostile())
def test_two_other_parsers_read_the_text_and_two_people(
    title: str, place: str, organizer: str, guest: str
) -> None:
    ics = an_object(title=title, place=f"b{place}", organizer=organizer, guest=guest)

    event = event_of(ics)
    other = vobject.readOne(ics).vevent
    assert event["SUMMARY"] == other.summary.value == one_line(title, 200)
    assert event["LOCATION"] == other.location.value == one_line(f"b{place}", 200)
    assert event["ATTENDEE"] == other.attendee.value == f"mailto:{ADA}"
    assert event["ORGANIZER"] == other.organizer.value == f"mailto:{NAMES.organizer(UID, ADA)}"
    assert set(event["ATTENDEE"].params) <= {"CUTYPE", "ROLE", "PARTSTAT", "RSVP", "CN"}
    assert set(event["ORGANIZER"].params) <= {"CN"}
    assert len(other.contents["attendee"]) == 1


@pytest.mark.parametrize("nasty", NASTY)
def test_a_longer_text_keeps_its_paragraphs_and_no_more(nasty: str) -> None:
    ics = an_object(text=f"one{nasty}two")

    event = event_of(ics)
    read = vobject.readOne(ics).vevent.description.value
    assert event["DESCRIPTION"] == read
    assert read.startswith("one")
    assert read.endswith("two")
    assert len(Calendar.from_ical(ics).walk()) == len(Calendar.from_ical(an_object()).walk())


def test_what_stands_for_a_break_elsewhere_stands_for_itself() -> None:
    ics = an_object(title=r"a\nb\\,c", guest="a^nb%2Cc")

    event, other = event_of(ics), vobject.readOne(ics).vevent
    assert event["SUMMARY"] == other.summary.value == r"a\nb\\,c"
    assert event["ATTENDEE"].params["CN"] == "anb2Cc"


@AT_EASE
@given(name=hostile(), title=hostile(), place=hostile())
def test_a_letter_has_its_own_fields_parts_and_links_only(
    name: str, title: str, place: str
) -> None:
    message = a_letter(name, title, place)

    raw = as_email(message, SENDER, NOON).as_bytes()
    mail = message_from_bytes(raw, EmailMessage, policy=default)
    assert sorted(mail.keys()) == sorted(FIELDS)
    assert [each.addr_spec for each in mail["From"].addresses] == [str(NAMES.organizer(UID, ADA))]
    assert [each.addr_spec for each in mail["To"].addresses] == [str(ADA)]
    assert len(list(mail.walk())) == 6
    assert raw.isascii()
    assert Tags(message.html).tags == Tags(a_letter("Ben", "x", "y").html).tags
    assert Tags(message.html).links == [LINK, LINK]


@AT_EASE
@given(name=hostile(), title=hostile(), place=hostile())
def test_on_the_wire_a_letter_is_one_mail_to_one_guest(
    script: Script, name: str, title: str, place: str
) -> None:
    script.play()
    SmtpChannel(f"smtp://127.0.0.1:{script.port}", SENDER, None, at_noon).send(
        a_letter(name, title, place)
    )

    [mail] = script.taken
    assert [line.split()[0] for line in script.commands] == ["ehlo", "mail", "rcpt", "data", "quit"]
    assert script.commands[2] == f"rcpt TO:<{ADA}>"
    header = mail.partition(b"\r\n\r\n")[0].split(b"\r\n")
    found = [line.split(b":")[0].decode() for line in header if line[:1] != b" "]
    assert sorted(found) == sorted(FIELDS)
    assert b"\r" not in mail.replace(b"\r\n", b"")
    assert b"\n" not in mail.replace(b"\r\n", b"")
    assert all(len(line) <= 998 for line in mail.split(b"\r\n"))


def a_letter(name: str, title: str, place: str) -> Message:
    organizer = Person(NAMES.organizer(UID, ADA), name or "x")
    about = told(organizer=organizer, guest=Person(ADA, name), title=title, place=f"b{place}")
    return letter(Envelope("1", link=LINK), about, Change(Kind.INVITED, None, DATES))


@AT_EASE
@given(local=st.one_of(hostile(2).map(lambda text: f"ada{text}"), st.text(max_size=20)))
@example("ada?subject=x")
@example("ada&cc=eve")
@example("ada#x")
@example("ädä")
def test_an_address_is_one_attendee(local: str) -> None:
    try:
        guest = Address.parse(f"{local}@example.org")
    except Undeliverable:
        return
    organizer = Person(NAMES.organizer(UID, guest))
    ics = calendar.request(told(organizer=organizer, guest=Person(guest)), DATES)

    event = event_of(ics)
    assert event["ATTENDEE"].startswith("mailto:")
    assert event["ATTENDEE"].endswith("@example.org")
    assert not set('?&#;:, "<>') & set(event["ATTENDEE"].removeprefix("mailto:"))

"""The mails that carry invitations: what Gmail and Outlook ask of one, line by line."""

import re
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage, MIMEPart
from email.policy import default
from pathlib import Path

import pytest

from notifications import outbox
from notifications.itip.calendar import About
from notifications.itip.changes import Change, Kind, changes
from notifications.itip.letters import Envelope, letter
from notifications.itip.news import Reader
from notifications.itip.people import Answer, Person
from notifications.itip.pieces import between, single
from notifications.memory import MemoryChannel
from notifications.message import Message, as_email
from notifications.outbox import OutboxChannel
from tests.notifications.builders import LINK, NOON, SENDER, Tags, at_noon
from tests.notifications.semesters import ADA, NAMES, UID, a_semester, event_of, told

FIRST = Envelope("letter-1", link=LINK)
LATER = Envelope("letter-2", thread="letter-1", link=LINK)
DATES = a_semester(skipped=[2])


def dates_invited() -> Message:
    return letter(FIRST, told(), Change(Kind.INVITED, None, DATES))


def date_invited() -> Message:
    alone = single("Europe/Berlin", DATES.occurrences[0])
    return letter(LATER, told(), Change(Kind.INVITED, 1, alone))


def dates_changed() -> Message:
    change = Change(Kind.CHANGED, None, DATES, before=DATES)
    was = Reader(was=("Cardiology mentors", "Room 3", told().text))
    return letter(LATER, told(sequence=1, place="Room 4"), change, was)


def date_changed() -> Message:
    moved = a_semester(skipped=[2], moved={1: 3600})
    change = Change(Kind.CHANGED, None, moved, moved.occurrences[1], before=DATES)
    return letter(LATER, told(sequence=1), change, Reader(now=moved.occurrences, following=1))


def dates_cancelled() -> Message:
    return letter(LATER, told(sequence=2), Change(Kind.CANCELLED, None, DATES, before=DATES))


def date_left() -> Message:
    date = DATES.occurrences[1]
    change = Change(Kind.CANCELLED, None, DATES, date, for_all=False)
    reader = Reader(now=DATES.occurrences[2:], without=(date.original,))
    return letter(LATER, told(sequence=2), change, reader)


def dates_again() -> Message:
    return letter(LATER, told(sequence=1), Change(Kind.CHANGED, None, DATES, before=DATES))


def date_cancelled() -> Message:
    change = Change(Kind.CANCELLED, None, DATES, DATES.occurrences[1])
    return letter(LATER, told(sequence=2), change)


LETTERS = [
    dates_invited, date_invited, dates_changed, date_changed, dates_cancelled, date_cancelled,
    date_left, dates_again,
]  # fmt: skip
every_letter = pytest.mark.parametrize("write", LETTERS, ids=lambda write: write.__name__)
Letter = Callable[[], Message]


def read(message: Message) -> EmailMessage:
    """Return the mail, as its bytes are read."""
    raw = as_email(message, SENDER, NOON).as_bytes()
    return message_from_bytes(raw, EmailMessage, policy=default)


def parts(mail: MIMEPart) -> tuple[list[MIMEPart], MIMEPart]:
    """Return the alternatives and the attachment."""
    alternatives, attached = mail.iter_parts()
    return list(alternatives.iter_parts()), attached


def calendar_of(mail: MIMEPart) -> MIMEPart:
    return parts(mail)[0][-1]


@every_letter
def test_the_frame_is_the_one_that_mail_programs_know(write: Letter) -> None:
    mail = read(write())

    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    assert {part.get_content_charset() for part in parts(mail)[0]} == {"utf-8"}


@every_letter
def test_the_calendar_is_the_last_alternative_inline_and_says_its_method(write: Letter) -> None:
    part = calendar_of(read(write()))
    method = re.search(r"METHOD:(\w+)", part.get_content())

    assert part.get_content_disposition() != "attachment"
    assert part["Content-Transfer-Encoding"] == "base64"
    assert method is not None
    assert part.get_param("method") == method[1]
    assert part.get_param("component") == "VEVENT"


@every_letter
def test_the_attachment_has_the_same_bytes(write: Letter) -> None:
    message = write()
    alternatives, attached = parts(read(message))

    assert attached.get_content_disposition() == "attachment"
    assert attached.get_filename() == "invite.ics"
    assert attached.get_param("name") == "invite.ics"
    assert message.enclosed is not None
    inline = alternatives[-1].get_payload(decode=True)
    assert inline == attached.get_content() == message.enclosed.ics.encode()


@every_letter
def test_who_writes_is_who_organises(write: Letter) -> None:
    mail = read(write())
    event = event_of(calendar_of(mail).get_content())

    [writer] = mail["From"].addresses
    assert event["ORGANIZER"] == f"mailto:{writer.addr_spec}"
    assert writer.addr_spec == str(NAMES.organizer(UID, ADA))
    assert writer.domain == SENDER.mailbox.domain
    assert writer.display_name == "Cardiology mentors"


@every_letter
def test_one_mail_is_to_one_guest_who_is_the_attendee(write: Letter) -> None:
    mail = read(write())
    event = event_of(calendar_of(mail).get_content())

    assert mail["To"].addresses[0].addr_spec == "ada@example.org"
    assert len(mail["To"].addresses) == 1
    assert event["ATTENDEE"] == "mailto:ada@example.org"
    assert event["ATTENDEE"] != event["ORGANIZER"]


@pytest.mark.parametrize("write", [dates_invited, date_invited, dates_changed, date_changed])
def test_what_shows_the_buttons_is_there(write: Letter) -> None:
    ics = calendar_of(read(write())).get_content()
    event = event_of(ics)

    assert "METHOD:REQUEST" in ics
    assert {"UID", "DTSTAMP", "ORGANIZER", "ATTENDEE"} <= event.keys()
    assert event["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
    assert event["ATTENDEE"].params["RSVP"] == "TRUE"


def test_an_update_has_the_same_name_and_a_higher_number() -> None:
    first, later, last = (
        event_of(calendar_of(read(write())).get_content())
        for write in (dates_invited, dates_changed, dates_cancelled)
    )

    assert first["UID"] == later["UID"] == last["UID"]
    assert first["SEQUENCE"] < later["SEQUENCE"] < last["SEQUENCE"]


@every_letter
def test_all_letters_are_one_thread(write: Letter) -> None:
    message = write()
    mail = read(message)

    assert mail["Message-ID"] == f"<{message.key}@commonhour.example>"
    begun = "<letter-1@commonhour.example>"
    answered = None if message.key == "letter-1" else begun
    assert (mail["In-Reply-To"], mail["References"]) == (answered, answered)


@every_letter
def test_text_and_page_say_the_same_with_every_date(write: Letter) -> None:
    message = write()

    said = re.findall(r"\w+", message.text)
    assert re.findall(r"\w+", " ".join(Tags(message.html).words)) == said
    assert "Hello Ada Lovelace," in message.text
    assert Tags(message.html).links == [LINK, LINK]
    assert "\n\n\n" not in message.text


def test_an_invitation_lists_the_dates_that_it_encloses() -> None:
    text = dates_invited().text

    assert "Cardiology mentors invites you to 7 dates:" in text
    assert "- Monday 1 March 2027, 10:00 to 11:00 (Europe/Berlin)" in text
    assert "15 March" not in text
    assert text.count("\n- ") == 7
    assert "Place: Room 3" in text


def test_a_single_date_is_said_as_one() -> None:
    assert "invites you to 1 date:" in date_invited().text
    assert "1 date is cancelled:\n- Monday 8 March" in date_cancelled().text
    assert date_cancelled().subject == "Cancelled: Cardiology mentors, Mon 8 Mar"


def test_a_moved_date_is_said_with_both_times_and_the_old_one_nowhere_else() -> None:
    message = date_changed()

    assert message.subject == "Moved: Cardiology mentors, Mon 8 Mar to 11:00"
    moved = "- Moved from Monday 8 March 2027, 10:00, to Monday 8 March 2027, 11:00 to 12:00"
    assert moved in message.text
    _, _, held = message.text.partition("Your 7 dates to come, as they are held now:")
    assert "- Monday 8 March 2027, 11:00 to 12:00 (Europe/Berlin)\n" in held
    assert "8 March 2027, 10:00" not in held
    assert "1 more mail follows, because" in message.text


def test_a_date_that_leaves_one_object_for_another_has_moved_in_both_letters() -> None:
    date = DATES.occurrences[1]
    later = replace(date, start=date.start + 30 * 86_400)
    reader = Reader(now=(*DATES.occurrences[2:], later), before=(date,))
    alone = single("Europe/Berlin", later)

    for change in (
        Change(Kind.INVITED, None, alone),
        Change(Kind.CANCELLED, None, DATES, date, before=DATES),
    ):
        message = letter(LATER, told(), change, reader)
        assert message.subject == "Moved: Cardiology mentors, Mon 8 Mar to Wed 7 Apr"
        assert "- Moved from Monday 8 March 2027, 10:00, to Wednesday 7 April" in message.text
        assert "cancelled" not in message.text


def test_another_place_is_said_with_the_one_it_was() -> None:
    assert "- Another place: Room 4; it was Room 3\n" in dates_changed().text
    assert dates_changed().subject == "Changed: Cardiology mentors"


def test_who_no_longer_comes_reads_which_dates_the_others_keep() -> None:
    part = between(DATES, 0, DATES.occurrences[5].original)
    assert part is not None
    left = tuple(each.original for each in DATES.occurrences[5:])
    [change] = changes(DATES, part, ())

    message = letter(LATER, told(), change, Reader(now=part.occurrences, without=left))

    assert message.subject == "No longer invited: Cardiology mentors, Mon 12 Apr, Mon 19 Apr"
    assert "no longer expected at 2 dates, which the others keep:\n- Monday 12" in message.text
    assert "Your 5 dates to come, as they are held now:\n- Monday 1 March" in message.text


def test_whoever_invites_is_not_asked_to_accept() -> None:
    text = letter(FIRST, told(answer=Answer.ACCEPTED), Change(Kind.INVITED, None, DATES)).text

    assert "This is your own invitation to 7 dates:" in text
    assert "You count as coming" in text
    assert "Accept" not in text


def test_whom_no_date_is_left_has_no_link_to_press() -> None:
    whole = Change(Kind.CANCELLED, None, DATES, before=DATES)

    message = letter(LATER, told(), whole, Reader(now=()))

    assert "7 dates are cancelled:\n- Monday 1 March 2027, 10:00 to 11:00" in message.text
    assert "No date of yours remains." in message.text
    assert (LINK in message.text, Tags(message.html).links) == (False, [])


def test_dates_that_are_over_are_not_held() -> None:
    about = told(stamp=DATES.occurrences[2].end)
    change = Change(Kind.CANCELLED, None, DATES, DATES.occurrences[3], before=DATES)

    message = letter(LATER, about, change, Reader(now=DATES.occurrences))

    assert "Your 4 dates to come" in message.text


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("America/Chicago", "10:00 to 11:00 (Europe/Berlin; 03:00 in America/Chicago)"),
        ("Pacific/Auckland", "10:00 to 11:00 (Europe/Berlin; 22:00 in Pacific/Auckland)"),
        ("Pacific/Kiritimati", "10:00 to 11:00 (Europe/Berlin; 23:00 in Pacific/Kiritimati)"),
        ("Pacific/Pago_Pago", "(Europe/Berlin; Sunday 22:00 in Pacific/Pago_Pago)"),
        ("Europe/Paris", "10:00 to 11:00 (Europe/Berlin)\n"),
        ("", "10:00 to 11:00 (Europe/Berlin)\n"),
    ],
)
def test_the_readers_own_clock_is_told_where_it_shows_another_time(zone: str, said: str) -> None:
    message = letter(FIRST, told(), Change(Kind.INVITED, None, DATES), Reader(zone=zone))

    assert said in message.text


def test_sending_the_same_letter_again_is_the_same_mail() -> None:
    channel = MemoryChannel(SENDER)

    receipts = {channel.send(dates_invited()).message_id for _ in range(2)}

    assert receipts == {"<letter-1@commonhour.example>"}
    assert channel.messages == [dates_invited()]


def test_a_letter_kept_in_a_folder_is_read_like_any_mail(tmp_path: Path) -> None:
    OutboxChannel(tmp_path, SENDER, at_noon).send(dates_invited())

    [kept] = outbox.read(tmp_path)

    assert (kept.to, kept.subject) == (str(ADA), "Invitation: Cardiology mentors")
    assert kept.links == (LINK,)
    assert kept.text == dates_invited().text


def test_a_thread_that_would_not_fit_into_a_field_is_a_mistake() -> None:
    whole = Change(Kind.INVITED, None, DATES)
    with pytest.raises(ValueError, match="no key"):
        letter(Envelope("1", thread="a>\r\nBcc: x", link=LINK), told(), whole)


def test_letters_are_not_shown_where_they_are_logged() -> None:
    about: About = told(guest=Person(ADA, "Ada Lovelace"))

    for shown in (repr(about), repr(dates_invited()), repr(FIRST)):
        assert "Room 3" not in shown
        assert LINK not in shown
    assert "ada@" not in repr(about)

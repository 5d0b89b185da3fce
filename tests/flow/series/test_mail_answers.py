"""Answers by mail: a hint that changes what one guest said, or nothing (P30)."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from calendar_sync.provider import Answer
from notifications.addresses import Address
from notifications.itip.names import Names
from notifications.itip.reasons import Reason
from services.flow import proof
from services.flow.series import answers, asking
from services.flow.series.mail_answers import ASKED, KEPT, OVER, from_mail
from services.storage import tellings
from services.storage.rows.series import AttendeeRow, MeetingRow, TellingRow
from tests.flow.accounts_town import Flat
from tests.flow.series.answering import EXTRA, ORIGINALS, Semester, a_semester, lines
from tests.notifications.test_itip_replies import a_mail, an_object
from tests.sizes import size

NAMES = Names(b"sixteen bytes and more", Address.parse("meet@commonhour.example"))
SERVER = "mx.commonhour.example"
YES, NO, OPEN = Answer.ACCEPTED, Answer.DECLINED, Answer.WAITING


@pytest.fixture
def semester(flat: Flat) -> Semester:
    return told(a_semester(flat, mailbox=True))


def told(semester: Semester) -> Semester:
    """Ben and Dana know both objects, Gus his date; each by the first letter."""
    with semester.runtime.work() as work:
        for event in semester.events:
            for name in ("ben", "dana"):
                work.add(_telling(semester, event, name))
            tellings.name(work, proof.hashed(uid(event)), event, None)
        work.add(_telling(semester, semester.events[0], "gus"))
        original = datetime.fromtimestamp(ORIGINALS[1], UTC)
        of_gus = proof.hashed(uid(semester.events[0], ORIGINALS[1]))
        tellings.name(work, of_gus, semester.events[0], original)
    return semester


def uid(event: object, original: int | None = None) -> str:
    return NAMES.uid(getattr(event, "hex"), original)  # noqa: B009 -- of an id


def mail(  # noqa: PLR0917 -- words
    semester: Semester,
    name: str = "ben",
    answer: str = "ACCEPTED",
    date: int | None = None,
    event: int = 0,
    piece: int | None = None,
    *,
    sequence: int = 1,
    stamp: str = "20261201T080000Z",
    verdict: str = f"{SERVER}; dmarc=pass header.from=example.org",
    **changes: str,
) -> bytes:
    """What the guest's calendar writes."""
    guest = f"{name}@example.org"
    about = uid(semester.events[event], piece)
    to = str(NAMES.organizer(about, Address.parse(guest)))
    more = ""
    if date is not None:
        more = f"RECURRENCE-ID:{datetime.fromtimestamp(ORIGINALS[date], UTC):%Y%m%dT%H%M%SZ}\n"
    ics = an_object(
        **{"to": to, "uid": about, "answer": answer, "guest": guest, "more": more,
           "sequence": str(sequence), **changes}
    ).replace("20270120T080000Z", stamp)  # fmt: skip
    return a_mail(ics, sender=guest, to=to, verdicts=(verdict,) if verdict else ())


def read(semester: Semester, raw: bytes, authserv_id: str = SERVER) -> str:
    return from_mail(semester.runtime, NAMES, authserv_id, raw)


def test_an_answer_to_the_series_is_kept(either_flat: Flat) -> None:
    semester = told(a_semester(either_flat, mailbox=True))
    assert read(semester, mail(semester)) == KEPT
    assert [semester.said("ben", each) for each in (0, 3, 4)] == [YES, YES, YES]
    assert semester.said("dana") is OPEN


def test_an_answer_to_a_date_is_of_that_date(semester: Semester) -> None:
    assert read(semester, mail(semester, answer="DECLINED", date=2)) == KEPT
    assert [semester.said("ben", each) for each in (1, 2, 3)] == [OPEN, NO, OPEN]


def test_an_answer_to_the_date_beside_the_rule_is_of_that_date(semester: Semester) -> None:
    assert read(semester, mail(semester, answer="DECLINED", event=1)) == KEPT
    assert [semester.said("ben", each) for each in (0, 4)] == [OPEN, NO]


def test_a_guest_answers_to_their_date(semester: Semester) -> None:
    raw = mail(semester, "gus", piece=ORIGINALS[1])
    assert read(semester, raw) == KEPT
    assert semester.said("gus", 1) is YES


def test_of_two_mails_the_later_one_counts_in_whatever_order_they_come(semester: Semester) -> None:
    later = mail(semester, answer="DECLINED", stamp="20261201T083000Z")
    assert read(semester, later) == KEPT
    assert read(semester, mail(semester)) != KEPT
    assert semester.said("ben") is NO


def test_the_same_mail_again_is_no_news(semester: Semester) -> None:
    raw = mail(semester)
    for _ in range(5):
        read(semester, raw)
    assert semester.recorded() == 1


def test_a_mail_of_tomorrow_does_not_keep_later_answers_out(flat: Flat, semester: Semester) -> None:
    read(semester, mail(semester, stamp="20990101T000000Z"))
    answers.say(flat.runtime, semester.secret("ben"), "192.0.2.7", None, NO)
    assert semester.said("ben") is NO


@pytest.mark.parametrize("stamp", ["20990101T000000Z", "20261201T090500Z"])
def test_a_mail_that_is_ahead_of_our_clock_counts_once(
    flat: Flat, semester: Semester, stamp: str
) -> None:
    raw = mail(semester, stamp=stamp)
    assert read(semester, raw) == KEPT
    flat.clock.forward(minutes=1)
    answers.say(flat.runtime, semester.secret("ben"), "192.0.2.7", None, NO)
    flat.clock.forward(minutes=10)
    assert read(semester, raw) != KEPT
    assert semester.said("ben") is NO


def test_whose_clock_was_ahead_answers_again_once_it_is_right(
    flat: Flat, semester: Semester
) -> None:
    assert read(semester, mail(semester, stamp="20990101T000000Z")) == KEPT
    flat.clock.forward(minutes=10)
    now = f"{flat.clock():%Y%m%dT%H%M%SZ}"
    assert read(semester, mail(semester, answer="DECLINED", stamp=now)) == KEPT
    assert semester.said("ben") is NO


def test_an_answer_to_an_earlier_letter_about_a_date_is_none(semester: Semester) -> None:
    asked(semester, about=f"/{ORIGINALS[2]}", sequence=2)
    assert read(semester, mail(semester, date=2, sequence=1)) != KEPT
    assert read(semester, mail(semester, date=2, sequence=2)) == KEPT


def test_a_letter_about_one_date_leaves_answers_to_the_others_good(semester: Semester) -> None:
    asked(semester, about=f"/{ORIGINALS[2]}", sequence=2)
    assert read(semester, mail(semester, sequence=1)) == KEPT


def test_an_answer_to_the_time_of_before_a_move_comes_too_late(
    flat: Flat, semester: Semester
) -> None:
    flat.clock.forward(minutes=5)
    with flat.runtime.work() as work:
        moved = work.session.get_one(MeetingRow, semester.meetings[2])
        answers.ask_anew(work, semester.row(work), moved)
    read(semester, mail(semester, date=2))
    assert semester.said("ben", 2) is OPEN


def test_an_answer_to_a_date_that_is_over_is_none(flat: Flat, semester: Semester) -> None:
    flat.clock.now = datetime.fromtimestamp(ORIGINALS[0], UTC)
    assert read(semester, mail(semester, date=0)) == OVER
    assert read(semester, mail(semester, date=1)) == KEPT
    assert [semester.said("ben", each) for each in (0, 1)] == [OPEN, YES]

    flat.clock.now = datetime.fromtimestamp(EXTRA, UTC)
    assert read(semester, mail(semester, "dana")) == OVER
    assert semester.said("dana", 3) is OPEN


def test_who_was_uninvited_answers_no_more(semester: Semester) -> None:
    with semester.runtime.work() as work:
        row = work.session.get_one(AttendeeRow, semester.attendees["ben"])
        row.until_at = datetime.fromtimestamp(ORIGINALS[0], UTC)
    assert read(semester, mail(semester)) != KEPT


HOSTILE: dict[str, Callable[[Semester], bytes]] = {
    "nobody vouches": lambda s: mail(s, verdict=""),
    "somebody else vouches": lambda s: mail(s, verdict="mx.evil.example; dmarc=pass"),
    "our server found it forged": lambda s: mail(
        s, verdict=f"{SERVER}; dmarc=fail header.from=example.org"
    ),
    "the tag of another": lambda s: mail(
        s, to=str(NAMES.organizer(uid(s.events[0]), Address.parse("dana@example.org")))
    ),
    "for another guest": lambda s: mail(s, guest="dana@example.org"),
    "an event nobody knows": lambda s: mail(s, piece=ORIGINALS[3] + 1),
    "a date there is not": lambda s: mail(s, more="RECURRENCE-ID:20270302T150000Z\n"),
    "a request": lambda s: mail(s).replace(b"REPLY", b"REQUEST"),
    "no calendar": lambda s: b"From: ben@example.org\r\n\r\nI will come.\r\n",
    "nothing": lambda s: b"",
    "very much": lambda s: mail(s) + b"x" * 400_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_answer_changes_nothing_and_sends_nothing(
    flat: Flat, semester: Semester, kind: str
) -> None:
    said = read(semester, HOSTILE[kind](semester))
    assert said != KEPT
    assert semester.recorded() == 0
    assert flat.runtime.channel.messages == []  # type: ignore[attr-defined]


def test_where_our_mail_server_has_no_name_no_mail_counts(flat: Flat, semester: Semester) -> None:
    assert read(semester, mail(semester), "") == ASKED
    assert semester.said("ben") is OPEN
    assert semester.recorded() == 0
    assert flat.runtime.channel.messages == []  # type: ignore[attr-defined]


def test_what_nobody_vouches_for_is_asked_on_the_page_until_it_is_answered(
    flat: Flat, semester: Semester
) -> None:
    secret = semester.secret("ben")
    read(semester, mail(semester, answer="DECLINED", date=2), "")
    read(semester, mail(semester, answer="TENTATIVE"), "")

    own = answers.look(flat.runtime, secret, "192.0.2.7")
    asked = {each.meeting.id: each.hint for each in own.dates if each.hint}
    assert (own.hint, asked) == (Answer.TENTATIVE, {semester.meetings[2]: NO})

    answers.say(flat.runtime, secret, "192.0.2.7", semester.meetings[2], NO)
    own = answers.look(flat.runtime, secret, "192.0.2.7")
    assert (own.hint, [each.hint for each in own.dates if each.hint]) == (Answer.TENTATIVE, [])

    answers.say(flat.runtime, secret, "192.0.2.7", None, YES)
    assert answers.look(flat.runtime, secret, "192.0.2.7").hint is None
    assert read(semester, mail(semester), "") != ASKED  # it is of before they answered


@pytest.mark.parametrize("server", [SERVER, ""])
@pytest.mark.parametrize("answer", ["DELEGATED", "NEEDS-ACTION", "COUNTER", "X-SOON"])
def test_what_is_neither_yes_nor_no_changes_nothing(
    semester: Semester, answer: str, server: str
) -> None:
    assert read(semester, mail(semester, answer=answer), server) == Reason.NO_ANSWER.value
    assert semester.recorded() == 0


def test_machines_that_answer_change_nothing(flat: Flat, semester: Semester) -> None:
    raw = b"Auto-Submitted: auto-replied\r\n" + mail(semester)
    for _ in range(size(20, 1000)):
        assert read(semester, raw) == Reason.AUTOMATIC.value
    assert semester.recorded() == 0
    assert flat.runtime.channel.messages == []  # type: ignore[attr-defined]


def test_what_became_of_a_mail_holds_nothing_of_it(semester: Semester) -> None:
    said = {read(semester, each(semester)) for each in HOSTILE.values()} | {KEPT}
    assert not any("@" in each or "ben" in each.lower() for each in said)


def test_an_answer_leaves_one_line_of_who_gave_it(semester: Semester) -> None:
    read(semester, mail(semester))
    with semester.runtime.reading() as work:
        [line] = [each for each in lines(work) if each.action == "reply.changed"]
        ben = work.session.get_one(AttendeeRow, semester.attendees["ben"])
    assert (line.actor, line.subject) == (ben.person_id, ben.id)


def asked(semester: Semester, about: str, sequence: int) -> None:
    with semester.runtime.work() as work:
        for row in tellings.of_attendee(work, semester.attendees["ben"]):
            row.asked = {**row.asked, about: sequence}


def _telling(semester: Semester, event: object, name: str) -> TellingRow:
    return TellingRow(
        event_id=event, attendee_id=semester.attendees[name], apart=[], sequence=1, asked={"/": 1}
    )


def test_the_last_letter_about_all_of_it_asks_about_each_date() -> None:
    assert asking.asked_by({"/": 3, f"/{EXTRA}": 2}, None, ORIGINALS[0]) == 3

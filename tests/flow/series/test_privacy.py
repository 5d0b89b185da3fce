"""Of a semester only answers come back, and no word that is written beside them (P42, P44)."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from random import Random

import pytest

from calendar_sync.provider import Answer
from notifications import imap
from notifications.itip import replies as mails
from services import log
from services.app import create_app
from services.flow.series import mailbox, showing
from services.wiring import Runtime
from tests.canary.canaries import Words
from tests.canary.collect import files_below, sqlite_contents
from tests.canary.scan import find
from tests.flow.accounts_town import Flat
from tests.flow.series import test_mail_answers as answered
from tests.flow.series.answering import ORIGINALS
from tests.flow.series.answering import Semester as Told
from tests.flow.series.answering import a_semester as a_told
from tests.flow.series.rows import a_change, a_move, the_series
from tests.flow.series.test_answers_at_hosts import answer, known
from tests.flow.series.test_publishing_faults import HOUR
from tests.flow.series.towns import BO, CLEO, INES, Semester, a_semester
from tests.notifications.a_mailbox import a_mailbox

SEED = 20270111
SECRET = "only our mail server knows this one"
YES, NO = Answer.ACCEPTED, Answer.DECLINED


@pytest.fixture
def said() -> Iterator[StringIO]:
    """What is logged, in the form in which it leaves us, whoever says it."""
    said, root = StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(said), root.level
    handler.setFormatter(log._Form())  # noqa: SLF001 -- as in `set_up`, which is for good
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield said
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.parametrize("at", ["google", "outlook"])
def test_of_what_people_write_at_a_host_only_their_answers_come_back(
    at: str, tmp_path: Path, said: StringIO
) -> None:
    word = Words(SEED)
    with a_semester(tmp_path, at) as semester:
        semester.begins()
        semester.settled()
        answer(semester, BO, "accepted")
        answer(semester, CLEO, "declined", "2027-01-25")
        planted(semester, word)
        semester.later(minutes=16)
        assert (known(semester)[BO][0], known(semester)[CLEO][2]) == (YES, NO)

        a_move(semester.runtime, semester.series, 1, HOUR)  # what they wrote is there then
        semester.settled()
        planted(semester, word)
        for number, status in enumerate((400, 403, 409, 412, 500)):
            why, more = word("reason"), word("message")
            semester.town.fault(INES, times=2, status=status, reason=why, message=more)
            a_change(semester.runtime, semester.series, place=f"Room {number}")
            semester.done()
            semester.town.fault(INES, times=2, cut=300)
            semester.later(minutes=16)
            semester.town.mended()
        with semester.runtime.reading() as work:
            shown = showing.shown(work, the_series(semester.runtime, semester.series))
        seen = kept(semester.runtime, said) | {"page": repr(shown).encode()}
    assert [(each.where, each.canary) for each in find(word.made, seen)] == []
    assert find(["Early birds"], seen)  # the search sees what is there
    assert "task done" in said.getvalue()


def planted(semester: Semester, word: Words) -> None:
    """Let people write wherever they can: the organiser all of it, each guest beside an answer."""
    world = semester.town.running.world
    for event in world.events(INES):
        guests = [
            {**each, "comment": word("comment"), "displayName": word("name")}
            for each in event.get("attendees", ())
        ]
        extra = {"email": f"{word('guest').lower()}@example.org", "responseStatus": "accepted"}
        written = {
            "summary": word("summary"),
            "description": f"<b>{word('description')}</b>",
            "location": word("location"),
            "hangoutLink": f"https://example.org/{word('link')}",
            "attendees": [*guests, {**extra, "comment": word("comment")}],
        }
        world.put(INES, {**event, **written}, by="Ines")


def test_of_mails_that_answer_only_the_answer_comes_in(
    flat: Flat, said: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    word, runtime = Words(SEED), flat.runtime
    runtime.settings = replace(
        runtime.settings, mail_hook_secret=SECRET, authserv_id=answered.SERVER,
        mail_from="meet@commonhour.example",
    )  # fmt: skip
    monkeypatch.setattr(answered, "NAMES", runtime.names)
    semester = answered.told(a_told(flat, mailbox=True))
    letters = written(semester, word)

    with a_mailbox() as box:
        for each in letters:
            box.deliver(each)
        read_by_imap(runtime, box.url)
        assert [semester.said("ben", each) for each in (0, 2)] == [YES, NO]
        for each in letters:
            box.deliver(each)
        client = create_app(runtime).test_client()
        statuses = [posted(client, each) for each in letters]
        assert set(statuses) == {202}
        with monkeypatch.context() as patch:  # a mistake of ours that quotes all of it
            patch.setattr(mails, "read", quoting)
            read_by_imap(runtime, box.url)
            assert {posted(client, each) for each in letters} == {500}

    seen = kept(runtime, said)
    assert [(each.where, each.canary) for each in find(word.made, seen)] == []
    assert find(["Early birds"], seen)
    assert "mail read" in said.getvalue()
    assert "a mail cannot be read" in said.getvalue()


def written(semester: Told, word: Words) -> list[bytes]:
    """Answers of each kind, good and bad, that are full of words."""
    cut = Random(SEED).randrange(600, 900)
    plain = [
        letter(semester, word),
        letter(semester, word, date=2, answer="DECLINED"),
        letter(semester, word, name="dana", verdict=""),
        letter(semester, word, name="dana", answer="DELEGATED"),
        letter(semester, word, name="dana", sequence=0),
        letter(semester, word, name="dana", stamp=word("stamp")),
        letter(semester, word, uid=word("uid")),
        letter(semester, word, guest=f"{word('stranger').lower()}@example.org"),
    ]
    return [*plain, letter(semester, word)[:cut], f"Subject: {word('subject')}\r\n\r\n".encode()]


def letter(semester: Told, word: Words, **of: str | int) -> bytes:
    """One answer, with words in its header, its text and its calendar."""
    date, guest = of.get("date"), f"{of.get('name', 'ben')}@example.org"
    lines = [
        f"COMMENT:{word('comment')}", f"DESCRIPTION:{word('description')}",
        f"LOCATION;X-{word('xparam')}=1:{word('location')}", f"X-{word('xname')}:{word('xvalue')}",
        f"CONTACT:{word('contact')}", f"REQUEST-STATUS:2.0;{word('status')}",
    ]  # fmt: skip
    if isinstance(date, int):
        original = ORIGINALS[date]
        at = datetime.fromtimestamp(original, UTC)
        lines.append(f"RECURRENCE-ID:{at:%Y%m%dT%H%M%SZ}")
    raw = answered.mail(semester, more="".join(f"{each}\n" for each in lines), **of)  # type: ignore[arg-type]
    for before, after in {
        b"Subject: Zugesagt: Cardiology": f"Subject: {word('subject')}",
        f"From: {guest}".encode(): f"X-Note: {word('header')}\r\nFrom: {word('sender')} <{guest}>",
        b"Ada has accepted.": f"{word('text')} <b>{word('html')}</b>",
    }.items():
        assert before in raw
        raw = raw.replace(before, after.encode(), 1)
    return raw


def read_by_imap(runtime: Runtime, url: str) -> None:
    with imap.opened(imap.parse(url), None) as letters:
        mailbox.read(runtime, runtime.names, answered.SERVER, letters)


def posted(client: object, raw: bytes) -> int:
    post = getattr(client, "post")  # noqa: B009 -- of Flask's client
    status = post("/hooks/mail", data=raw, headers={"Authorization": f"Bearer {SECRET}"})
    return int(status.status_code)


def quoting(raw: bytes, *_: object) -> object:
    raise ValueError(raw.decode("latin-1"))


def kept(runtime: Runtime, said: StringIO) -> dict[str, bytes]:
    """Everything that is remembered: files but those of the sandbox, rows, mails, and the log."""
    home = runtime.settings.home
    files = files_below(home)
    found = {name: data for name, data in files.items() if not name.startswith("sandbox")}
    letters = runtime.channel.messages  # type: ignore[attr-defined]
    return {
        **found,
        **sqlite_contents(home / "commonhour.db"),
        "mails": repr(letters).encode(),
        "log": said.getvalue().encode(),
    }

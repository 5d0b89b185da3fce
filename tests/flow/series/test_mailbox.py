"""The mailbox of the service: each mail does what it says, once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.exc import OperationalError

from calendar_sync.provider import Answer
from notifications import imap
from services.cli.replies import replies
from services.flow.series import mail_answers, mailbox
from tests.flow.accounts_town import Flat
from tests.flow.series.answering import Semester, a_semester
from tests.flow.series.test_mail_answers import NAMES, SERVER, mail, told
from tests.notifications.a_mailbox import AMailbox, a_mailbox

YES, OPEN = Answer.ACCEPTED, Answer.WAITING


@pytest.fixture
def box() -> Iterator[AMailbox]:
    with a_mailbox() as box:
        yield box


@pytest.fixture
def semester(flat: Flat) -> Semester:
    return told(a_semester(flat, mailbox=True))


def read(semester: Semester, box: AMailbox) -> int:
    with imap.opened(imap.parse(box.url), None) as letters:
        return mailbox.read(semester.runtime, NAMES, SERVER, letters)


def test_answers_in_the_mailbox_are_kept_and_marked(semester: Semester, box: AMailbox) -> None:
    box.deliver(mail(semester))
    box.deliver(b"From: somebody@example.org\r\n\r\nHello\r\n")
    assert read(semester, box) == 2
    assert semester.said("ben") is YES
    assert box.unread() == []
    assert read(semester, box) == 0


def test_a_mail_is_not_marked_while_its_answer_cannot_be_kept(
    semester: Semester, box: AMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.deliver(mail(semester))

    def away(*_: object) -> str:
        raise OperationalError("", {}, Exception("away"))

    with monkeypatch.context() as patch:
        patch.setattr(mailbox, "from_mail", away)
        with pytest.raises(OperationalError):
            read(semester, box)
    assert box.unread() == [1]
    read(semester, box)
    assert semester.said("ben") is YES


def test_a_mail_that_breaks_us_keeps_no_other_from_being_read(
    semester: Semester, box: AMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.deliver(b"poison")
    box.deliver(mail(semester))

    def breaks(memory: object, names: object, server: str, raw: bytes) -> str:
        if raw == b"poison":
            raise RuntimeError("poison")
        return mail_answers.from_mail(memory, names, server, raw)  # type: ignore[arg-type]

    monkeypatch.setattr(mailbox, "from_mail", breaks)
    read(semester, box)
    assert "\\Flagged" in box.mails[1].flags
    assert semester.said("ben") is YES


def test_what_is_too_large_is_set_aside(semester: Semester, box: AMailbox) -> None:
    box.deliver(mail(semester) + b"x" * 400_000)
    read(semester, box)
    assert "\\Flagged" in box.mails[1].flags
    assert semester.said("ben") is OPEN


def test_the_clock_has_the_mailbox_read_each_minute(
    flat: Flat, semester: Semester, box: AMailbox
) -> None:
    runtime = flat.runtime
    assert "notices.read_mails" not in flat.later(minutes=2)
    runtime.settings = replace(runtime.settings, imap_url=box.url)
    box.deliver(b"From: somebody@example.org\r\n\r\nHello\r\n")
    assert "notices.read_mails" in flat.later(minutes=1)
    assert box.unread() == []
    assert "notices.read_mails" not in flat.later(seconds=20)
    box.refuses.add("LOGIN")
    flat.later(minutes=1)
    box.refuses.clear()
    box.deliver(b"From: somebody@example.org\r\n\r\nHello\r\n")
    assert "notices.read_mails" in flat.later(minutes=1)
    assert box.unread() == []


def test_a_mail_in_a_file_is_read_by_command(
    flat: Flat, semester: Semester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMONHOUR_HOME", str(flat.runtime.settings.home))
    path = tmp_path / "answer.eml"
    path.write_bytes(b"From: ben@example.org\r\n\r\nI come.\r\n")
    result = CliRunner().invoke(replies, ["read", str(path)])
    assert (result.exit_code, result.output) == (0, "It holds no calendar object.\n")

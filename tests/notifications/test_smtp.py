"""Mail servers that refuse, hang up, or are not who they say: nothing is lost (P10)."""

import logging
import smtplib
import ssl
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from socket import gaierror

import pytest

from notifications import smtp
from notifications.errors import BadChannel, Doubtful, TryLater, Undeliverable
from notifications.message import Receipt
from notifications.refusals import MEANINGS, explained
from notifications.smtp import SmtpChannel
from tests.notifications.builders import SENDER, a_message, at_noon
from tests.notifications.mail_servers import (
    PASSWORD,
    USER,
    Script,
    a_certificate,
    a_mail_server,
    a_script,
)

LOGIN = "common%2Fhour:p%40ss%3Aw0rd%3F"


@pytest.fixture(scope="module")
def running() -> Iterator[Script]:
    with a_script() as script:
        yield script


@pytest.fixture
def script(running: Script) -> Script:
    running.play()
    return running


def channel(port: int, login: str = "", query: str = "") -> SmtpChannel:
    return SmtpChannel(f"smtp://{login}127.0.0.1:{port}{query}", SENDER, None, at_noon)


@pytest.mark.parametrize(
    "answers",
    [
        {"HELLO": "421 come back later"},
        {"HELLO": "554 no"},
        {"HELLO": "what?"},
        {"HELLO": None},
        {"HELLO": "220-" + "x" * 10_000},
        {"EHLO": "421 come back later"},
        {"EHLO": None},
        {"EHLO": "502 what?", "HELO": "554 no"},
        {"MAIL": "421 come back later"},
        {"MAIL": "451 come back later"},
        {"MAIL": "550 not from you"},
        {"MAIL": "530 log in first"},
        {"MAIL": None},
        {"RCPT": "421 come back later"},
        {"RCPT": "450 greylisted"},
        {"RCPT": "451 come back later"},
        {"RCPT": "452 mailbox full"},
        {"RCPT": "what?"},
        {"RCPT": None},
        {"DATA": "421 come back later"},
        {"DATA": "451 come back later"},
        {"DATA": None},
    ],
    ids=str,
)
def test_what_may_change_is_tried_later_and_nothing_was_sent(
    script: Script, answers: dict[str, str | None]
) -> None:
    script.play(**answers)

    with pytest.raises(TryLater) as later:
        channel(script.port).send(a_message())

    assert later.value.seconds > 0
    assert script.taken == []
    if "HELLO" in answers or "EHLO" in answers:
        assert not isinstance(later.value, Doubtful)


@pytest.mark.parametrize(
    "answers",
    [
        {"RCPT": "550 5.1.1 no such user"},
        {"RCPT": "553 not an address here"},
        {"DATA": "554 no"},
        {"END": "550 this looks like spam"},
        {"END": "552 too large"},
    ],
    ids=str,
)
def test_what_a_server_refuses_for_good_is_undeliverable(
    script: Script, answers: dict[str, str | None]
) -> None:
    script.play(**answers)
    [said] = [answer for answer in answers.values() if answer]

    with pytest.raises(Undeliverable) as refusal:
        channel(script.port).send(a_message())

    assert f"({said})" in refusal.value.what


@pytest.mark.parametrize("end", [None, "421 going down", "451 the disk is full", "what?"])
def test_a_mail_that_was_not_confirmed_is_tried_again_under_the_same_name(
    script: Script, end: str | None
) -> None:
    script.play(END=end)
    with pytest.raises(TryLater) as later:
        channel(script.port).send(a_message())
    refused = end is not None and end[0] == "4"
    assert isinstance(later.value, Doubtful) is not refused
    script.answers["END"] = "250 taken"

    receipt = channel(script.port).send(a_message())

    names = [message_from_bytes(mail)["Message-ID"] for mail in script.taken]
    assert names == [receipt.message_id] * 2


@pytest.mark.parametrize("goodbye", [None, "421 going down", "554 no", "what?"])
def test_a_confirmed_mail_stays_sent_however_the_goodbye_goes(
    script: Script, goodbye: str | None
) -> None:
    script.play(QUIT=goodbye)

    assert channel(script.port).send(a_message()) == Receipt("<0f3a@commonhour.example>")
    assert len(script.taken) == 1


def test_an_old_server_that_knows_no_extensions_takes_mail(script: Script) -> None:
    script.play(EHLO="502 what?", HELO="250 here")

    channel(script.port).send(a_message())

    assert len(script.taken) == 1


def test_an_address_beyond_ascii_needs_a_server_that_takes_it(script: Script) -> None:
    with pytest.raises(Undeliverable, match="takes only addresses of ASCII letters"):
        channel(script.port).send(a_message(to_address="jürgen@example.org"))

    assert [line.split()[0] for line in script.commands] == ["ehlo", "quit"]


def test_a_server_that_never_answers_is_tried_later(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "_PATIENCE", 0.05)
    script.play(RCPT="250-more follows")  # and does not

    with pytest.raises(TryLater):
        channel(script.port).send(a_message())


def test_nobody_listens(script: Script) -> None:
    with a_script() as gone:
        port = gone.port

    with pytest.raises(TryLater, match=rf"127\.0\.0\.1:{port} cannot be reached: see that it runs"):
        channel(port).send(a_message())


@pytest.mark.parametrize(
    "replies",
    [
        {"AUTH": "535 no, p@ss:w0rd? is wrong"},
        {"AUTH": "454 not now"},
        {"AUTH": None},
        {"AUTH": "334 !"},
        {"EHLO": "250 AUTH GSSAPI"},
        {"EHLO": "250 here"},
    ],
    ids=str,
)
def test_a_login_that_fails_loses_no_mail_and_tells_no_password(
    script: Script, replies: dict[str, str | None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    script.play(**{"EHLO": "250-here\r\n250 AUTH PLAIN LOGIN", **replies})
    mail = channel(script.port, f"{LOGIN}@")

    with pytest.raises(TryLater) as later:
        mail.send(a_message())

    assert script.taken == []
    for said in (str(later.value), repr(later.value), repr(mail), caplog.text):
        assert PASSWORD not in said
        assert USER not in said


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    return a_certificate(tmp_path_factory.mktemp("ca"), "localhost")


Certified = tuple[ssl.SSLContext, Path]


def test_starttls_encrypts_before_anybody_logs_in(certified: Certified) -> None:
    context, ca_file = certified
    with a_mail_server(tls_context=context, require_starttls=True, auth_required=True) as server:
        url = f"smtp://{LOGIN}@localhost:{server.port}?starttls=1"

        SmtpChannel(url, SENDER, ca_file, at_noon).send(a_message())

    assert server.secure == [True]
    assert server.logins == [(USER, PASSWORD)]


def test_smtps_is_encrypted_from_the_start(certified: Certified) -> None:
    context, ca_file = certified
    with a_mail_server(context) as server:
        SmtpChannel(f"smtps://localhost:{server.port}", SENDER, ca_file, at_noon).send(a_message())

    assert server.secure == [True]


@pytest.mark.parametrize("starttls", [True, False])
def test_a_server_with_another_name_gets_neither_password_nor_mail(
    certified: Certified, *, starttls: bool
) -> None:
    context, ca_file = certified
    with a_mail_server(
        None if starttls else context, tls_context=context if starttls else None
    ) as server:
        place = f"{LOGIN}@127.0.0.1:{server.port}"
        url = f"smtp://{place}?starttls=1" if starttls else f"smtps://{place}"

        with pytest.raises(TryLater, match="cannot prove that it is who it says"):
            SmtpChannel(url, SENDER, ca_file, at_noon).send(a_message())

    assert (server.taken, server.logins) == ([], [])


def test_a_certificate_of_an_unknown_authority_is_refused(certified: Certified) -> None:
    context, _ = certified
    with (
        a_mail_server(tls_context=context) as server,
        pytest.raises(TryLater, match="its certificate is not trusted"),
    ):
        url = f"smtp://localhost:{server.port}?starttls=1"
        SmtpChannel(url, SENDER, None, at_noon).send(a_message())


@pytest.mark.parametrize(
    ("replies", "sentence"),
    [
        ({"EHLO": "250 here"}, "does not offer the encryption"),
        ({"EHLO": "250-here\r\n250 STARTTLS", "STARTTLS": "454 not now"}, "not ready for us"),
        ({"EHLO": "250-here\r\n250 STARTTLS", "STARTTLS": "220 go on"}, "No encrypted|lost"),
    ],
)
def test_without_the_encryption_that_was_asked_for_nothing_is_said(
    script: Script, replies: dict[str, str | None], sentence: str
) -> None:
    script.play(**replies)

    with pytest.raises(TryLater, match=sentence):
        channel(script.port, f"{LOGIN}@", "?starttls=1").send(a_message())

    assert not any(line.lower().startswith(("auth", "mail")) for line in script.commands)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_certificates_that_cannot_be_read_are_reported_at_once(
    tmp_path: Path, content: str | None
) -> None:
    ca_file = tmp_path / "ca.pem"
    if content is not None:
        ca_file.write_text(content)

    with pytest.raises(BadChannel, match="cannot be read: give a file of PEM certificates"):
        SmtpChannel("smtps://mail.example.org", SENDER, ca_file, at_noon)


def everything_smtplib_raises(kind: type[Exception] = smtplib.SMTPException) -> Iterator[type]:
    yield kind
    for special in kind.__subclasses__():
        yield from everything_smtplib_raises(special)


def test_every_error_of_smtplib_has_a_meaning_of_its_own() -> None:
    assert set(everything_smtplib_raises()) <= set(MEANINGS)


ERRORS = [
    smtplib.SMTPException("?"),
    smtplib.SMTPNotSupportedError("?"),
    smtplib.SMTPServerDisconnected("?"),
    smtplib.SMTPResponseException(500, "?"),
    smtplib.SMTPConnectError(554, b"?"),
    smtplib.SMTPHeloError(501, b"?"),
    smtplib.SMTPAuthenticationError(535, b"?"),
    smtplib.SMTPSenderRefused(550, b"?", "a@example.org"),
    smtplib.SMTPRecipientsRefused({"b@example.org": (550, b"?")}),
    smtplib.SMTPDataError(554, b"?"),
    ssl.SSLCertVerificationError("?"),
    ssl.SSLError("?"),
    TimeoutError("?"),
    gaierror("?"),
    ConnectionRefusedError("?"),
    OSError("?"),
    UnicodeDecodeError("ascii", b"?", 0, 1, "?"),
    ValueError("?"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_error_becomes_one_sentence_with_what_to_do(error: Exception) -> None:
    said = explained(error, "mail.example.org:587")

    assert isinstance(said, Undeliverable | TryLater)
    assert "mail server mail.example.org:587" in said.what
    assert said.what[0].isupper()
    assert said.remedy[0].islower()
    assert not said.what.endswith(".")
    assert not said.remedy.endswith(".")


def test_a_servers_own_words_stay_on_one_line_and_short() -> None:
    words = b"no\r\nsuch \x1b[31muser " + b"x" * 5000
    error = smtplib.SMTPRecipientsRefused({"b@example.org": (550, words)})

    said = explained(error, "mail.example.org:587").what

    assert "(550 no such [31muser xx" in said
    assert said.isprintable()
    assert len(said) < 400

"""Mail servers of our own: a real one, and one that says what its script says."""

import socket
import ssl
from asyncio import Server
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER, PASSWORD = "common/hour", "p@ss:w0rd?"


@dataclass
class Taken:
    """One mail as a server took it."""

    sender: str
    recipients: list[str]
    data: bytes

    def header(self) -> list[str]:
        """The names of its fields, unfolded."""
        lines = self.data.partition(b"\r\n\r\n")[0].split(b"\r\n")
        return [line.split(b":")[0].decode() for line in lines if line[:1] not in (b" ", b"\t")]


@dataclass
class MailServer:
    """A running server, what it took, and who logged in."""

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    secure: list[bool] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(Taken(envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
        self.secure.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 OK"

    def authenticate(
        self, server: Any, session: Any, envelope: Any, mechanism: str, login: LoginPassword
    ) -> AuthResult:
        self.logins.append((login.login.decode(), login.password.decode()))
        return AuthResult(success=self.logins[-1] == (USER, PASSWORD), handled=False)


class _Controller(Controller):
    """Takes the port that the system gives, so that nobody else can take it in between."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def a_mail_server(
    context: ssl.SSLContext | None = None, mails: MailServer | None = None, **settings: Any
) -> Iterator[MailServer]:
    """Run aiosmtpd; with a context it is encrypted from the start. `mails`: who takes them."""
    mails = mails or MailServer()
    controller = _Controller(
        mails,
        hostname="127.0.0.1",
        port=0,
        ssl_context=context,
        authenticator=mails.authenticate,
        server_hostname="mail.example.org",  # or it looks for its own name
        **settings,
    )
    controller.start()
    mails.port = controller.port
    try:
        yield mails
    finally:
        controller.stop()


def a_certificate(folder: Path, *names: str) -> tuple[ssl.SSLContext, Path]:
    """Certify these names; return what a server shows, and the file that makes it trusted."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    return context, ca_file


USUAL: Mapping[str, str | None] = {
    "HELLO": "220 here",
    "EHLO": "250 here",
    "MAIL": "250 yes",
    "RCPT": "250 yes",
    "DATA": "354 go on",
    "END": "250 taken",
    "RSET": "250 yes",
    "QUIT": "221 bye",
}


@dataclass
class Script:
    """A server whose every answer is chosen; None hangs up instead of answering.

    `taken` is what it has read to the end, whatever it answered then.
    """

    port: int = 0
    answers: dict[str, str | None] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)

    def play(self, **answers: str | None) -> None:
        """Forget what was, and answer as usual but for these."""
        self.answers = {**USUAL, **answers}
        self.commands, self.taken = [], []

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return  # closed: the test is over
            with connection, connection.makefile("rwb") as file:
                try:
                    self._converse(file)
                except OSError:
                    pass  # the client has had enough

    def _converse(self, file: Any) -> None:
        verb = "HELLO"
        while (answer := self.answers.get(verb, "502 what?")) is not None:
            file.write(answer.encode() + b"\r\n")
            file.flush()
            if verb == "DATA" and answer.startswith("354"):
                self.taken.append(_until_the_dot(file))
                verb = "END"
                continue
            line = file.readline().decode(errors="replace")  # or the start of an encrypted talk
            if not line or verb == "QUIT":
                return
            self.commands.append(line.rstrip("\r\n"))
            verb = line.strip().partition(" ")[0].upper()


def _until_the_dot(file: Any) -> bytes:
    lines = []
    while (line := file.readline()) not in (b".\r\n", b""):
        lines.append(line)
    return b"".join(lines)


@contextmanager
def a_script() -> Iterator[Script]:
    script = Script()
    script.play()
    listener = socket.create_server(("127.0.0.1", 0))
    script.port = listener.getsockname()[1]
    thread = Thread(target=script.serve, args=(listener,))
    thread.start()
    try:
        yield script
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()

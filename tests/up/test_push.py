"""The doctor knocks where hosts of calendars would, and says what came of it."""

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest
import trustme
from werkzeug.serving import make_server

from calendar_sync.ics.connect import Resolve
from calendar_sync.trust import trust
from services.app import create_app
from services.config import BadSettings, Settings
from services.doctor import knock, push
from services.doctor.finding import Finding
from tests.runtimes import a_runtime
from tests.serving import answering
from tests.up.running import free_port
from tests.up.test_doctor import found

App = Callable[..., Iterable[bytes]]


def saying(status: str, body: bytes = b"", *headers: tuple[str, str]) -> App:
    """Whoever answers each question so."""

    def app(_env: dict[str, Any], start: Any) -> Iterable[bytes]:
        start(status, list(headers))
        return [body]

    return app


def without_query(app: App) -> App:
    """The same behind a proxy that keeps queries to itself."""
    return lambda env, start: app({**env, "QUERY_STRING": ""}, start)


@contextmanager
def https(app: App, authority: trustme.CA) -> Iterator[str]:
    """Somebody at an https address of this machine."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=context)
    with answering(server):
        yield f"https://localhost:{server.port}"


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(file)
    return file


def looked(at: str, ca_file: Path | None = None, resolve: Resolve | None = None) -> Finding:
    """What the doctor finds of an address."""
    env = {"COMMONHOUR_PUSH_URL": at}
    if ca_file is not None:
        env["COMMONHOUR_CA_FILE"] = str(ca_file)
    settings = Settings.from_env(env)
    return push.push(settings, None, *([] if resolve is None else [resolve]))


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine counts as one that everybody reaches."""
    monkeypatch.setattr(push, "is_public", lambda _: True)


@pytest.fixture
def ours(authority: trustme.CA, tmp_path: Path) -> Iterator[str]:
    """Our own application."""
    runtime = a_runtime(tmp_path / "home")
    with https(create_app(runtime), authority) as at:
        yield at
    runtime.engine.dispose()


@pytest.mark.usefixtures("outside")
def test_an_address_that_is_ours_is_well(
    ours: str, ca_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted = trust(ca_file, BadSettings)
    monkeypatch.setattr(knock, "trust", lambda *_: trusted)  # as everybody trusts it

    finding = looked(ours)

    assert finding.state == "ok"
    assert f"{ours}/hooks/, which answers" in finding.what


@pytest.mark.usefixtures("outside")
def test_a_certificate_that_only_we_trust_is_weak_and_one_that_nobody_does_fails(
    ours: str, ca_file: Path
) -> None:
    here, nobody = looked(ours, ca_file), looked(ours)

    assert here.state == "weak"
    assert "COMMONHOUR_CA_FILE" in here.what
    assert nobody.state == "failing"
    assert "certificate that is not trusted" in nobody.what


def test_an_address_within_the_own_network_is_weak_though_it_is_ours(
    ours: str, ca_file: Path
) -> None:
    finding = looked(ours, ca_file)

    assert finding.state == "weak"
    assert "leads to 127.0.0.1 from here" in finding.what


@pytest.mark.usefixtures("outside")
@pytest.mark.parametrize(
    ("app", "words"),
    [
        (saying("200 OK", b"<p>Sign in</p>"), "does not repeat the word"),
        (saying("200 OK", b"x" * 100_000), "does not repeat"),
        (saying("404 Not Found"), "answers HTTP 404"),
        (saying("502 Bad Gateway", b"nobody is there"), "answers HTTP 502"),
        (saying("301 Moved", b"", ("Location", "https://elsewhere.example/")), "elsewhere"),
        (None, "HTTP 4"),  # our application, where the query does not come through
    ],
)
def test_whoever_answers_otherwise_fails(
    app: App | None, words: str, authority: trustme.CA, ca_file: Path, tmp_path: Path
) -> None:
    with https(app or without_query(create_app(a_runtime(tmp_path / "home"))), authority) as at:
        finding = looked(at, ca_file)

    assert finding.state == "failing"
    assert f"{at}/hooks/graph" in finding.what
    assert words in finding.what
    assert "/hooks/" in finding.remedy


@pytest.mark.usefixtures("outside")
def test_a_slow_answer_is_not_waited_for(
    authority: trustme.CA, ca_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knock, "_SECONDS", 2.0)

    def drips(_env: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("200 OK", [])
        for _ in range(100):
            time.sleep(0.1)
            yield b"."

    began = time.monotonic()
    with https(drips, authority) as at:
        finding = looked(at, ca_file)
        took = time.monotonic() - began

    assert finding.state == "failing"
    assert "takes longer than" in finding.what
    assert took < 9  # and not until it ends


def unknown(_host: str, _port: int) -> list[Any]:
    return []


def test_where_nobody_is_met_hosts_may_be_luckier(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "is_public", lambda _: True)
    nowhere = looked("https://common.example.org", None, unknown)
    closed = looked(f"https://127.0.0.1:{free_port()}")

    assert {nowhere.state, closed.state} == {"weak"}
    assert "cannot be reached from here: its name leads nowhere; hosts may" in nowhere.what
    assert "cannot be reached from here: nobody takes the connection; hosts may" in closed.what


def test_what_speaks_no_https_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "is_public", lambda _: True)
    with _plain() as at:
        finding = looked(at)

    assert finding.state == "failing"
    assert "does not speak https" in finding.what


@contextmanager
def _plain() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            taken, _ = listener.accept()
            with taken:
                taken.recv(1000)
                taken.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = Thread(target=serve)
        thread.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


def test_the_word_that_is_sent_is_another_one_each_time(
    authority: trustme.CA, ca_file: Path
) -> None:
    words: list[str] = []

    def echoes(env: dict[str, Any], start: Any) -> Iterable[bytes]:
        words.extend(parse_qs(env["QUERY_STRING"])["validationToken"])
        start("200 OK", [])
        return [words[-1].encode()]

    with https(echoes, authority) as at:
        states = {looked(at, ca_file).state for _ in range(2)}

    assert states == {"weak"}  # it lies on this machine
    assert len(set(words)) == 2


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("  https://us.example.org ", "https://us.example.org"),
        ("https://us.example.org:8443/", "https://us.example.org:8443"),
        ("https://us.example.org/common", "https://us.example.org/common"),
        ("   ", None),
    ],
)
def test_what_stands_around_an_address_does_no_harm(said: str, meant: str | None) -> None:
    settings = Settings.from_env({"COMMONHOUR_PUSH_URL": said})

    assert settings.push_url == meant
    assert settings.outlook.told is (meant is not None)


@pytest.mark.parametrize("end", ["/hooks", "/hooks/", "/hooks/graph", "/common/hooks/google"])
def test_an_address_that_ends_in_hooks_is_told(end: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="COMMONHOUR_PUSH_URL: leave out /hooks at its end"):
        Settings.from_env({"COMMONHOUR_PUSH_URL": f"https://us.example.org{end}"})

    assert found(tmp_path, PUSH_URL=f"https://us.example.org{end}")["setting"].state == "failing"

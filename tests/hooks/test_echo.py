"""P25: the word of the handshake comes back as it was meant, and never as a page."""

from collections.abc import Iterator
from urllib.parse import quote, quote_plus

import pytest
from flask.testing import FlaskClient

from services.app import create_app
from services.config import Settings
from services.wiring import Runtime

TOKEN = "Validation: Testing client application reachability for subscription Request-Id: 0f1e-2d"
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "a>b",
    "<",
    "one line\r\nSet-Cookie: a=b",
    "one line\nand another",
    "\0",
    "\x1b[31mred",
    "\x7f",
    "\x85",
    "\u2028",
    "\u202eright to left",
    "\ufeff",
    "+/v8 \x0b",
    "",
    "x" * 2001,
    "ß" * 1001,
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Of a service without a database: who opens a subscription may hold all there is of one."""
    nowhere = tmp_path_factory.mktemp("home")
    url = "postgresql+psycopg://nobody@127.0.0.1:9/nothing"
    runtime = Runtime.of(Settings(home=nowhere, database_url=url))
    yield create_app(runtime).test_client()
    runtime.engine.dispose()


def echo(client: FlaskClient, query: str) -> tuple[int, str]:
    answer = client.post(f"/hooks/graph?{query}", content_type="text/plain; charset=utf-8")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Set-Cookie" not in answer.headers
    return answer.status_code, answer.text


@pytest.mark.parametrize("written", [quote(TOKEN), quote_plus(TOKEN)])
def test_the_word_is_repeated_exactly_and_nothing_else(client: FlaskClient, written: str) -> None:
    assert echo(client, f"validationToken={written}") == (200, TOKEN)


@pytest.mark.parametrize("word", ["a&b=c;d", 'Zoë\'s "100 %"', "x" * 2000, "+ADw-script+AD4-"])
def test_odd_words_are_plain_text_too(client: FlaskClient, word: str) -> None:
    assert echo(client, f"validationToken={quote_plus(word)}") == (200, word)


@pytest.mark.parametrize("word", HOSTILE, ids=ascii)
def test_what_might_be_a_page_is_refused_and_not_repeated(client: FlaskClient, word: str) -> None:
    status, said = echo(client, f"validationToken={quote_plus(word)}")

    assert status == 400
    assert not word or word not in said


def test_two_words_are_none(client: FlaskClient) -> None:
    assert echo(client, "validationToken=a&validationToken=b")[0] == 400


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/hooks/graph", "/hooks/google"])
def test_only_what_is_sent_is_answered(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(f"{path}?validationToken=secret-word", method=method)

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert "secret-word" not in answer.text

"""Logs: one form for everyone who speaks, one line an event, and nothing private."""

import io
import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rq.logutils import setup_loghandlers

from scheduler.errors import Explained
from services import log

CANARY = "dr.lovelace@example.org"
Act = Callable[[], object]
_FIELD = re.compile(r'([\w.-]+)=("(?:[^"\\]|\\.)*"|[^ "=]*)(?: |$)')
_BEGIN = ["at", "level", "where", "event"]


@contextmanager
def state_kept() -> Iterator[None]:
    """Leave the machinery of logging as it was, which belongs to whoever runs the tests."""
    root, raising = logging.getLogger(), logging.raiseExceptions
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()  # so that nobody closes them
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.raiseExceptions = raising


def written(act: Act, level: str = "debug") -> str:
    """Return what stands on standard error after this."""
    with state_kept(), redirect_stderr(io.StringIO()) as stream:
        log.set_up(level)
        act()
    return stream.getvalue()


def fields(line: str) -> dict[str, str]:
    """Read a line of logfmt."""
    found, end = {}, 0
    while end < len(line):
        field = _FIELD.match(line, end)
        assert field, f"not logfmt: {line[end:]!r}"
        key, value = field.groups()
        found[key] = re.sub(r"\\(.)", r"\1", value[1:-1]) if value[:1] == '"' else value
        end = field.end()
    return found


def told(act: Act, level: str = "debug") -> dict[str, str]:
    """Return the fields of the one line that this writes."""
    text = written(act, level)
    assert text.endswith("\n")
    assert len(text.splitlines()) == 1, text
    return fields(text[:-1])


def said(words: str, *values: object, by: str = "services.relay") -> str:
    """Return how these words come out, spoken by that logger."""
    return told(lambda: logging.getLogger(by).warning(words, *values))["event"]


def caught(error: BaseException) -> BaseException:
    """Return it as somebody catches it, with a place."""
    try:
        raise error
    except type(error) as raised:
        return raised


def test_a_line_says_when_how_grave_where_and_what_then_its_own_keys_in_their_order() -> None:
    relay = log.logger("services.relay")

    line = written(lambda: relay.info("handed on", job="calendars.read", facts=12, again=False))

    at, _, rest = line.partition(" ")
    assert re.fullmatch(r"at=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", at)
    assert rest == (
        'level=info where=services.relay event="handed on"'
        " again=false facts=12 job=calendars.read\n"
    )


def test_both_ways_to_log_look_alike() -> None:
    def one() -> None:
        logging.getLogger("services.relay").info("%s facts", 12)

    def other() -> None:
        log.logger("services.relay").info("12 facts")

    ours, theirs = told(one), told(other)
    assert list(ours) == list(theirs) == _BEGIN
    assert {**ours, "at": ""} == {**theirs, "at": ""}


@settings(deadline=None)
@given(words=st.text(), value=st.text(), key=st.text(min_size=1))
@example(words="two\nlines\r\u2028\x85", value='"\\ =\x1b[31m\ud800', key="a key=\n")
def test_an_event_is_one_line_whatever_is_in_it(words: str, value: str, key: str) -> None:
    found = told(lambda: log.logger("services.relay").info("x", words=words, **{f"k{key}": value}))

    assert list(found)[:4] == _BEGIN
    assert len(found) == 6 or key == "words"
    for by in ("services.relay", "some.library"):
        assert list(told(lambda by=by: logging.getLogger(by).info("%s", words))) == _BEGIN  # type: ignore[misc]


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="@:'\"")))
def test_what_is_not_private_comes_out_as_it_went_in(word: str) -> None:
    assert said("%s", f"{word} {word}\\") == f"{word} {word}\\"


def test_nothing_and_truth_have_a_form() -> None:
    found = told(lambda: log.logger("services.x").info("x", a=None, b=True, c=False, d=0.5))

    assert [found[each] for each in "abcd"] == ["", "true", "false", "0.5"]


def test_an_exception_is_told_by_its_kind_and_places_alone() -> None:
    def old_way() -> None:
        try:
            int(CANARY)
        except ValueError:
            logging.getLogger("services.x").exception("it broke")

    def new_way() -> None:
        try:
            int(CANARY)
        except ValueError:
            log.logger("services.x").exception("it broke")

    for way in (old_way, new_way):
        found = told(way)
        assert found["event"] == "it broke"
        assert re.fullmatch(r"ValueError at tests/services/test_log\.py:\d+", found["exception"])


@pytest.mark.parametrize("by", ["services.x", "some.library"])
def test_an_exception_among_the_values_has_no_words(by: str) -> None:
    error = caught(LookupError("Ada's divorce lawyer"))

    for act in (
        lambda: logging.getLogger(by).error("no: %s", error),
        lambda: logging.getLogger(by).error("%(why)s", {"why": error}),
        lambda: logging.getLogger(by).error(error),
        lambda: log.logger(by).error("no", why=error),
        lambda: log.logger(by).error("no: %s", error),
        lambda: log.logger(by).error("no", exc_info=error),
        lambda: logging.getLogger(by).error("no", exc_info=error, stack_info=True),
    ):
        line = written(act)
        assert "LookupError at tests/services/test_log.py:" in line
        assert "divorce" not in line


def test_an_error_of_ours_is_told_in_its_words() -> None:
    error = Explained("The port 'http' is taken", remedy=f"ask {CANARY}")

    assert said("%s", error) == "The port 'http' is taken: ask ..."


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (f"a mail to {CANARY}.", "a mail to ..."),
        (f"to=<{CANARY}>, again", "... again"),
        ("at https://example.org/cal?token=abc now", "at ... now"),
        ("at https://ada:secret@example.org now", "at ... now"),
        ("open http://127.0.0.1:8000/l/abcdef once", "open ... once"),
        ("see sqlite:////home/ada/database", "see ..."),
    ],
)
def test_addresses_of_people_and_those_that_let_in_are_taken_out_of_our_lines(
    words: str, left: str
) -> None:
    assert said(words) == left
    assert told(lambda: log.logger("services.x").info("x", value=words))["value"] == left


@pytest.mark.parametrize(
    "words",
    [
        "web ended (signal 9): started again in 0.1 s",
        "commonhour up already runs (process 7) at http://127.0.0.1:8000: stop it.",
        "There is no queue 'mails': name some of calendars, planning",
        "1a2b unexpected KeyError at door.py:3 pages.py:70",
        "it must begin with sqlite:/// or postgresql+psycopg://",
        "at @ and a@ and @b",
    ],
)
def test_our_own_words_stay_as_they_are(words: str) -> None:
    assert said(words) == words


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("cannot read 'Divorce lawyer' today", "cannot read ... today"),
        ("can't read 'O'Brien, oncology'", "can..."),
        ('relation "ada" is not there', "relation ... is not there"),
        ("a quote 'over\ntwo lines'", "a quote ..."),
        ("GET https://example.org/ada 200", "GET ... 200"),
        ("'https://example.org/ Ada Lovelace'", "..."),
        (f"to {CANARY}", "to ..."),
        ("retrying in 3 seconds", "retrying in 3 seconds"),
    ],
)
def test_what_libraries_quote_is_taken_out(words: str, left: str) -> None:
    assert said(words, by="some.library") == left
    assert said(words, by="servicesque") == left


def test_a_long_word_takes_no_long_time() -> None:
    assert len(said("%s", "a" * 300_000, by="some.library")) == 300_000
    assert len(said("%s", "'" + "a" * 300_000, by="some.library")) == 300_001


@pytest.mark.parametrize(
    ("level", "heard"),
    [
        ("debug", ["debug", "info", "warning", "error"]),
        ("info", ["info", "warning", "error"]),
        ("warning", ["warning", "error"]),
        ("error", ["error"]),
    ],
)
def test_only_what_is_grave_enough_is_said(level: str, heard: list[str]) -> None:
    def speak() -> None:
        for way in (logging.getLogger("services.x"), log.logger("services.x")):
            for each in ("debug", "info", "warning", "error"):
                getattr(way, each)("x")

    assert [fields(each)["level"] for each in written(speak, level).splitlines()] == 2 * heard


def test_alembic_tells_only_what_is_wrong() -> None:
    assert not written(lambda: logging.getLogger("alembic.runtime").info("looked"))


def test_set_up_twice_a_line_comes_once() -> None:
    def again() -> None:
        log.set_up("info")
        logging.getLogger("services.x").info("once")

    assert told(again)["event"] == "once"


@pytest.mark.parametrize("name", ["rq.worker", "rq.job"])
def test_rq_speaks_once_and_in_our_form(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        setup_loghandlers("INFO", name=name)  # as a worker does when it begins
        logging.getLogger(name).info("\x1b[32mnotices\x1b[39;49;00m: %s", "a job")

    with state_kept():
        setup_loghandlers("INFO", name=name)  # and has done before us
        found = told(work)

    assert found["where"] == name
    assert found["event"] == "notices: a job"
    assert capsys.readouterr() == ("", "")


def test_values_that_do_not_fit_break_nothing_and_are_not_told() -> None:
    class Unsayable:
        def __str__(self) -> str:
            raise ValueError(CANARY)

    for act in (
        lambda: logging.getLogger("services.x").warning("%d members", CANARY),
        lambda: log.logger("services.x").warning("%s", CANARY, "too many"),
        lambda: log.logger("services.x").warning("x", value=Unsayable()),
    ):
        found = told(act)
        assert found["level"] == "warning"
        assert re.fullmatch(r"an event cannot be told: test_log\.py:\d+", found["event"])
        assert "Error at " in found["exception"]
        assert CANARY not in str(found)


def test_a_closed_standard_error_stops_nobody() -> None:
    def speak() -> None:
        sys.stderr.close()
        logging.getLogger("services.x").warning("nobody hears")

    with state_kept(), redirect_stderr(io.StringIO()):
        log.set_up("info")
        speak()


@pytest.mark.parametrize(
    "name",
    [
        "googleapiclient.discovery", "httpx", "httpcore.http11", "msal.token_cache",
        "urllib3.connectionpool", "requests",
    ],
)  # fmt: skip
def test_whoever_speaks_with_hosts_of_calendars_says_nothing_of_it(name: str) -> None:
    def speak() -> None:
        logging.getLogger(name).debug("GET %s headers=%r", CANARY, [(b"authorization", b"Bearer")])
        logging.getLogger(name).info("HTTP Request: GET %s", CANARY)

    assert written(speak) == ""

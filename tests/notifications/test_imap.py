"""A mailbox: what is read is marked, what is not is found again."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from notifications import imap
from notifications.errors import BadChannel, TryLater
from tests.notifications.a_mailbox import AMailbox, a_mailbox


@pytest.fixture
def box() -> Iterator[AMailbox]:
    with a_mailbox() as box:
        yield box


def opened(box: AMailbox) -> Any:
    return imap.opened(imap.parse(box.url), None)


def test_a_mail_is_unread_until_it_is_done(box: AMailbox) -> None:
    box.deliver(b"From: ada@example.org\r\n\r\nYes.\r\n")
    with opened(box) as letters:
        [letter] = letters.waiting(10)
        assert letters.fetch(letter) == b"From: ada@example.org\r\n\r\nYes.\r\n"
        assert box.unread() == [1]
        letters.done(letter)
    assert box.unread() == []


def test_what_was_set_aside_is_flagged_and_not_found_again(box: AMailbox) -> None:
    box.deliver(b"x")
    with opened(box) as letters:
        letters.set_aside("1")
        assert letters.waiting(10) == []
    assert box.mails[1].flags == {"\\Seen", "\\Flagged"}


def test_a_mail_larger_than_any_answer_is_not_fetched(box: AMailbox) -> None:
    box.deliver(b"x" * (imap.LARGEST + 1))
    with opened(box) as letters:
        assert letters.fetch("1") is None


def test_only_some_are_taken_at_a_time(box: AMailbox) -> None:
    for _ in range(5):
        box.deliver(b"x")
    with opened(box) as letters:
        assert letters.waiting(3) == ["1", "2", "3"]


@pytest.mark.parametrize("verb", ["LOGIN", "SELECT", "SEARCH", "FETCH", "STORE"])
@pytest.mark.parametrize("how", ["refuses", "hangs_up"])
def test_a_server_in_trouble_is_asked_later(box: AMailbox, verb: str, how: str) -> None:
    box.deliver(b"x")
    getattr(box, how).add(verb)
    with pytest.raises(TryLater) as refused, opened(box) as letters:
        for each in letters.waiting(10):
            letters.fetch(each)
            letters.done(each)
    assert "p@ss" not in str(refused.value)
    assert box.unread() == [1]


@pytest.mark.parametrize(
    ("verb", "said"),
    [("SEARCH", b"* SEARCH 1 \xff two -3 4*"), ("SEARCH", b"* 7 EXPUNGE"), ("SEARCH", b"*"),
     ("FETCH", b"* 1 FETCH (RFC822.SIZE " + b"9" * 6000 + b")"), ("FETCH", b"* 1 FETCH (UID 1)"),
     ("FETCH", b"* 1 FETCH (UID 1 BODY[] {" + b"9" * 6000 + b"}"), ("FETCH", b""),
     ("FETCH", b"* 1 FETCH (UID 1 BODY[] {99999999999999}")],
    ids=map(str, range(8)),
)  # fmt: skip
def test_a_server_that_says_nonsense_breaks_nothing(box: AMailbox, verb: str, said: bytes) -> None:
    box.deliver(b"x")
    box.lies[verb] = said
    with suppress(TryLater), opened(box) as letters:
        for each in letters.waiting(10):
            assert each == "1"
            assert verb == "SEARCH" or letters.fetch(each) is None
    assert box.unread() == [1]


def test_no_server_at_all_is_asked_later() -> None:
    with pytest.raises(TryLater), imap.opened(imap.parse("imap://u:p@127.0.0.1:1"), None):
        pass


@pytest.mark.parametrize(
    "url",
    ["", "imaps://", "imaps://mail.example.org", "imaps://user@mail.example.org",
     "imap://user:secret@mail.example.org", "https://user:secret@mail.example.org",
     "imaps://user:secret@mail.example.org:x", "imaps://user:secret@mail.example.org/?a=b",
     "imaps://us%0aer:secret@mail.example.org"],
)  # fmt: skip
def test_an_address_that_cannot_be_used_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(BadChannel) as refused:
        imap.parse(url)
    assert "secret" not in str(refused.value)


def test_an_address_names_server_folder_and_who_reads() -> None:
    found = imap.parse("imaps://user:p%40ss@mail.example.org/Answers")
    assert (found.host, found.port, found.password) == ("mail.example.org", 993, "p@ss")
    assert (found.secure, found.folder) == (True, "Answers")
    assert "p@ss" not in repr(found)

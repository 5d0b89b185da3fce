"""Mails kept in a folder: whole, for their owner alone, and gone when they are to go."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from notifications.errors import TryLater
from notifications.outbox import Kept, OutboxChannel, forget, purge, read, read_one
from tests.notifications.builders import (
    LINK,
    NOON,
    SENDER,
    a_message,
    an_invitation,
    at_noon,
    hostile,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "outbox"


@pytest.fixture
def outbox(folder: Path) -> OutboxChannel:
    return OutboxChannel(folder, SENDER, at_noon)


def after(hours: float) -> Callable[[], datetime]:
    return lambda: NOON + timedelta(hours=hours)


def keep(folder: Path, *keys: str) -> None:
    """Keep one mail an hour, from noon on."""
    for hours, key in enumerate(keys):
        message = a_message(key=key, to_address=f"{key}@example.org")
        OutboxChannel(folder, SENDER, after(hours)).send(message)


def modes(folder: Path) -> list[int]:
    return [path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())]


def test_a_mail_is_read_as_it_was_written(outbox: OutboxChannel, folder: Path) -> None:
    message = an_invitation(to_name="Åsa Öberg", group_title="Kardiologie, für alle")
    outbox.send(message)

    assert read(folder) == [
        Kept(
            id="0f3a",
            at=NOON,
            to="ada@example.org",
            subject="Ben Carson invites you to join Kardiologie, für alle",
            text=message.text,
            html=message.html,
            links=(LINK,),
        )
    ]


def test_its_name_tells_when_and_which(outbox: OutboxChannel, folder: Path) -> None:
    outbox.send(a_message())

    assert [path.name for path in folder.iterdir()] == ["20270301T120000.000000Z-0f3a.eml"]


def test_names_tell_utc_whatever_the_clock_says(folder: Path) -> None:
    there = timezone(timedelta(hours=-5))
    OutboxChannel(folder, SENDER, lambda: NOON.astimezone(there)).send(a_message())

    assert [path.name for path in folder.iterdir()] == ["20270301T120000.000000Z-0f3a.eml"]


def test_nobody_else_on_the_machine_may_read_them(outbox: OutboxChannel, folder: Path) -> None:
    before = os.umask(0)
    try:
        outbox.send(a_message())
    finally:
        os.umask(before)

    assert modes(folder) == [0o700, 0o600]


def test_the_newest_comes_first(folder: Path) -> None:
    keep(folder, "b", "a", "c")

    assert [kept.id for kept in read(folder)] == ["c", "a", "b"]


def test_the_same_key_again_replaces_the_mail_in_its_place(folder: Path) -> None:
    keep(folder, "a", "b")
    again = a_message(key="a", subject="Once more")
    OutboxChannel(folder, SENDER, after(9)).send(again)

    assert [(kept.id, kept.at, kept.subject) for kept in read(folder)] == [
        ("b", NOON + timedelta(hours=1), "Join the circle"),
        ("a", NOON, "Once more"),
    ]


def test_a_key_that_ends_like_another_is_another(folder: Path) -> None:
    keep(folder, "a-b", "b")

    assert [kept.id for kept in read(folder)] == ["b", "a-b"]


def test_where_there_is_no_folder_there_are_no_mails(folder: Path) -> None:
    assert read(folder) == []
    assert read_one(folder, "a") is None
    assert forget(folder, "ada@example.org") == 0
    assert purge(folder, NOON) == 0
    assert not folder.exists()


def foreign(folder: Path) -> None:
    """Put beside our mails what others may leave in a folder."""
    ours = "20270301T120000.000000Z"
    whole = next(folder.glob("*.eml")).read_bytes()
    (folder / "notes.txt").write_text("mine")
    (folder / "copy.eml").write_bytes(whole)
    (folder / f"{ours}-empty.eml").touch()
    (folder / f"{ours}-noise.eml").write_bytes(bytes(range(256)))
    (folder / f"{ours}-headless.eml").write_text("To: \r\n\r\nhello")
    (folder / f"{ours}-bare.eml").write_text("To: ada@example.org\r\nSubject: x\r\n\r\nhello")
    (folder / f"{ours}-cut.eml").write_bytes(whole[:300])
    (folder / f"{ours}-huge.eml").write_bytes(whole + b"x" * 1_000_001)
    (folder / f"{ours}-folder.eml").mkdir()
    (folder / f"{ours}-link.eml").symlink_to(next(folder.glob("*-a.eml")))
    (folder / "20279999T999999.000000Z-never.eml").write_bytes(whole)
    os.mkfifo(folder / f"{ours}-pipe.eml")


def test_broken_and_foreign_files_are_passed_over(folder: Path) -> None:
    keep(folder, "a")
    foreign(folder)

    assert [kept.id for kept in read(folder)] == ["a"]
    assert forget(folder, "nobody@example.org") == 0


@pytest.mark.parametrize(
    "mail_id",
    ["", ".", "..", "../secret", "/etc/passwd", "a/../a", "*", "?", "[a]", "a\x00", "A", "a.eml"],
)
def test_an_id_is_no_path(folder: Path, mail_id: str) -> None:
    keep(folder, "a")
    whole = next(folder.glob("*.eml")).read_bytes()
    (folder.parent / "20270301T120000.000000Z-secret.eml").write_bytes(whole)

    assert read_one(folder, mail_id) is None


def test_one_is_read_by_its_id(folder: Path) -> None:
    keep(folder, "a", "b")

    assert read_one(folder, "a") == read(folder)[1]


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(mail_id=hostile(3))
def test_no_id_opens_anything_else(folder: Path, mail_id: str) -> None:
    keep(folder, "a")

    kept = read_one(folder, mail_id)

    assert kept is None or mail_id == kept.id == "a"


def test_a_person_is_forgotten_however_their_address_is_spelt(folder: Path) -> None:
    outbox = OutboxChannel(folder, SENDER, at_noon)
    outbox.send(a_message(key="1", to_address="Ada@example.org"))
    outbox.send(a_message(key="2", to_address="ada@EXAMPLE.org"))
    outbox.send(a_message(key="3", to_name="ada@example.org", to_address="ben@example.org"))
    outbox.send(a_message(key="4", to_address="JÜRGEN@bücher.example"))

    assert forget(folder, "ADA@example.ORG") == 2
    assert forget(folder, "ada@example.org") == 0
    assert forget(folder, "jürgen@bücher.example") == 1
    assert forget(folder, "no address") == 0
    assert [kept.id for kept in read(folder)] == ["3"]


def test_a_mail_that_was_not_finished_is_forgotten_too(folder: Path) -> None:
    keep(folder, "a", "b")
    for path in folder.glob("*.eml"):
        path.rename(folder / f".{path.stem[-1]}.part")

    forget(folder, "a@example.org")

    assert [path.name for path in folder.iterdir()] == [".b.part"]


def test_old_mails_go(folder: Path) -> None:
    keep(folder, "a", "b", "c")

    assert purge(folder, NOON + timedelta(hours=1)) == 1
    assert [kept.id for kept in read(folder)] == ["c", "b"]


def test_what_was_not_finished_long_ago_goes_with_them(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name, at in ((".old.part", NOON - timedelta(days=1)), (".new.part", NOON)):
        (folder / name).touch()
        os.utime(folder / name, (at.timestamp(), at.timestamp()))

    assert purge(folder, NOON) == 0
    assert [path.name for path in folder.iterdir()] == [".new.part"]


def test_a_folder_that_cannot_be_written_to_is_tried_later(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file")

    with pytest.raises(TryLater, match=r"cannot be kept in .*: let this user write"):
        OutboxChannel(tmp_path / "outbox", SENDER, at_noon).send(a_message())


def test_a_write_that_fails_leaves_nothing_behind(
    outbox: OutboxChannel, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)

    with pytest.raises(TryLater, match="No space left on device"):
        outbox.send(a_message())
    assert list(folder.iterdir()) == []


def test_times_are_told_in_utc(folder: Path) -> None:
    keep(folder, "a")

    assert read(folder)[0].at.tzinfo is UTC

"""The scanner sees what is planted, however it is wrapped, and nothing where nothing is."""

import base64
import bz2
import gzip
import html
import io
import json
import lzma
import quopri
import sqlite3
import zipfile
import zlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from random import Random
from urllib.parse import quote

import psycopg
import pytest
import redis
from icalendar import Calendar

from calendar_sync.ics.source import Source, read_all
from scheduler.model.busy import Kind
from tests.calendar_sync.builders import utc
from tests.canary.canaries import Words, planted_calendar
from tests.canary.collect import (
    files_below,
    postgres_contents,
    postgres_folder,
    redis_contents,
    sqlite_contents,
)
from tests.canary.scan import Found, find
from tests.servers.postgres import plain

Wrap = Callable[[str], bytes]
WORD = Words(1)("summary")
FOREIGN = "Überfällige Müllabfuhr 漢字"
SPRING = (utc("2027-01-01"), utc("2027-07-01"))


def deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


def zipped(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("notes.txt", data)
    return file.getvalue()


def a_mail(subject: str) -> bytes:
    mail = EmailMessage()
    mail["Subject"] = f"A subject so long that its words are broken: {subject}"
    return mail.as_bytes()


def escaped(text: str) -> bytes:
    return "".join(f"\\u{ord(letter):04x}" for letter in text).encode()


def noise(size: int, seed: int = 1) -> bytes:
    return Random(seed).randbytes(size)


FORMS: dict[str, Wrap] = {
    "plain": str.encode,
    "other case": lambda text: text.upper().encode(),
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "hex": lambda text: text.encode().hex().encode(),
    "hex, in capitals": lambda text: text.encode().hex().upper().encode(),
    "hex, byte by byte": lambda text: text.encode().hex(" ").encode(),
    "base64": lambda text: b64encode(text.encode()),
    "base64, one letter on": lambda text: b64encode(b"1" + text.encode() + b"!"),
    "base64, two letters on": lambda text: b64encode(b"12" + text.encode() + b"!"),
    "base64, for URLs": lambda text: urlsafe_b64encode(b"\xff" + text.encode() + b"\xfe"),
    "base64, of other case": lambda text: b64encode(text.upper().encode()),
    "plain in base64": lambda text: base64.encodebytes(bytes(50) + text.encode()),
    "utf-16-le in base64": lambda text: b64encode(text.encode("utf-16-le")),
    "plain in percent": lambda text: "".join(f"%{each:02X}" for each in text.encode()).encode(),
    "plain in quoted-printable": lambda text: text[:5].encode() + b"=\r\n" + text[5:].encode(),
    "plain in escapes": escaped,
    "plain in escapes, twice": lambda text: json.dumps(escaped(text).decode()).encode(),
    "plain in escapes, as octal": lambda text: "".join(f"\\{ord(x):03o}" for x in text).encode(),
    "plain in entities": lambda text: "".join(f"&#{ord(x)};" for x in text).encode(),
    "plain in entities, of hex": lambda text: "".join(f"&#x{ord(x):X};" for x in text).encode(),
    "plain in folds": lambda text: f"{text[:5]}\r\n {text[5:]}".encode(),
    "plain in zlib": lambda text: zlib.compress(text.encode()),
    "plain in zlib, of little effort": lambda text: zlib.compress(text.encode(), 1),
    "plain in zlib, with a broken checksum": lambda text: zlib.compress(text.encode())[:-4],
    "plain in gzip": lambda text: gzip.compress(text.encode()),
    "plain in bz2": lambda text: bz2.compress(text.encode()),
    "plain in xz": lambda text: lzma.compress(20 * text.encode()),
    "plain in zip": lambda text: zipped(text.encode()),
    "plain in zlib in base64": lambda text: b64encode(zlib.compress(text.encode())),
    "plain in zlib in hex": lambda text: zlib.compress(text.encode()).hex().encode(),
    "plain in deflate in base64": lambda text: b"." + b64encode(deflate(text.encode())),
    "hex in zlib": lambda text: zlib.compress(text.encode().hex().encode()),
    "utf-16-be in bz2 in gzip in zip": lambda text: zipped(
        20 * gzip.compress(20 * bz2.compress(text.encode("utf-16-be")))
    ),
    "plain in folds in escapes in zlib": lambda text: zlib.compress(
        json.dumps(f"{text[:5]}\r\n {text[5:]}").encode()
    ),
}
FOREIGN_FORMS: dict[str, Wrap] = {
    "plain": str.encode,
    "other case": lambda text: text.upper().encode(),
    "plain in percent": lambda text: quote(text).encode(),
    "plain in quoted-printable": lambda text: quopri.encodestring(text.encode()),
    "plain in escapes": lambda text: json.dumps(text).encode(),
    "plain in escapes, of bytes": lambda text: repr(text.encode()).encode(),
    "plain in entities": lambda text: text.encode("ascii", "xmlcharrefreplace"),
    "plain in entities, by name": lambda text: (
        html.escape(text)
        .replace("Ü", "&Uuml;")
        .replace("ü", "&uuml;")
        .replace("ä", "&auml;")
        .encode()
    ),
    "plain in header words": a_mail,
}


@pytest.mark.parametrize("form", FORMS)
def test_a_leak_is_seen(form: str) -> None:
    leak = noise(2_000) + b" " + FORMS[form](WORD) + b" " + noise(2_000, 2)

    assert find([WORD], {"dump": leak}) == [Found("dump", WORD, form.partition(",")[0])]


@pytest.mark.parametrize("form", FOREIGN_FORMS)
def test_a_leak_of_foreign_letters_is_seen(form: str) -> None:
    leak = b'{"title": ' + FOREIGN_FORMS[form](FOREIGN) + b', "id": 1}'

    assert find([FOREIGN], {"log": leak}) == [Found("log", FOREIGN, form.partition(",")[0])]


@pytest.mark.parametrize("wrap", [deflate, lambda data: gzip.compress(deflate(data))])
def test_a_stream_without_a_header_is_seen_where_contents_begin(
    wrap: Callable[[bytes], bytes],
) -> None:
    (found,) = find([WORD], {"cookie": wrap(f"a note about {WORD}".encode())})

    assert found.form.startswith("plain in deflate")


def test_a_word_in_the_name_of_a_thing_is_seen() -> None:
    things = {f"calendars/{WORD}.ics": b"", "pages/" + quote(FOREIGN): b""}

    assert [found.form for found in find([WORD, FOREIGN], things)] == [
        "plain in its name",
        "plain in percent in its name",
    ]


def test_a_word_across_two_contents_is_none() -> None:
    halves = zlib.compress(WORD[:8].encode()) + zlib.compress(WORD[8:].encode())

    assert find([WORD], {"dump": halves}) == []


def test_each_thing_names_each_of_its_words_once() -> None:
    word = Words(2)
    one, two = word("one"), word("two")
    things = {"a": f"{one} {two} {one}".encode() + zlib.compress(one.encode()), "b": two.encode()}

    assert find([one, two], things) == [
        *sorted([Found("a", one, "plain"), Found("a", two, "plain")]),
        Found("b", two, "plain"),
    ]


def test_one_leak_in_megabytes_is_seen_wherever_it_is() -> None:
    around = noise(1_200_000)

    for at in (0, 1, (1 << 20) - 9, (1 << 20) - 3, 1 << 20, 1_199_999):
        leak = around[:at] + WORD.encode() + around[at:]
        assert find([WORD], {"dump": leak}) == [Found("dump", WORD, "plain")]


def test_a_clean_thing_holds_nothing() -> None:
    _, words = planted_calendar(1)
    sources = b"".join(path.read_bytes() for path in Path(__file__).parent.glob("*.py"))
    things = {"noise": noise(1_000_000), "zeros": bytes(100_000), "empty": b"", "text": sources}

    assert find(words, things | {"zlib": zlib.compress(sources)}) == []


def test_a_word_that_chance_could_write_is_refused() -> None:
    with pytest.raises(ValueError, match="'lunch' is so short"):
        find(["lunch"], {})


def test_a_search_for_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="Without a word to look for"):
        find([], {"dump": b"anything"})


def test_every_planted_word_is_in_the_calendar_and_is_seen_there() -> None:
    data, words = planted_calendar(1)

    found = find(words, {"calendar": data})

    assert sorted(words) == [each.canary for each in found]
    assert len(set(words)) == len(words)
    assert {each.form for each in found} == {"plain", "plain in folds", "other case", "base64"}


def test_no_two_calendars_share_a_word_and_the_same_seed_gives_the_same() -> None:
    assert not set(planted_calendar(1)[1]) & set(planted_calendar(2)[1])
    assert planted_calendar(1) == planted_calendar(1)


@pytest.mark.parametrize(
    "name",
    [
        *("SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT", "CONTACT", "CATEGORIES", "RESOURCES"),
        *("ATTACH", "ATTENDEE", "ORGANIZER", "URL", "UID", "RELATED-TO", "CONFERENCE", "IMAGE"),
        *("STYLED-DESCRIPTION", "STRUCTURED-DATA", "REQUEST-STATUS", "X-ALT-DESC"),
    ],
)
def test_every_property_that_holds_text_is_planted(name: str) -> None:
    data, words = planted_calendar(1)
    lines = data.decode().replace("\r\n ", "").split("\r\n")

    lines_of_name = [line for line in lines if line.startswith((f"{name}:", f"{name};"))]

    assert lines_of_name
    assert all(
        any(word in line for word in words) or "ENCODING=BASE64" in line for line in lines_of_name
    )


def test_the_planted_calendar_is_one_that_others_read() -> None:
    data, _ = planted_calendar(1)

    calendar = Calendar.from_ical(data)

    assert len(calendar.walk("VEVENT")) == 14
    assert not [part.errors for part in calendar.walk() if part.errors]


def test_reading_the_planted_calendar_gives_its_busy_time_and_no_word(tmp_path: Path) -> None:
    data, words = planted_calendar(1)
    (tmp_path / "ada.ics").write_bytes(data)

    (busy,) = read_all([Source(str(tmp_path / "ada.ics"), SPRING, "America/New_York")])

    weekly, single, free_busy = 24 + 1 - 1 - 1, 8, 2
    assert len(busy) == weekly + single + free_busy
    assert {each.kind for each in busy} == {Kind.BUSY, Kind.TENTATIVE, Kind.UNAVAILABLE}
    assert find(words, {"busy": repr(busy).encode()}) == []


def test_files_are_gathered_whatever_they_are_called(tmp_path: Path) -> None:
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails" / "1.eml").write_bytes(b"Subject: hello")
    (tmp_path / ".hidden").write_bytes(b"secret")
    with sqlite3.connect(tmp_path / "c.db", isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE notes (words TEXT)")
        connection.execute("INSERT INTO notes VALUES (?)", (WORD,))

        found = files_below(tmp_path)
    connection.close()

    assert list(found) == [".hidden", "c.db", "c.db-shm", "c.db-wal", "mails/1.eml"]
    assert find([WORD], found) == [Found("c.db-wal", WORD, "plain")]


def test_a_stream_torn_by_the_pages_of_sqlite_is_gathered_whole(tmp_path: Path) -> None:
    stream = zlib.compress(noise(20_000).hex().encode() + WORD.encode())
    with sqlite3.connect(tmp_path / "c.db") as connection:
        connection.execute("CREATE TABLE notes (id INTEGER, words BLOB)")
        connection.execute("INSERT INTO notes VALUES (1, ?)", (stream,))
    connection.close()

    assert find([WORD], files_below(tmp_path)) == []
    assert find([WORD], sqlite_contents(tmp_path / "c.db")) == [
        Found("c.db: notes", WORD, "plain in zlib")
    ]


def test_every_type_of_key_in_redis_is_gathered(redis_url: str) -> None:
    word = Words(3)
    one, two, three, four, five, six, key = (word(each) for each in "abcdefg")
    with redis.Redis.from_url(redis_url) as client:
        client.set("string", zlib.compress(one.encode()))
        client.hset("hash", two, "1")
        client.rpush("list", "1", three)
        client.sadd("set", four)
        client.zadd("zset", {five: 1.5})
        client.xadd("stream", {"field": six})
        client.execute_command("SELECT", "3")
        client.set(key, "1")

    found = find(word.made, redis_contents(redis_url))

    assert {each.canary for each in found} == set(word.made)
    assert Found("redis db0: string", one, "plain in zlib") in found
    assert Found(f"redis db3: {key}", key, "plain") in found


def test_every_table_of_postgresql_is_gathered(postgres_url: str) -> None:
    word = Words(4)
    one, two, three, four, comment = (word(each) for each in "abcde")
    with psycopg.connect(plain(postgres_url)) as connection:
        connection.execute("CREATE SCHEMA other")
        connection.execute("CREATE TABLE notes (a TEXT, b BYTEA, c JSONB)")
        connection.execute("CREATE TABLE other.lists (d TEXT[])")
        connection.execute(
            "INSERT INTO notes VALUES (%s, %s, %s)",
            (one, zlib.compress(two.encode()), json.dumps({"x": [three]})),
        )
        connection.execute("INSERT INTO other.lists VALUES (%s)", ([four],))
        connection.execute(f"COMMENT ON TABLE notes IS '{comment}'".encode())

    found = find(word.made, postgres_contents(postgres_url))

    assert sorted((each.where, each.canary, each.form) for each in found) == sorted(
        [
            ("postgresql: public.notes", one, "plain"),
            ("postgresql: public.notes", two, "plain in zlib"),
            ("postgresql: public.notes", three, "plain"),
            ("postgresql: other.lists", four, "plain"),
            ("postgresql: pg_catalog.pg_description", comment, "plain"),
        ]
    )


def test_what_postgresql_has_deleted_may_still_lie_in_its_files(postgres_url: str) -> None:
    with psycopg.connect(plain(postgres_url), autocommit=True) as connection:
        connection.execute("CREATE TABLE notes (words TEXT)")
        connection.execute("INSERT INTO notes VALUES (%s)", (WORD,))
        connection.execute("DELETE FROM notes")
        connection.execute("CHECKPOINT")
        ((file,),) = connection.execute("SELECT pg_relation_filepath('notes')").fetchall()

    assert find([WORD], postgres_contents(postgres_url)) == []
    assert find([WORD], files_below((postgres_folder(postgres_url) / file).parent))

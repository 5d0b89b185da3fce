"""A database that is locked by somebody, or whose disk is full, loses nothing that was accepted."""

import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from notifications import outbox
from tests.chaos.lane import Lane, a_lane
from tests.chaos.nursery import Nursery
from tests.chaos.planted import a_fact
from tests.chaos.programs import Load
from tests.crash.waiting import until
from tests.servers.postgres import plain
from tests.sizes import size

SEED = 20_261_124
FULL = "503 The disk of the database is full"
BUSY = "503 The database is busy just now"
RUNNING = "409 The same request is still being answered"
LOCKED = {"sqlite": size(11, 15), "postgresql": size(4, 15)}  # SQLite's patience is ten seconds


@pytest.mark.timeout(600)
def test_everything_goes_on_after_the_database_was_locked(lane: Lane) -> None:
    print(f"seed {SEED}")
    seconds = LOCKED[lane.runtime.engine.dialect.name]
    lane.service.start()
    until(lane.service.is_ready, "a service")
    program = lane.program("ada", SEED)
    facts = [a_fact() for _ in range(60)]

    with Load([program]).working():
        lane.record(*facts)
        until(lane.recorder.objects, "a first effect")
        with locked(lane):
            time.sleep(seconds)
    quiet = lane.quiet()
    shown = sorted(program.shown())

    print(f"locked for {seconds} s, quiet after {quiet:.1f} s, refused {dict(program.refused)}")
    assert shown == sorted(program.accepted)
    plans = [found[2] for found in program.accepted if found[0] == "plan"]
    made = [*plans, *(str(each.plan_id) for each in facts)]
    assert lane.recorder.objects() == dict.fromkeys(made, 1)
    assert not lane.set_aside()


@pytest.mark.timeout(600)
def test_a_full_disk_is_said_and_what_was_accepted_is_kept(
    nursery: Nursery, tmp_path: Path, planted: None
) -> None:
    home = tmp_path / "home"
    url = f"sqlite:///{home / 'commonhour.db'}"
    with a_small_disk(home), a_lane(nursery, tmp_path, url) as lane:
        lane.service.parts = {"up": ("up",)}
        lane.service.settings = {**lane.service.settings, "REDIS_URL": ""}  # one on the same disk
        lane.service.start()
        until(lane.service.is_ready, "a service")
        program = lane.program("ada", SEED)

        with Load([program]).working():
            until(lambda: len(program.accepted) > 6, "some work")
            with filled(home, lane):
                until(lambda: program.refused[FULL], "a refusal")
                time.sleep(size(3, 30))
        quiet = lane.quiet()
        shown = sorted(program.shown())
        invited = [each.to for each in outbox.read(lane.runtime.settings.mails)]
        aside = lane.set_aside()

    print(f"quiet {quiet:.1f} s after there was room; refused {dict(program.refused)}")
    assert set(program.refused) <= {FULL, BUSY, RUNNING}
    assert program.refused[FULL]
    assert shown == sorted(program.accepted)
    assert sorted(invited) == sorted(program.invited)
    assert not aside


@contextmanager
def locked(lane: Lane) -> Iterator[None]:
    """Hold what every writer of the outbox needs, from another process than any of the service."""
    url = str(lane.runtime.settings.database_url)
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
    else:
        with psycopg.connect(plain(url)) as other:
            other.execute("LOCK TABLE outbox")
            yield


@contextmanager
def a_small_disk(folder: Path) -> Iterator[None]:
    """Mount one of some megabytes there. A test that may not do so fails."""
    folder.mkdir(mode=0o700)
    words = ["mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "tmpfs", str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"This machine does not let us mount a small disk: {done.stderr}"
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


@contextmanager
def filled(folder: Path, lane: Lane) -> Iterator[None]:
    """Leave no room there, not even what SQLite has kept for its next writes."""
    file = folder / "fill"
    try:
        with file.open("wb", buffering=0) as out:
            for _ in range(3):
                with suppress(OperationalError), lane.runtime.engine.connect() as connection:
                    # Somebody may have written since the last turn: now there is no room for that.
                    connection.execute(text("pragma wal_checkpoint(truncate)"))
                for chunk in (1 << 20, 1 << 12, 1):
                    while _written(out, chunk):
                        pass
        yield
    finally:
        file.unlink()


def _written(out: BinaryIO, chunk: int) -> bool:
    try:
        return out.write(bytes(chunk)) == chunk
    except OSError:
        return False

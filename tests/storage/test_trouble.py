"""A database in trouble is told apart: busy, full, out of reach, or asked for nonsense."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, Response
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services import problems
from services.storage.engine import engine_for
from services.storage.tables import TABLES
from services.storage.trouble import Trouble, trouble_of

SET = "update try set count = 2"


def raised(act: Callable[[], object]) -> OperationalError:
    with pytest.raises(OperationalError) as caught:
        act()
    return caught.value


def filled(engine: Engine) -> None:
    TABLES.create_all(engine)
    with engine.begin() as connection:
        row = "insert into try (key, until, count) values ('a', '2027-01-01 00:00:00', 1)"
        connection.execute(text(row))


def test_who_waits_too_long_for_others_is_told_that_it_is_busy(engine: Engine) -> None:
    filled(engine)
    sqlite = engine.dialect.name == "sqlite"
    hurry = "pragma busy_timeout=50" if sqlite else "set local lock_timeout = '50ms'"
    with engine.begin() as first, engine.begin() as second:
        first.execute(text(SET))
        second.execute(text(hurry))

        assert trouble_of(raised(lambda: second.execute(text(SET)))) is Trouble.BUSY


def test_a_question_that_takes_too_long_is_busy_as_well(postgres_url: str) -> None:
    engine = engine_for(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("set local statement_timeout = '50ms'"))
        error = raised(lambda: connection.execute(text("select pg_sleep(5)")))
    engine.dispose()

    assert trouble_of(error) is Trouble.BUSY


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    engine = engine_for(f"sqlite:///{tmp_path / 'commonhour.db'}")
    filled(engine)
    with engine.begin() as connection:
        pages = connection.execute(text("pragma page_count")).scalar_one()
        connection.execute(text(f"pragma max_page_count={pages}"))
        fill = text("insert into try (key, until, count) values (zeroblob(100000), '', 1)")
        error = raised(lambda: connection.execute(fill))
    engine.dispose()

    assert trouble_of(error) is Trouble.FULL


@pytest.mark.parametrize("url", ["postgresql+psycopg://127.0.0.1:1/none", "sqlite:///{home}"])
def test_what_cannot_be_reached_is_away(url: str, tmp_path: Path) -> None:
    engine = engine_for(url.format(home=tmp_path))

    assert trouble_of(raised(engine.connect)) is Trouble.AWAY


def test_what_does_not_exist_is_none_of_these(tmp_path: Path) -> None:
    with engine_for(f"sqlite:///{tmp_path / 'commonhour.db'}").connect() as connection:
        error = raised(lambda: connection.execute(text("select * from nothing")))

    assert trouble_of(error) is Trouble.OTHER


class Said(Exception):
    """What a driver raises."""

    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


def page(status: int, what: str, remedy: str, **_more: object) -> Response:
    return Response(f"{what}: {remedy}", status)


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (OperationalError("", {}, Said("40P01")), 503, "busy just now"),
        (OperationalError("", {}, Said("40001")), 503, "busy just now"),
        (PoolTimeout(), 503, "busy just now"),
        (OperationalError("", {}, Said("53100")), 503, "disk of the database is full"),
        (OperationalError("", {}, Said("57P01")), 503, "cannot be reached"),
        (OperationalError("", {}, Said("XX000")), 500, "Something went wrong"),
    ],
)
def test_each_trouble_has_its_own_sentence(error: Exception, status: int, said: str) -> None:
    app = Flask(__name__)
    problems.install(app, page)

    @app.get("/")
    def view() -> str:
        raise error

    answer = app.test_client().get("/")

    assert answer.status_code == status
    assert said in answer.text
    assert ("Retry-After" in answer.headers) == (status == 503)

"""P22: what could not be kept is told by a status after which hosts try again."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from services.app import create_app
from services.config import Settings
from services.storage.work import Work
from services.wiring import Runtime
from tests.hooks.porch import Porch, news

TROUBLES: list[Exception] = [
    OperationalError("", None, Exception("the disk is full")),
    StaleDataError(),
    PoolTimeout(),
]


@pytest.fixture(scope="module")
def away(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Of a service whose database is away."""
    url = "postgresql+psycopg://nobody@127.0.0.1:9/nothing"
    runtime = Runtime.of(Settings(home=tmp_path_factory.mktemp("home"), database_url=url))
    yield create_app(runtime).test_client()
    runtime.engine.dispose()


def test_while_the_database_is_away_hosts_are_asked_to_come_again(away: FlaskClient) -> None:
    google = away.post("/hooks/google", headers={"X-Goog-Channel-ID": str(uuid4())})
    graph = away.post("/hooks/graph", json={"value": [news()]})

    for answer in (google, graph):
        assert (answer.status_code, answer.mimetype) == (503, "text/plain")
        assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda each: type(each).__name__)
def test_nobody_is_told_that_news_was_kept_which_was_not(
    porch: Porch, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    def fail(_: Work) -> None:
        raise trouble

    channel = porch.channel()
    before = porch.kept()

    with monkeypatch.context() as patch:
        patch.setattr(Work, "commit", fail)
        assert porch.google(channel).status_code == 503
        assert porch.graph(news()).status_code == 503

    assert porch.kept() == before
    assert porch.google(channel).status_code == 202
    assert porch.looks() == 1

"""The door at which a mail server posts answers."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from calendar_sync.provider import Answer
from services.app import create_app
from tests.flow.accounts_town import Flat, a_flat
from tests.flow.series import test_mail_answers as answered
from tests.flow.series.answering import Semester, a_semester

SECRET = "only our mail server knows this one"


@pytest.fixture
def flat(tmp_path: Path) -> Iterator[Flat]:
    flat = a_flat(tmp_path)
    flat.runtime.settings = replace(
        flat.runtime.settings,
        mail_hook_secret=SECRET,
        authserv_id=answered.SERVER,
        mail_from="meet@commonhour.example",
    )
    yield flat
    flat.runtime.engine.dispose()


@pytest.fixture
def semester(flat: Flat, monkeypatch: pytest.MonkeyPatch) -> Semester:
    monkeypatch.setattr(answered, "NAMES", flat.runtime.names)
    return answered.told(a_semester(flat, mailbox=True))


@pytest.fixture
def client(flat: Flat) -> FlaskClient:
    return create_app(flat.runtime).test_client()


def post(client: FlaskClient, raw: bytes, secret: str = SECRET) -> int:
    said = {"Authorization": f"Bearer {secret}"} if secret else {}
    return client.post("/hooks/mail", data=raw, headers=said).status_code


def test_a_posted_answer_is_kept(client: FlaskClient, semester: Semester) -> None:
    assert post(client, answered.mail(semester)) == 202
    assert semester.said("ben") is Answer.ACCEPTED


def test_what_is_no_answer_is_taken_as_well_and_changes_nothing(
    client: FlaskClient, semester: Semester
) -> None:
    for raw in (b"", b"Hello", answered.mail(semester, verdict="")):
        assert post(client, raw) == 202
    assert semester.recorded() == 0


@pytest.mark.parametrize("secret", ["", "x", SECRET[:-1], "ß" * 20])
def test_without_the_secret_nothing_is_looked_at(
    client: FlaskClient, semester: Semester, secret: str
) -> None:
    assert post(client, answered.mail(semester), secret) == 401
    assert semester.recorded() == 0


def test_more_than_any_answer_is_refused(client: FlaskClient, semester: Semester) -> None:
    assert post(client, answered.mail(semester) + b"x" * 400_000) == 413
    assert semester.recorded() == 0


def test_where_no_secret_is_set_there_is_no_such_door(flat: Flat, client: FlaskClient) -> None:
    flat.runtime.settings = replace(flat.runtime.settings, mail_hook_secret=None)
    assert post(client, b"Hello") == 404

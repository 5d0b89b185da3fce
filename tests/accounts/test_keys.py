"""Keys are exchanged: what was sealed before opens, and nothing stays under the old key."""

import json
import re
from pathlib import Path

import pytest
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import LargeBinary

from scheduler.errors import Explained
from services.config import Settings
from services.flow import calendars
from services.keys import Keys
from services.storage import audit
from services.storage.ids import new_id
from services.storage.rows.accounts import AccountRow, Host
from services.storage.rows.calendars import CalendarKind, CalendarRow, Source
from services.storage.seals import SEALED
from services.storage.tables import TABLES
from services.up.lock import keys_of
from services.wiring import Runtime
from tests.runtimes import a_person, a_runtime
from tests.services.commands import Terminal

HASHES = {
    "account.identity", "consent.identity", "consent.state_hash", "answer.key",
    "answer.request", "try.key", "channel.remote", "channel.secret_hash",
    "gate.key", "audit.seal", "link.secret_hash", "session.secret_hash", "token.secret_hash",
    "attendee.secret_hash", "feed.secret_hash", "uid.uid_hash", "series.identity",
}  # fmt: skip
PLAIN = {"answer.body", "busy.events"}  # an answer that was given, and packed times
_SEAL = re.compile(rb"gAAAA[A-Za-z0-9_=-]{60,}")


def test_every_column_of_bytes_is_a_hash_or_is_sealed_anew() -> None:
    of_bytes = {
        f"{table.name}.{column.name}"
        for table in TABLES.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary) or getattr(column.type, "impl", 0) is LargeBinary
        or isinstance(getattr(column.type, "impl", None), LargeBinary)
    }  # fmt: skip
    sealed = {f"{each.class_.__tablename__}.{each.key}" for each in SEALED}

    assert of_bytes == HASHES | PLAIN | sealed


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONHOUR_HOME", str(tmp_path))


def furnished(runtime: Runtime) -> tuple[CalendarRow, AccountRow]:
    ada = a_person(runtime, "ada@example.org")
    calendar_id, address = calendars.sealed(runtime.keys, "https://calendar.example.org/secret.ics")
    with runtime.work() as work:
        calendar = CalendarRow(
            id=calendar_id, person_id=ada, kind=CalendarKind.WORK, source=Source.ADDRESS,
            address=address, seen=runtime.keys.sealed("[]", calendar_id), created_at=work.now,
        )  # fmt: skip
        account = AccountRow(
            id=new_id(), person_id=ada, host=Host.GOOGLE, identity=b"x", scopes=[],
            sealed=runtime.keys.sealed("a token", "ada"), created_at=work.now,
            consented_at=work.now,
        )  # fmt: skip
        work.add(calendar, account)
        work.note("calendar.added", calendar_id)
    return calendar, account


def opened_by(key: str, home: Path) -> list[bytes]:
    """The seals in any file of a home that a key opens."""
    fernet, found = Fernet(key), []
    for path in home.rglob("*"):
        for seal in _SEAL.findall(path.read_bytes()) if path.is_file() else ():
            for end in range(len(seal), 100, -1):  # the next bytes of a page may look alike
                try:
                    fernet.decrypt(seal[:end])
                except (InvalidToken, ValueError):
                    continue
                found.append(seal[:end])
                break
    return found


def test_kept_keys_are_exchanged_and_the_old_one_opens_nothing(
    tmp_path: Path, terminal: Terminal
) -> None:
    runtime = a_runtime(tmp_path)
    calendar, account = furnished(runtime)
    runtime.engine.dispose()
    old = json.loads((tmp_path / "keys.json").read_text())["token_key"]
    assert len(opened_by(old, tmp_path)) >= 4  # the judge sees them while they are there

    outcome = terminal.run("keys", "rotate", "--json")

    assert outcome.status == 0, outcome.err
    assert outcome.answer == {"sealed_anew": 4, "not_opened": 0}
    assert opened_by(old, tmp_path) == []
    assert old not in (tmp_path / "keys.json").read_text()
    again = Runtime.of(Settings(home=tmp_path))
    with again.reading() as work:
        found = work.session.get_one(CalendarRow, calendar.id)
        assert again.keys.opened(found.address or b"", found.id).endswith("/secret.ics")
        assert again.keys.opened(work.session.get_one(AccountRow, account.id).sealed, "ada")
        verdict = audit.verify(work.session)
    assert verdict.broken is None
    assert not verdict.cut
    again.engine.dispose()


def test_a_running_service_keeps_its_key(tmp_path: Path, terminal: Terminal) -> None:
    a_runtime(tmp_path).engine.dispose()
    before = Keys.of(Settings(home=tmp_path))
    here = Settings(home=tmp_path)
    with keys_of(here):
        outcome = terminal.run("keys", "rotate")

    assert outcome.status == 2
    assert "stop it, rotate, and start it again" in outcome.err
    refused = pytest.raises(Explained, match="exchanged")
    with keys_of(here, to_exchange=True), refused, keys_of(here):
        pass
    assert before.opened(Keys.of(Settings(home=tmp_path)).sealed("x", 1), 1) == "x"


def test_keys_of_the_environment_are_exchanged_there(
    tmp_path: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    runtime = a_runtime(tmp_path, token_keys=(old,))
    furnished(runtime)
    runtime.engine.dispose()
    monkeypatch.setenv("COMMONHOUR_TOKEN_KEYS", f"{new} {old}")

    outcome = terminal.run("keys", "rotate")

    assert outcome.status == 0, outcome.err
    assert "take the older keys out of COMMONHOUR_TOKEN_KEYS" in outcome.out
    assert opened_by(old, tmp_path) == []

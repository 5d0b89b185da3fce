"""What operators see of hosts that tell of changes: counts, and nobody's name."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from calendar_sync.errors import Unsupported
from services.doctor.examine import examine
from services.flow import told
from services.parts import Look, look
from services.storage.ids import new_id
from services.storage.rows.accounts import AccountRow, Host
from services.storage.rows.calendars import CalendarKind, CalendarRow, Source
from services.storage.rows.channels import ChannelRow
from services.storage.telling import Telling
from services.wiring import Runtime, now
from tests.flow.accounts_town import MAIN, a_flat
from tests.flow.test_channels import TWO, at_home
from tests.operators.installation import Installation
from tests.operators.test_page import house, of
from tests.runtimes import a_person, ticked

HERE = "https://us.example.org"
AGO = timedelta(minutes=5)


def an_account(
    runtime: Runtime, host: Host, *, calendars: int = 1, lost: bool = False, failures: int = 0
) -> tuple[UUID, list[UUID]]:
    """Somebody's account with calendars that were chosen; nothing is watched yet."""
    account, at = new_id(), runtime.clock()
    person = a_person(runtime, f"{account}@example.org")
    chosen = [new_id() for _ in range(calendars)]
    with runtime.work() as work:
        work.add(
            AccountRow(
                id=account, person_id=person, host=host, identity=account.bytes, sealed=b"",
                scopes=[], created_at=at, consented_at=at, watch_failures=failures,
                lost_at=at if lost else None,
            )
        )  # fmt: skip
        work.session.flush()
        for each in chosen:
            work.add(
                CalendarRow(
                    id=each, person_id=person, kind=CalendarKind.WORK, source=Source.ACCOUNT,
                    account_id=account, created_at=at, tried_at=at, read_at=at,
                )
            )  # fmt: skip
    return account, chosen


def a_channel(
    runtime: Runtime, account: UUID, calendar: UUID | None, *,
    heard: datetime | None = None, here: str = HERE, over: bool = False, known: bool = True,
) -> None:  # fmt: skip
    """Let a channel of it be there."""
    at = runtime.clock()
    with runtime.work() as work:
        work.add(
            ChannelRow(
                id=new_id(), account_id=account, calendar_id=calendar, address=f"{here}/hooks/x",
                secret_hash=new_id().bytes, remote=b"remote" if known else None, opened_at=at - AGO,
                until_at=at - AGO / 2 if over else at + AGO, heard_at=heard,
            )
        )  # fmt: skip


def a_mixture(runtime: Runtime, heard: datetime) -> None:
    """Five accounts whose hosts could tell: of two they do, of one it cannot be opened."""
    whole, [one, other] = an_account(runtime, Host.GOOGLE, calendars=2)
    a_channel(runtime, whole, one, heard=heard - AGO)
    a_channel(runtime, whole, other, heard=heard)
    outlook, _ = an_account(runtime, Host.OUTLOOK, calendars=2)
    a_channel(runtime, outlook, None)
    half, [one, other] = an_account(runtime, Host.GOOGLE, calendars=2)
    a_channel(runtime, half, one)
    a_channel(runtime, half, other, over=True)
    a_channel(runtime, half, None)  # of a calendar that is no longer chosen
    moved, [one] = an_account(runtime, Host.GOOGLE)
    a_channel(runtime, moved, one, here="https://elsewhere.example.org")
    a_channel(runtime, moved, one, known=False)
    an_account(runtime, Host.OUTLOOK, failures=3)
    lost, [one] = an_account(runtime, Host.GOOGLE, lost=True, failures=2)
    a_channel(runtime, lost, one)
    an_account(runtime, Host.CALDAV)


def telling(found: Look) -> Telling:
    assert found.numbers is not None
    assert found.numbers.telling is not None
    return found.numbers.telling


def reached(here: Installation) -> Installation:
    """Let hosts reach it."""
    here.runtime.settings = replace(here.runtime.settings, push_url=HERE)
    return here


def test_accounts_of_which_hosts_tell_are_counted(here: Installation) -> None:
    at = now().replace(microsecond=0)
    without = here.numbers()
    a_mixture(reached(here).runtime, at)

    numbers = here.numbers()

    assert not [each for each in without if "telling" in each or "heard" in each]
    assert {each: numbers[f'telling_accounts{{state="{each}"}}'] for each in ("able", "told")} == {
        "able": 5, "told": 2,
    }  # fmt: skip
    assert numbers['telling_accounts{state="unopened"}'] == 1
    assert numbers["heard_timestamp_seconds"] == at.timestamp()


def test_where_no_host_has_spoken_that_is_the_number(here: Installation) -> None:
    assert reached(here).numbers()["heard_timestamp_seconds"] == 0


def test_the_page_says_how_many_and_when_the_last_one_was_heard(tmp_path: Path) -> None:
    found = house(tmp_path)
    visitor = found.visitor("outsider")
    unset = visitor.get("/operator").text
    found.runtime.settings = replace(found.runtime.settings, push_url=HERE)
    silent = visitor.get("/operator").text
    a_mixture(found.runtime, found.runtime.clock() - 3 * AGO)

    text = visitor.get("/operator").text

    assert "Told of changes no: COMMONHOUR_PUSH_URL is not set" in unset
    assert "Told of changes 0 of 0 accounts; nothing heard yet; not opened: 0" in silent
    assert "Told of changes 2 of 5 accounts; last heard 15 minutes ago; not opened: 1" in text


def test_everything_runs_and_the_page_says_what_fails_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = house(tmp_path)
    here = of(found)
    visitor = found.visitor("outsider")
    monkeypatch.setattr("services.parts.status", lambda _: "ok")
    well = visitor.get("/operator").text
    _, chosen = an_account(here.runtime, Host.GOOGLE, calendars=6)
    with here.runtime.work() as work:
        for each in chosen:
            work.session.get_one(CalendarRow, each).failed_what = "It is away"
    failing = visitor.get("/operator").text
    reached(here)
    an_account(here.runtime, Host.OUTLOOK, failures=1)
    both = visitor.get("/operator").text

    assert "Everything runs Parts" in well
    assert "Everything runs, but 6 calendars cannot be read Parts" in failing
    assert (
        "Everything runs, but 6 calendars cannot be read and hosts do not tell of changes in "
        "1 account Parts"
    ) in both


def test_the_doctor_says_that_channels_cannot_be_opened(here: Installation) -> None:
    settings = reached(here).runtime.settings
    env = {
        "COMMONHOUR_HOME": str(settings.home),
        "COMMONHOUR_DATABASE_URL": str(settings.database_url),
        "COMMONHOUR_PUSH_URL": "https://127.0.0.1:1",
    }

    def channels() -> list[tuple[str, str]]:
        return [(each.state, each.what) for each in examine(env, now()) if each.part == "channels"]

    before = channels()
    an_account(here.runtime, Host.GOOGLE, failures=2)

    assert before == []
    assert channels() == [("weak", "channels cannot be opened in 1 account")]


def test_that_a_channel_cannot_be_opened_is_warned_of_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    flat = a_flat(tmp_path)
    account = at_home(flat)
    account.refuses = Unsupported("The host cannot reach the address", remedy="mend it")
    caplog.set_level(logging.INFO)
    flat.connected()
    for _ in range(3):
        flat.later(hours=7)

    said = [each for each in caplog.records if "account not watched" in str(each.msg)]
    tried, warned = len(said), [each for each in said if each.levelno == logging.WARNING]
    unopened = telling(look(flat.runtime))
    account.refuses = None
    flat.later(hours=7)
    flat.runtime.engine.dispose()

    assert tried >= 3
    assert len(warned) == 1
    assert "Unsupported" in str(warned[0].msg)
    assert (unopened.able, unopened.told, unopened.unopened) == (1, 0, 1)


def test_it_is_counted_as_its_owner_is_told(tmp_path: Path) -> None:
    flat = a_flat(tmp_path)
    account = at_home(flat)
    connected = flat.connected(**TWO)

    def both() -> tuple[bool, Telling]:
        with flat.runtime.reading() as work:
            row = work.session.get_one(AccountRow, connected)
            at = flat.runtime.settings.push_url
            owner = told.is_told(work, flat.host, row, at)
        return owner, telling(look(flat.runtime))

    before = both()
    ticked(flat.runtime)
    account.occupy(MAIN, (0, 60))
    after = both()
    flat.runtime.engine.dispose()

    assert (before[0], before[1].told) == (False, 0)
    assert (after[0], after[1].told, after[1].unopened) == (True, 1, 0)

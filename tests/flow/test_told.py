"""Hosts that tell: what somebody changes is read soon, through the doors at which hosts knock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from calendar_sync.host import Asked, Grant
from calendar_sync.outlook import consent
from services.app import create_app
from services.flow import accounts, watching
from services.storage import channels as stored
from services.storage.rows.channels import ChannelRow
from services.wiring import Runtime
from tests.flow.google_town import WEEK, GoogleTown, a_town
from tests.flow.outlook_town import RETURN, OutlookTown
from tests.runtimes import ticked
from tests.sandbox.running import a_client
from tests.sizes import size
from tests.up.running import await_

ADA = "ada@example.org"


class Telling(OutlookTown):
    """Outlook accounts whose owners let us hear of changes, which is more than we ask for."""

    scopes: ClassVar[frozenset[str]] = frozenset({"Calendars.Read"})

    def grant(self, email: str) -> Grant:
        asked = Asked(RETURN, "state", "verifier" * 8, "nonce")
        question = consent.question(self.host.where, asked, email, self.scopes)
        asked_as = f"{question}&as={self.running.world.person(email).id}"
        with a_client(self.running) as person:
            back = person.post(asked_as, data={"decision": "accept"}).headers["Location"]
        [code] = parse_qs(urlsplit(back).query)["code"]
        grant: Grant = self.host.redeem(asked, code, self.clock())
        return grant


@contextmanager
def doors(runtime: Runtime) -> Iterator[str]:
    """Our own doors, on this machine."""
    server = make_server("127.0.0.1", 0, create_app(runtime), threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(params=[GoogleTown, Telling], ids=["google", "outlook"])
def town(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[GoogleTown]:
    monkeypatch.setattr(consent, "_NARROWEST", ("Calendars.Read",))
    with a_town(request.param, tmp_path / "town") as town, doors(town.runtime) as address:
        town.runtime.settings = replace(town.runtime.settings, push_url=address)
        yield town


def channels(town: GoogleTown) -> list[ChannelRow]:
    with town.runtime.reading() as work:
        return list(work.session.scalars(select(ChannelRow).order_by(ChannelRow.id)))


def open_there(town: GoogleTown) -> int:
    """How many channels are open at the host."""
    kind = "channel" if type(town) is GoogleTown else "subscription"
    return len(town.running.world.store.all(kind))


def test_what_is_changed_is_read_because_the_host_tells(town: GoogleTown) -> None:
    town.moves_in(ADA, *WEEK[:1], also=("Private",))
    town.later(minutes=2)
    main = town.running.world.calendars(ADA)[0].id

    assert open_there(town) == len(channels(town)) == (2 if type(town) is GoogleTown else 1)
    town.occupy(main, WEEK[1])
    await_(lambda: any(each.heard_at for each in channels(town)), "a word of the host")
    town.later(seconds=71)

    assert town.busy(ADA) == WEEK[:2]


def test_every_calendar_is_watched_all_the_time_and_once(town: GoogleTown) -> None:
    town.moves_in(ADA, *WEEK[:1])
    ticked(town.runtime)
    names = set()
    for _ in range(size(4, 14)):
        town.later(days=1)
        [each] = channels(town)
        names.add(each.id)
        assert each.remote is not None
        assert open_there(town) == 1

    assert len(names) in size((2,), (4, 5))


class Dead(BaseException):
    """Whoever did it was killed."""


def test_a_channel_whose_answer_nobody_heard_speaks_for_itself(
    town: GoogleTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.moves_in(ADA, *WEEK[:1])
    with monkeypatch.context() as killed, pytest.raises(Dead):
        killed.setattr(watching, "stored", Killed())
        ticked(town.runtime)
    assert open_there(town) == 1
    if type(town) is GoogleTown:  # the first message says how it is called
        await_(lambda: channels(town)[0].remote, "the name of the channel")

    town.later(minutes=3)
    if type(town) is not GoogleTown:  # there it is the first change that says so
        assert open_there(town) == 2
        town.occupy(town.running.world.calendars(ADA)[0].id, WEEK[1])
        await_(lambda: all(each.remote for each in channels(town)), "a word of both")
        ticked(town.runtime)

    assert open_there(town) == len(channels(town)) == 1


class Killed:
    """A memory of channels that dies when it is to keep an answer."""

    def __getattr__(self, name: str) -> object:
        if name == "locked":
            raise Dead
        return getattr(stored, name)


def test_an_account_that_is_let_go_leaves_nothing_open_at_its_host(town: GoogleTown) -> None:
    town.moves_in(ADA, *WEEK[:1])
    ticked(town.runtime)
    assert open_there(town) == 1

    with town.runtime.work(town.people[ADA]) as work:
        accounts.disconnect(work, town.accounts[ADA])
    ticked(town.runtime)

    assert (open_there(town), channels(town)) == (0, [])

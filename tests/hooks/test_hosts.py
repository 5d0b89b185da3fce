"""The doors, before hosts as the sandbox plays them: their handshake, their news, their ends."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from wsgiref.types import WSGIApplication

import pytest
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from calendar_sync.google import consent as google
from calendar_sync.provider import Channel
from services.app import create_app
from services.flow import channels, proof
from services.storage.rows.accounts import Host
from services.storage.rows.channels import ChannelRow
from services.storage.rows.outbox import OutboxRow
from services.wiring import Runtime
from tests.calendar_sync.stages import Counter, Tokens
from tests.flow.google_town import HOUR, MONDAY, GoogleTown, a_town
from tests.flow.outlook_town import OutlookTown
from tests.runtimes import drained
from tests.sandbox.running import signed_in, signed_in_at_outlook
from tests.serving import answering
from tests.sizes import size
from tests.up.running import await_

ADA = "ada@example.org"
LIVES = ["missed", "reauthorizationRequired", "subscriptionRemoved"]
PATHS = {Host.GOOGLE: "/hooks/google", Host.OUTLOOK: "/hooks/graph"}
SCOPES = {Host.GOOGLE: frozenset(google.SCOPES), Host.OUTLOOK: frozenset({"Calendars.Read"})}
SIGNED_IN = {Host.GOOGLE: signed_in, Host.OUTLOOK: signed_in_at_outlook}


class _Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None: ...


@contextmanager
def listening(
    runtime: Runtime, around: Callable[[WSGIApplication], WSGIApplication] = lambda app: app
) -> Iterator[str]:
    """Let hosts reach the service; where. `around`: who is asked first."""
    app = around(create_app(runtime))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    with answering(server):
        yield f"http://127.0.0.1:{server.server_port}"


@contextmanager
def watched(of: type[GoogleTown], home: Path) -> Iterator[tuple[GoogleTown, UUID]]:
    """A town where Ada's account is watched, and was read a while ago."""
    with a_town(of, home) as town, listening(town.runtime) as here:
        town.moves_in(ADA)
        town.clock.forward(minutes=10)
        town.running.world.clock.advance(600)
        yield town, watch(town, here + PATHS[of.at])


def watch(town: GoogleTown, address: str) -> UUID:
    secret, until = proof.minted(), town.clock() + timedelta(days=7)
    with town.runtime.work() as work:
        row = ChannelRow(
            id=uuid4(), account_id=town.accounts[ADA], address=address,
            secret_hash=proof.hashed(secret), opened_at=work.now, until_at=until,
        )  # fmt: skip
        work.add(row)
    asked = Channel(str(row.id), secret, address, int(until.timestamp()))
    token = SIGNED_IN[town.at](town.running, ADA, SCOPES[town.at])
    provider = town.host.provider(Tokens([token]), Counter(), SCOPES[town.at])
    found = provider.watch(provider.calendars()[0].calendar, asked)
    with town.runtime.work() as work:
        kept = work.session.get_one(ChannelRow, row.id)
        channels.opened(work, town.runtime.keys, kept, found.resource, until=until, once=60)
    return row.id


def looks(town: GoogleTown) -> int:
    """How often somebody is to look at Ada's account."""
    with town.runtime.reading() as work:
        rows = work.session.scalars(select(OutboxRow).where(OutboxRow.state == "waiting"))
        return sum(row.fact == "AccountDue" for row in rows)


def sent(town: GoogleTown, fortune: str) -> list[dict[str, Any]]:
    """The notifications that were sent with this fortune."""
    every = town.running.world.history.entries()
    return [each for each in every if each["kind"] == "notification" and each["fortune"] == fortune]


@pytest.mark.parametrize("of", [GoogleTown, OutlookTown])
def test_a_change_is_looked_at_soon_whatever_is_told_beside(
    of: type[GoogleTown], tmp_path: Path
) -> None:
    with watched(of, tmp_path / "town") as (town, _):
        assert looks(town) == 0
        fortunes = town.running.faults.notifications
        fortunes.forge, fortunes.duplicate = 1, 1

        town.occupy(ADA, (MONDAY, MONDAY + HOUR))

        await_(lambda: sent(town, "again"), "news that is told again")
        assert {each["status"] for each in sent(town, "sent") + sent(town, "forged")} == {202}
        assert looks(town) == 1
        drained(town.runtime)
        assert (MONDAY, MONDAY + HOUR) in town.busy(ADA)


@pytest.mark.parametrize("what", size(["subscriptionRemoved"], LIVES))
def test_what_befalls_a_subscription_is_made_good(what: str, tmp_path: Path) -> None:
    with watched(OutlookTown, tmp_path / "town") as (town, channel):
        for each in town.running.world.lives:
            each(what, ADA)

        await_(lambda: sent(town, "sent"), "a word about the subscription")
        with town.runtime.reading() as work:
            row = work.session.get(ChannelRow, channel)
        assert (row is None) == (what == "subscriptionRemoved")
        assert looks(town) == (what != "reauthorizationRequired")

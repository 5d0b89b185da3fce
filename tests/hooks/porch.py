"""Who stands before the doors for notifications: true hosts, and others."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from services.app import create_app
from services.flow.proof import hashed
from services.storage.rows.accounts import AccountRow
from services.storage.rows.channels import ChannelRow
from services.storage.rows.doors import TryRow
from services.storage.rows.outbox import OutboxRow
from tests.flow.accounts_town import Flat, a_flat

SECRET = "what only the host and we know"
REMOTE = "as the host calls it"


@dataclass
class Porch:
    """Ada's account, read a while ago, and the doors of the service that reads it."""

    flat: Flat
    account_id: UUID
    client: FlaskClient

    def channel(self, secret: str = SECRET, remote: str | None = REMOTE) -> UUID:
        """A channel by which Ada's calendar is watched; None: it is just being opened."""
        with self.flat.runtime.work() as work:
            row = ChannelRow(
                id=uuid4(),
                account_id=self.account_id,
                secret_hash=hashed(secret),
                remote=None if remote is None else hashed(remote),
                sealed=None if remote is None else b"sealed",
                address="https://service.test/hooks",
                until_at=work.now + timedelta(days=7),
                renew_at=None if remote is None else work.now + timedelta(days=3),
                opened_at=work.now,
            )
            work.add(row)
            return row.id

    def google(self, channel: UUID | str, **changes: str | None) -> TestResponse:
        """What Google sends of a change; None: a header that is left out."""
        said = {"channel_id": str(channel), "channel_token": SECRET, "resource_id": REMOTE}
        said |= {"resource_state": "exists", "message_number": "7"}
        headers = {
            f"X-Goog-{name.replace('_', '-').title()}": value
            for name, value in (said | changes).items()
            if value is not None
        }
        return self.client.post("/hooks/google", headers=headers)

    def graph(self, *items: object) -> TestResponse:
        """What Graph sends: some notifications at once."""
        return self.sent(json.dumps({"value": items}))

    def sent(self, body: str | bytes) -> TestResponse:
        return self.client.post("/hooks/graph", data=body, content_type="application/json")

    def forget(self) -> None:
        """Let an hour pass after all that was told, and have everything done that follows."""
        with self.flat.runtime.work() as work:
            for table in (ChannelRow, OutboxRow, TryRow):
                work.session.execute(delete(table))
        self.flat.clock.forward(hours=1)

    def account(self) -> AccountRow:
        return self.flat.account(self.account_id)

    def looks(self) -> int:
        """How often somebody is to look at Ada's account."""
        return sum(row.fact == "AccountDue" for row in self.tasks())

    def tasks(self) -> list[OutboxRow]:
        with self.flat.runtime.reading() as work:
            return list(work.session.scalars(select(OutboxRow).where(OutboxRow.state == "waiting")))

    def kept(self) -> dict[str, list[Any]]:
        """Everything that is remembered, to compare."""
        metadata = ChannelRow.metadata
        with self.flat.runtime.reading() as work:
            return {
                table.name: sorted(map(repr, work.session.execute(table.select())))
                for table in metadata.sorted_tables
            }


def news(life: str = "", *, secret: str = SECRET, remote: str = REMOTE) -> dict[str, object]:
    """One item of what Graph sends."""
    happened = {"lifecycleEvent": life} if life else {"changeType": "updated"}
    return {
        "subscriptionId": remote,
        "clientState": secret,
        "subscriptionExpirationDateTime": "2026-12-08T09:00:00.0000000Z",
        "resource": "Users/1/Events/2",
        "tenantId": "3",
        **happened,
    }


def a_porch(home: Path, url: str | None = None) -> Porch:
    flat = a_flat(home, url)
    account = flat.connected()
    flat.clock.forward(minutes=10)  # nobody would ask a host anew so soon
    return Porch(flat, account, create_app(flat.runtime).test_client())

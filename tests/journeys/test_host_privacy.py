"""Of an account at a host only times enter, and what lets us in stays sealed (P42, P43, P44)."""

import secrets
import sqlite3
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zlib import compress

import httpx
import pytest
from sqlalchemy import select, update

from notifications import outbox
from scheduler.errors import Explained
from services.config import Settings
from services.demo.browser import Browser
from services.flow import access, rests
from services.sandbox.google import app as google
from services.sandbox.google import tokens
from services.sandbox.outlook import asking
from services.sandbox.serving import Running, environment
from services.storage.rows.accounts import AccountRow, ReleaseRow
from services.storage.rows.outbox import OutboxRow, TaskState
from services.wiring import Runtime
from tests.canary.account import Planted, planted_account
from tests.canary.canaries import Words
from tests.canary.scan import find
from tests.journeys.service import Api, Service, started
from tests.journeys.test_privacy import collected
from tests.sandbox.running import a_sandbox
from tests.sizes import size

SEED = 20270108
ADA, CORA = "ada@example.org", "cora@example.org"
_PATIENCE = 90.0  # seconds
_LIBRARIES = tuple(
    f"where={each}".encode()
    for each in ("httpx", "httpcore", "googleapiclient", "google.", "msal", "urllib3", "requests")
)
Things = Mapping[str, bytes]


@dataclass(frozen=True)
class Side:
    """Which host that is, by what differs.

    yes      how its page is told that somebody consents
    listing, changes, busy  what is asked there, by its addresses
    returns  whether it takes access back
    """

    name: str
    kind: str
    yes: str
    listing: str
    changes: str
    busy: str
    returns: bool

    def takes_back(self, sandbox: Running, email: str) -> None:
        """Let somebody take consent back, at the host."""
        if self.returns:
            sandbox.world.grants.remove(email)
        else:
            sandbox.world.entra.remove(email)
            sandbox.world.entra.expire("access", email)


GOOGLE = Side("google", "google", "allow", "calendarList", "/events", "freeBusy", returns=True)
OUTLOOK = Side(
    "outlook", "work", "accept", "/me/calendars$", "/delta", "calendarView$", returns=False
)


class Window(Browser):
    """Ada's browser; it keeps every page that it saw, by its whole address."""

    def __init__(self, ca_file: Path, service: str) -> None:
        super().__init__(ca_file)
        self.service, self.seen = service, dict[str, bytes]()

    def _take(self, response: httpx.Response) -> None:
        for each in (*response.history, response):
            if str(each.url).startswith(self.service) and "/return?" not in str(each.url):
                self.seen[f"{len(self.seen)} {each.url}"] = each.content
        super()._take(response)


@dataclass
class Story:
    """Everything that happens to an account that is connected, well and badly."""

    side: Side
    sandbox: Running
    service: Service
    planted: Planted
    answers: dict[str, Any] = field(default_factory=dict)
    account: str = ""
    sealed: bytes = b""

    def plays(self) -> Window:
        """Let it happen, and return what Ada saw."""
        cora, ada = self.service.api(CORA), self.service.api(ADA)
        home, term = self.group(cora)
        with Window(self.sandbox.ca_file, self.service.address) as window:
            window.open(self.link())
            window.send("")
            self.connects(window)
            until(lambda: ada.get("/me/calendars")["items"], _are_read)
            self.plans(cora, home, term)
            self.trouble(window)
            self.tells(cora, ada, home)
            self.sealed = what_is_sealed(self.service)
            self.ends(window)
        return window

    def group(self, cora: Api) -> tuple[str, str]:
        said = {"template": "roadmap", "title": "Early birds", "timezone": "America/New_York"}
        home = f"/groups/{cora.post('/groups', said)['id']}"
        member = cora.post(f"{home}/members", {"name": "Ada", "email": ADA})
        cora.ask("POST", f"{home}/members/{member['id']}/invitation")
        today = self.sandbox.world.clock.now().date()
        start, end = today + timedelta(days=14), today + timedelta(days=120)
        term = cora.post(f"{home}/terms", {"start": str(start), "end": str(end)})
        return home, term["id"]

    def link(self) -> str:
        mails = self.service.home / "mails"
        links = until(
            lambda: [link for mail in outbox.read(mails) if ADA in mail.to for link in mail.links],
            bool,
        )
        return str(links[0])

    def connects(self, window: Window) -> None:
        window.open(f"{self.service.address}/me/calendars/new")
        window.send(f"/me/accounts/{self.side.name}/connect")
        window.follow(self.planted.email)
        window.send("", ("decision", self.side.yes))
        window.send("/me/accounts/confirm")
        marks = [window.page.values[each] for each in window.page.labels if each.startswith("c-")]
        [self.account] = [
            each.partition(" ")[2].removesuffix("/calendars")
            for each in window.seen
            if each.endswith("/calendars")
        ]
        kinds = [(f"kind-{each}", "work") for each in marks]
        window.send("/calendars", *(("calendar", each) for each in marks), *kinds)

    def plans(self, cora: Api, home: str, term: str) -> None:
        made = cora.post(f"{home}/terms/{term}/plans", {})
        plan = until(
            lambda: cora.get(f"{home}/plans/{made['id']}"), lambda each: each["state"] != "reading"
        )
        self.answers["plan"] = plan
        self.answers["problem"] = cora.get(f"{home}/terms/{term}/problem")

    def trouble(self, window: Window) -> None:
        """Let the host fail in many ways, each with words of its own."""
        side, now = self.side, {"Retry-After": "0"}
        self.fails(side.changes, status=404)
        self.fails(side.busy, status=400)
        self.fails(side.busy, status=500, headers=now)
        self.fails(side.changes, status=403, headers=now)
        for do in ({"status": 500, "headers": now}, {"status": 200}):
            self.fails(side.listing, lambda: window.open(f"{self.account}/calendars"), **do)
        window.open(f"{self.service.address}/me")

    def fails(self, path: str, ask: Callable[[], None] = lambda: None, **do: Any) -> None:
        """Let one request fail, with words of the host's."""
        word = self.planted.words
        said = {"message": f"{word('said')} {word('saidmore')}", "reason": f"{word('why')} !"}
        self.sandbox.faults.take({"match": {"path": path}, "do": {**said, **do}})
        self.sandbox.world.expire_cursors()  # so that all is asked anew
        with suppress(Explained):  # a page that says so
            ask()
        until(lambda: self.sandbox.faults.told()["rules"][-1]["seen"], bool)

    def tells(self, cora: Api, ada: Api, home: str) -> None:
        self.answers["members"] = cora.get(f"{home}/members")
        self.answers["calendars"] = ada.get("/me/calendars")
        self.answers["export"] = self.service.command("export", ADA)
        group = home.rpartition("/")[2]
        self.answers["group"] = self.service.command("group", "export", group, "--with-busy")

    def ends(self, window: Window) -> None:
        """Take consent back there, give it again, disconnect; the host does not hear of that."""
        self.side.takes_back(self.sandbox, self.planted.email)
        rested(self.service)
        mails = self.service.home / "mails"
        until(lambda: outbox.read(mails), lambda found: len(found) == 2)
        window.open(f"{self.service.address}/me")
        window.send("/connect")
        window.follow(self.planted.email)
        window.send("", ("decision", self.side.yes))
        self.fails(self.side.busy, status=200)
        window.open(f"{self.account}/remove")
        window.send("/remove")
        if self.side.returns:
            self.fails("/revoke", status=503)


@pytest.fixture
def secret_words(monkeypatch: pytest.MonkeyPatch) -> Words:
    """A word in every code and token that the sandbox gives."""
    word = Words(SEED + 7)
    made = SimpleNamespace(token_urlsafe=lambda n: word("token") + secrets.token_urlsafe(n))
    monkeypatch.setattr(tokens, "secrets", made)
    return word


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What hosts tell: all they know, whatever they were asked for, and whoever asks."""
    answers: list[bytes] = []

    def whole(answer: Any, _chosen: object = None) -> Any:
        answers.append(str(answer).encode())
        return answer

    monkeypatch.setattr(google, "selected", whole)
    monkeypatch.setattr(asking, "selected", whole)
    monkeypatch.setattr("services.sandbox.outlook.wire.NOT_BASIC", ())
    monkeypatch.setattr("services.sandbox.google.access.DETAILS", ("calendar.events.freebusy",))
    return answers


@pytest.mark.parametrize("memory", size(["embedded"], ["embedded", "servers"]))
@pytest.mark.parametrize("side", [GOOGLE, OUTLOOK], ids=["google", "outlook"])
def test_no_word_of_a_connected_account_is_found_anywhere(  # noqa: PLR0917
    side: Side,
    memory: str,
    tmp_path: Path,
    secret_words: Words,
    said: list[bytes],
    request: pytest.FixtureRequest,
) -> None:
    print(f"seed {SEED}")
    env = {"COMMONHOUR_REFRESH": "1", "COMMONHOUR_TICK": "0.2", "COMMONHOUR_ONCE": "0.1"}
    if memory == "servers":
        env["COMMONHOUR_DATABASE_URL"] = request.getfixturevalue("postgres_url")
        env["COMMONHOUR_REDIS_URL"] = request.getfixturevalue("redis_url")
    with a_sandbox(tmp_path / "google") as sandbox:
        planted = planted_account(sandbox.world, SEED, side.kind)
        env |= environment(sandbox.base, sandbox.ca_file)
        with started(tmp_path / "home", env) as service:
            sandbox.world.grants.allow([f"{service.address}/connect/google/return"])
            sandbox.world.entra.allow([f"{service.address}/connect/outlook/return"])
            story = Story(side, sandbox, service, planted)
            window = story.plays()
            time.sleep(1.5)  # the log's last lines, and Redis' file
            kept = dict(collected(service, env))
            kept |= {f"answer {key}": str(each).encode() for key, each in story.answers.items()}
            if memory == "embedded":
                kept |= {"backup": backup(service.home / "commonhour.db")}
            sealed = story.sealed + what_is_sealed(service)

    hidden = [*planted.words.made, *secret_words.made]
    assert leaks([*hidden, *planted.names, planted.email], kept) == []
    choosing = {key: page for key, page in window.seen.items() if key.endswith("/calendars")}
    others = {key: page for key, page in window.seen.items() if key not in choosing}
    assert leaks([*hidden, *planted.names], others) == []
    assert leaks(hidden, choosing) == []
    assert not [each for each in _LIBRARIES if each in kept["log"]]
    # All of it was told, shown or sealed, and the search sees what is there.
    assert find(planted.words.made, {"told": b"".join(said)})
    assert find(planted.names, choosing)
    assert find([planted.email], others)
    assert find([planted.email], {"sealed": sealed})
    assert find(secret_words.made, {"sealed": sealed})
    token = f"Bearer {secret_words.made[-1]}".encode()
    for leak in (token, b64encode(token), compress(token)):
        assert find(secret_words.made, {"log": kept["log"][:1000] + leak})


def leaks(words: Iterable[str], things: Things) -> list[tuple[str, str, str]]:
    return [(each.where, each.canary, each.form) for each in find(words, things)]


def beside(service: Service) -> Runtime:
    """What the service runs on, a second time."""
    ours = {key: each for key, each in service.env.items() if key.startswith("COMMONHOUR_")}
    return Runtime.of(Settings.from_env(ours))


def rested(service: Service) -> None:
    """Let it be over that hosts are left alone for half a minute after nonsense."""
    runtime = beside(service)
    with runtime.work() as work:
        for account in work.session.scalars(select(AccountRow.id)):
            rests.end(work, account)
        waiting = OutboxRow.state == TaskState.WAITING, OutboxRow.due_at > work.now
        work.session.execute(update(OutboxRow).where(*waiting).values(due_at=work.now))
    runtime.engine.dispose()


def what_is_sealed(service: Service) -> bytes:
    """Open what lets us in, and what waits to be given back."""
    runtime = beside(service)
    with runtime.reading() as work:
        accounts = work.session.scalars(select(AccountRow)).all()
        released = work.session.scalars(select(ReleaseRow)).all()
        seals = [(each.sealed, access.owner_of(each)) for each in accounts]
        seals += [(each.sealed, each.owner) for each in released]
        grants = [access.opened(runtime.keys, *each) for each in seals]
    runtime.engine.dispose()
    return " ".join(f"{each.access} {each.renewal} {each.email}" for each in grants).encode()


def backup(database: Path) -> bytes:
    """A copy of the database as an operator makes it."""
    copy = database.parent.parent / "copy.db"
    with closing(sqlite3.connect(database)) as theirs, closing(sqlite3.connect(copy)) as ours:
        theirs.backup(ours)
    return copy.read_bytes()


def until(look: Callable[[], Any], good: Callable[[Any], bool]) -> Any:
    end = time.monotonic() + _PATIENCE
    while not good(found := look()):
        assert time.monotonic() < end, found
        time.sleep(0.1)
    return found


def _are_read(calendars: list[dict[str, Any]]) -> bool:
    return len(calendars) == 2 and all(each["read_at"] is not None for each in calendars)

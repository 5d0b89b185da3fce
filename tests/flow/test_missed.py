"""Weeks in which hosts tell too little, too much and too late: in the end all is known."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import httpx
import pytest

from calendar_sync.errors import CursorExpired
from calendar_sync.host import Access, Gate
from calendar_sync.provider import CalendarId, Changes, Cursor, Found, Provider, Span
from services.times import Times
from tests.flow.google_town import GoogleTown, a_town
from tests.flow.outlook_town import OutlookTown
from tests.flow.owner import Owner
from tests.hooks.test_hosts import ADA, listening
from tests.runtimes import drained
from tests.sizes import size
from tests.up.running import await_

STEPS = size(7, 120)
SEEDS = size([1], [1, 2, 3])
REPEATED, LATE = 100, timedelta(hours=4)


@dataclass
class Ear:
    """Keeps what hosts tell, so that it can be told again.

    heard  when it was told, and what
    """

    clock: Any
    heard: list[tuple[datetime, str, dict[str, str], bytes]] = field(default_factory=list)

    def __call__(self, app: WSGIApplication) -> WSGIApplication:
        def hear(environ: WSGIEnvironment, start: StartResponse) -> Any:
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(body)
            head = {key[5:].replace("_", "-"): each for key, each in environ.items()
                    if key.startswith("HTTP_X_GOOG")}  # fmt: skip
            if not environ["QUERY_STRING"] and "again" not in environ.get("HTTP_USER_AGENT", ""):
                self.heard.append((self.clock(), environ["PATH_INFO"], head, body))
            return app(environ, start)

        return hear


@dataclass(frozen=True)
class Home:
    """Ada's calendar in a town of this process."""

    town: GoogleTown

    def put(self, event: dict[str, Any]) -> None:
        self.town.running.world.put(ADA, event, by=ADA)

    def now(self) -> datetime:
        return self.town.clock()

    def known(self) -> tuple[datetime | None, list[Span]]:
        [(row, busy)] = self.town.calendars(ADA)
        found = [] if busy is None else busy.events.intervals()
        return row.read_at, [(each.start, each.end) for each in found]


@dataclass
class Weeks:
    """A town whose host tells of changes, as faultily as somebody wants."""

    town: GoogleTown
    owner: Owner
    ear: Ear
    here: httpx.Client
    chance: Random
    repeated: int = 0

    def passes(self) -> None:
        """Let something go wrong, something change, and some time go by."""
        self.town.running.faults.take({"notifications": {"lose": 0.2, "reorder": True}})
        told = [self.repeats, self.delays, self.ends]
        read = [self.expires_token, self.expires_cursor, self.fails]
        what = self.chance.choice([*told, *read])
        what()
        before = len(self.told())
        for _ in range(self.chance.randrange(1, 4)):
            self.owner.changes()
        if self.open():
            await_(lambda: len(self.told()) > before, "a word of it, be it lost")
        drained(self.town.runtime)
        self.town.later(minutes=self.chance.choice([1, 5, 30, 240]))

    def repeats(self) -> None:
        """Tell the last words again and again, in another order."""
        self._tell([each for each in self.ear.heard[-4:] for _ in range(REPEATED // 4)])

    def delays(self) -> None:
        """Tell what was told long ago once more."""
        now = self.town.clock()
        self._tell([each for each in self.ear.heard if each[0] <= now - LATE][-20:])

    def ends(self) -> None:
        """Let the host close what it tells by, with a word about it if it has one."""
        self.town.running.faults.take({"clear": True})
        before = len(self.told())
        hit = [each("subscriptionRemoved", ADA) for each in self.town.running.world.lives]
        if sum(hit):
            await_(lambda: len(self.told()) > before, "a word about the subscription")
        for name in self.open():  # without a word: it is opened anew in half of its time
            self.town.running.world.store.remove(self._kind, name)
            self.town.later(days=4)

    def expires_token(self) -> None:
        for each in (self.town.running.world.grants, self.town.running.world.entra):
            each.expire("access", ADA)

    def expires_cursor(self) -> None:
        if self.chance.random() < 0.5:
            self.town.running.world.expire_cursors(ADA)
        nth, path = self.chance.randrange(1, 7), "events|delta"
        self.town.fault(ADA, path, status=410, reason=self.town.expired, nth=nth)

    def fails(self) -> None:
        self.town.fault(ADA, status=503, nth=self.chance.randrange(1, 4), times=2)

    def open(self) -> list[str]:
        """What the host tells by, that is not over."""
        now, found = self.town.running.world.clock.now(), []
        for name, each in self.town.running.world.store.all(self._kind).items():
            if "expiration" in each:
                over = int(each["expiration"]) / 1000 <= now.timestamp()
            else:
                over = datetime.fromisoformat(each["expirationDateTime"]) <= now
            found += [] if over else [name]
        return found

    def told(self) -> list[dict[str, Any]]:
        every = self.town.running.world.history.entries()
        return [each for each in every if each["kind"] == "notification"]

    @property
    def _kind(self) -> str:
        return "channel" if self.town.kind == "google" else "subscription"

    def _tell(self, words: Sequence[tuple[datetime, str, dict[str, str], bytes]]) -> None:
        for _, path, head, body in self.chance.sample(words, len(words)):
            answer = self.here.post(path, headers=head, content=body)
            assert answer.status_code == 202
            self.repeated += 1


@contextmanager
def weeks(of: type[GoogleTown], home: Path, seed: int) -> Iterator[Weeks]:
    print(f"seed {seed}")
    chance = Random(seed)
    with a_town(of, home) as town:
        if of is OutlookTown:
            town.becomes(where=replace(town.host.where, told=True))
            town.scopes = frozenset({"Calendars.Read"})  # type: ignore[misc]
        ear = Ear(town.clock)
        with listening(town.runtime, ear) as here:
            settings = replace(town.runtime.settings, push_url=here, times=Times(once=20))
            town.runtime.settings = settings
            owner = Owner(Home(town), chance)
            told = httpx.Client(base_url=here, headers={"User-Agent": "again"}, trust_env=False)
            with told as client:
                yield Weeks(town, owner, ear, client, chance)


def settles(each: Weeks) -> None:
    """Let all be well, and somebody read."""
    each.town.mended()
    each.town.later(hours=6, minutes=10)


def begins(each: Weeks) -> None:
    world, owner = each.town.running.world, each.owner
    world.add_person(ADA, "Ada", "Europe/Berlin", host=each.town.kind)
    owner.moves_in()
    each.town.joins(ADA)
    each.town.connects(ADA)
    each.town.chooses(ADA)
    each.town.later(minutes=2)
    assert each.open()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("of", [GoogleTown, OutlookTown])
def test_whatever_befalls_what_hosts_tell_all_is_known_and_nothing_is_shown_free(
    of: type[GoogleTown], seed: int, tmp_path: Path
) -> None:
    with weeks(of, tmp_path / "town", seed) as each:
        begins(each)
        with each.owner.judged():
            for _ in range(STEPS):
                each.passes()
            settles(each)
        assert each.owner.is_known()
        fortunes = [word["fortune"] for word in each.told()]
        print({fortune: fortunes.count(fortune) for fortune in set(fortunes)}, each.repeated)
        assert each.repeated >= REPEATED


@pytest.mark.parametrize("of", [GoogleTown, OutlookTown])
def test_after_eight_days_away_all_is_known_and_watched_within_the_hour(
    of: type[GoogleTown], tmp_path: Path
) -> None:
    with weeks(of, tmp_path / "town", 1) as each:
        begins(each)
        with each.owner.judged():
            for _ in range(5):
                each.owner.changes()
            each.town.later(days=8)
            each.town.later(minutes=5)
            assert each.open()
            assert each.owner.is_known()

            before = len(each.told())
            each.owner.changes()
            await_(lambda: len(each.told()) > before, "a word of it")
            each.town.later(seconds=31)  # nobody's turn to be read: it was told
            assert each.owner.is_known()


@dataclass(frozen=True)
class Careless:
    """A host that is read wrongly: where a cursor has expired, the last event is left out."""

    host: Any
    forgot: list[bool] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.host, name)

    def provider(self, access: Access, gate: Gate, given: frozenset[str]) -> Provider:
        provider, forgot = self.host.provider(access, gate, given), self.forgot
        changes, busy = provider.changes, provider.busy

        def changed(calendar: CalendarId, cursor: Cursor | None) -> Changes:
            try:
                found: Changes = changes(calendar, cursor)
            except CursorExpired:
                forgot.append(True)
                raise
            return found

        def less(calendars: list[CalendarId], span: Span) -> dict[CalendarId, Found]:
            found = busy(calendars, span)
            if not forgot:
                return dict(found)
            return {
                key: each[:-1] if isinstance(each, list) else each for key, each in found.items()
            }

        provider.changes, provider.busy = changed, less
        return provider  # type: ignore[no-any-return]


@pytest.mark.parametrize("of", [GoogleTown, OutlookTown])
def test_the_judge_notices_a_minute_that_is_shown_free(
    of: type[GoogleTown], tmp_path: Path
) -> None:
    with weeks(of, tmp_path / "town", 1) as each:
        begins(each)
        each.town.hosts[each.town.at] = Careless(each.town.host)
        each.town.running.world.expire_cursors(ADA)
        with pytest.raises(AssertionError, match="taken since"), each.owner.judged():
            each.owner.puts("once00001")
            each.town.later(hours=7)
        assert not each.owner.is_known()

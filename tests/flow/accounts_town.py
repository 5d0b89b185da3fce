"""Somebody with an account at a host that lives in this process, and a clock that a test moves."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast
from uuid import UUID

from calendar_sync.errors import ReconnectNeeded
from calendar_sync.host import Access, Asked, Gate, Grant, Limits
from calendar_sync.memory import MemoryProvider
from calendar_sync.provider import CalendarId, Capability, Provider
from services.flow import accounts, consent, groups, members, plans, sessions, terms
from services.flow.consent import Answer, Doubt
from services.storage.rows.accounts import AccountRow, Host
from services.storage.rows.calendars import BusyRow, CalendarRow
from services.storage.rows.plans import PlanRow
from services.wiring import Runtime
from tests.flow.town import NOW, TERM, Hands
from tests.runtimes import a_person, a_runtime, drained, ticked

_LIMITS = Limits(1_000_000, 1_000_000, 100_000_000)


@dataclass
class MemoryHost:
    """Accounts by their addresses of mail; what was renewed and given back is noted."""

    title: str = "Memory"
    limits: Limits = _LIMITS
    is_open: bool = True
    origin: str = "https://memory.example.org"
    accounts: dict[str, MemoryProvider] = field(default_factory=dict)
    renewed: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    over: bool = False
    life: timedelta = timedelta(hours=1)
    able: frozenset[Capability] = frozenset(Capability) - {Capability.WATCHES_ALL}

    def question(self, asked: Asked, hint: str) -> str:
        return f"{self.origin}/?state={asked.state}&hint={hint}"

    def redeem(self, asked: Asked, code: str, now: datetime) -> Grant:
        """A code is the address of whoever consents."""
        return Grant(f"a1 {code}", now + self.life, f"r1 {code}", frozenset({"read"}), code, code)

    def renew(self, grant: Grant, now: datetime) -> Grant:
        if self.over:
            raise ReconnectNeeded("It is over", remedy="connect again")
        self.renewed.append(grant.renewal)
        number = len(self.renewed) + 1
        return Grant(
            f"a{number} {grant.email}", now + self.life, f"r{number} {grant.email}",
            grant.scopes, grant.subject, grant.email,
        )  # fmt: skip

    def lacking(self, given: frozenset[str]) -> list[str]:
        return []

    def kind(self, given: frozenset[str]) -> str:
        return ""

    def capabilities(self, given: frozenset[str]) -> frozenset[Capability]:
        return self.able

    def ends_at(self, given: frozenset[str]) -> str | None:
        return None

    def allows(self, described: str) -> str | None:
        return None

    def give_back(self, grant: Grant) -> None:
        self.returned.append(grant.renewal)

    def provider(self, access: Access, gate: Gate, given: frozenset[str]) -> Provider:
        return cast(Provider, _Asked(self.accounts[access.token().partition(" ")[2]], access, gate))


@dataclass
class _Asked:
    """Lets nobody in without a token, and counts what is asked as a host would."""

    account: MemoryProvider
    access: Access
    gate: Gate

    def __getattr__(self, name: str) -> object:
        self.access.token()
        self.gate.take()
        return getattr(self.account, name)


@dataclass
class Flat:
    """Ada, her account, and a group that she has joined."""

    runtime: Runtime
    host: MemoryHost
    clock: Hands
    ada: UUID
    session: UUID
    cora: UUID
    group: UUID

    def consented(self, code: str = "ada@example.org", again: UUID | None = None) -> AccountRow:
        found = self.answered(code, again)
        assert isinstance(found, AccountRow)
        return found

    def answered(self, code: str, again: UUID | None = None) -> AccountRow | Doubt:
        with self.runtime.work(self.ada) as work:
            answer = self.asked(again)
            now = self.clock()
            return consent.granted(
                work, self.runtime.keys, answer, self.host.redeem(answer.asked, code, now),
                self.session,
            )  # fmt: skip

    def asked(self, again: UUID | None = None) -> Answer:
        with self.runtime.work(self.ada) as work:
            return consent.answered(
                work, self.runtime.keys, Host.GOOGLE, self.session, self.state(again)
            )

    def state(self, again: UUID | None = None) -> str:
        with self.runtime.work(self.ada) as work:
            address = consent.ask(
                work, self.runtime.keys, self.host, Host.GOOGLE, self.session,
                redirect="https://us.example.org/connect/google/return", account_id=again,
            )  # fmt: skip
        return address.partition("state=")[2].partition("&")[0]

    def choose(self, account: UUID, **kinds: str) -> None:
        """Let calendars of an account count, by their names."""
        opening, scopes = self.runtime.opening, frozenset({"read"})
        with opening.provider(Host.GOOGLE, account, scopes) as provider:
            listed = provider.calendars()
        with self.runtime.work(self.ada) as work:
            row = accounts.own(work, account)
            offered = accounts.choices(work, self.runtime.keys, row, listed)
            said = {each.mark: kinds[each.name] for each in offered if each.name in kinds}
            accounts.choose(work, self.runtime.keys, row, offered, said)

    def connected(self, **kinds: str) -> UUID:
        account = self.consented().id
        self.choose(account, **(kinds or {"ada@example.org": "work"}))
        drained(self.runtime)
        return account

    def connected_with(self, *times: tuple[int, int]) -> UUID:
        for each in times:
            self.host.accounts[MAIN].occupy(MAIN, each)
        return self.connected()

    def account(self, account: UUID) -> AccountRow:
        with self.runtime.reading() as work:
            return work.session.get_one(AccountRow, account)

    def calendars(self) -> list[tuple[CalendarRow, BusyRow | None]]:
        from services.storage import calendars  # noqa: PLC0415

        with self.runtime.reading() as work:
            return calendars.of_person(work, self.ada)

    def busy(self) -> list[tuple[int, int]]:
        [(_, busy)] = self.calendars()
        assert busy is not None
        return [(each.start, each.end) for each in busy.events.intervals()]

    def later(self, **time: float) -> list[str]:
        self.clock.forward(**time)
        return ticked(self.runtime)

    def plan(self) -> PlanRow:
        with self.runtime.work(self.cora) as work:
            term = terms.add(work, self.group, TERM).id
            asked = plans.ask(work, self.group, term)
            return plans.keep(work, asked, plans.answered(asked, top=1))


MAIN = CalendarId("ada@example.org")


def a_flat(home: Path, url: str | None = None) -> Flat:
    runtime = a_runtime(home, url)
    clock = runtime.clock = Hands()
    host = MemoryHost()
    runtime.hosts = {Host.GOOGLE: host}
    account = host.accounts["ada@example.org"] = MemoryProvider()
    account.add(MAIN, main=True)
    cora = a_person(runtime, "cora@example.org", "Cora")
    with runtime.work(cora) as work:
        group = groups.form(work, "roadmap", "Early birds", "UTC").id
        row, person = members.add(work, group, members.Entry(name="Ada", email="ada@example.org"))
        row.joined_at, ada = NOW, person.id
    with runtime.work() as work:
        secret = sessions.opened(work, ada)
    with runtime.reading() as work:
        found = sessions.current(work, secret)
        assert found is not None
        session = found.id
    return Flat(runtime, host, clock, ada, session, cora, group)

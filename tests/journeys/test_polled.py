"""Hosts that tell nothing, from end to end: what somebody changes there is found when asked."""

import sqlite3
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Browser

from tests.calendar_sync.radicale_host import PASSWORD, Radicale, a_radicale
from tests.journeys.service import started
from tests.journeys.town import COORDINATOR, ZONE, Group, Somebody, Town, until
from tests.sizes import size

pytestmark = pytest.mark.xdist_group("google")  # no other service beside it
_SECONDS = {"REFRESH": "2", "ONCE": "0.5", "TICK": "0.2"}
_EVENT = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//test//\r
BEGIN:VEVENT\r
UID:{uid}\r
DTSTAMP:20260101T000000Z\r
DTSTART;TZID={zone}:{day:%Y%m%d}T093000\r
DTEND;TZID={zone}:{day:%Y%m%d}T113000\r
SUMMARY:What nobody is to know\r
END:VEVENT\r
END:VCALENDAR\r
"""
_KNOWN = """
    select count(*), sum(calendar.revision), min(calendar.tried_at), max(calendar.failures),
    (select count(*) from outbox where fact = 'BusyChanged' and subject = calendar.id)
    from calendar join person on person.id = calendar.person_id where person.email = ?
"""


@dataclass
class Street:
    """The service and the sandbox, and a Radicale that others wrote."""

    town: Town
    radicale: Radicale


@pytest.fixture(scope="module")
def street(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    home = tmp_path_factory.mktemp("polled") / "home"
    with a_radicale(home.parent / "radicale") as radicale:
        env = {f"COMMONHOUR_{name}": each for name, each in _SECONDS.items()}
        env["COMMONHOUR_CA_FILE"] = str(radicale.ca_file)
        with started(home, env, sandbox=True) as service:
            trusting = ssl.create_default_context(cafile=home / "sandbox" / "ca.pem")
            client = httpx.Client(base_url=service.sandbox, verify=trusting, trust_env=False)
            with client as sandbox:
                town = Town(service, browser, service.api(COORDINATOR), sandbox)
                yield Street(town, radicale)


def test_a_feed_that_changes_is_found_and_one_that_does_not_costs_nothing(street: Street) -> None:
    town, who = street.town, Somebody("Fay Reed", "fay@example.org")
    town.let_in(who, town.busy())
    group = town.group(who)
    [there] = town.control("people", {"people": [{"email": who.email}]})["people"]
    with town.joined(who) as fay:
        fay.open("/me/calendars/new")
        fay.page.locator("#address").fill(there["calendars"][0]["feed"])
        fay.press("Read the address")
        fay.waits("/me", "read just now")

    is_found(town, who, group, lambda: town.let_in(who, later(town)))


@pytest.mark.parametrize("host", size(["radicale"], ["radicale", "sandbox"]))
def test_an_account_entered_with_a_password_is_followed(street: Street, host: str) -> None:
    town, who = street.town, Somebody("Rada Kahl", f"{host}@example.org")
    address, change = (at_radicale if host == "radicale" else at_the_sandbox)(street, who)
    group = town.group(who)
    enters(town, who, address)

    is_found(town, who, group, change)


def at_radicale(street: Street, who: Somebody) -> tuple[str, Callable[[], object]]:
    """Let somebody have a calendar at Radicale; say where, and what changes it."""
    street.radicale.add(who.email, "own")
    written(street, who, 1)
    return f"127.0.0.1:{street.radicale.port}", lambda: written(street, who, 3)


def at_the_sandbox(street: Street, who: Somebody) -> tuple[str, Callable[[], object]]:
    """As at Radicale."""
    town, person = street.town, {**who._asdict(), "timezone": ZONE, "password": PASSWORD}
    town.control("people", {"people": [{**person, "calendars": [town.busy()]}]})
    return town.service.sandbox, lambda: town.let_in(who, later(town))


def is_found(town: Town, who: Somebody, group: Group, change: Callable[[], object]) -> None:
    """See that a change is found by itself, and that nothing comes of looking where there is none.

    The second and the fourth of the dates are taken after it, and only the second before.
    """
    _, revision, tried, _, changes = known(town, who)
    until(lambda: known(town, who), lambda now: now[2] > tried)
    assert known(town, who)[1::3] == (revision, changes)

    change()
    began = time.monotonic()

    until(lambda: known(town, who), lambda now: now[4] == changes + 1)
    print(f"{who.email}: {time.monotonic() - began:.1f} s until it was found")
    count, now, _, failures, _ = known(town, who)
    assert (count, now, failures) == (1, revision + 1, 0)
    taken = [state != "free" for state in town.states(group, who.name)]
    assert taken == [False, True, False, True, False, False], town.states(group, who.name)


def known(town: Town, who: Somebody) -> tuple[int, int, str, int, int]:
    """Somebody's calendars: how many, how often changed, when asked, failures, and changes told."""
    file = f"file:{town.service.home / 'commonhour.db'}?mode=ro"
    with closing(sqlite3.connect(file, uri=True)) as database:
        found: tuple[int, int, str, int, int] = database.execute(_KNOWN, [who.email]).fetchone()
    return found


def enters(town: Town, who: Somebody, address: str) -> None:
    """Connect somebody's account with what they type, and let its calendar count."""
    with town.joined(who) as window:
        window.open("/me/accounts/caldav/new")
        for field, text in ("address", address), ("user", who.email), ("password", PASSWORD):
            window.page.locator(f"#{field}").fill(text)
        window.press("Connect")
        window.chooses()


def later(town: Town) -> dict[str, object]:
    """Somebody's own calendar with what is new in it."""
    return {"main": True, "events": town.clinic()["events"]}


def written(street: Street, who: Somebody, number: int) -> None:
    """Have an event around that date of the group written at Radicale."""
    day = street.town.thursdays()[number]
    text = _EVENT.format(uid=f"visit-{number}", zone=ZONE, day=day)
    street.radicale.ask(who.email, "PUT", f"own/{number}.ics", text.encode())

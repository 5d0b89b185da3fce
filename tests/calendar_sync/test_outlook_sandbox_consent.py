"""Consent at the sandbox's Microsoft, whose pages and tokens nobody of us wrote for this."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from calendar_sync.errors import ReconnectNeeded, Wait
from calendar_sync.host import Asked, Grant
from calendar_sync.outlook.host import OutlookHost
from calendar_sync.outlook.scopes import PERSONAL, READING
from calendar_sync.outlook.where import Where
from services.sandbox.entra.tenants import oid, tenant
from services.sandbox.serving import Running, outlook
from tests.sandbox.entra_client import ADA, BO, a_town, afresh, returned, trusting
from tests.sandbox.running import OUTLOOK_RETURN

ASKED = Asked(OUTLOOK_RETURN, "a state", "v" * 43, "a nonce")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with a_town(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
def sandbox(running: Running) -> Running:
    return afresh(running)


@pytest.fixture
def browser(sandbox: Running) -> Iterator[requests.Session]:
    with trusting(sandbox) as session:
        yield session


def at(sandbox: Running, **changes: Any) -> OutlookHost:
    return OutlookHost(Where(**{**outlook(sandbox.base), "ca_file": sandbox.ca_file, **changes}))


def consented(sandbox: Running, browser: requests.Session, who: str, host: OutlookHost) -> Grant:
    """Go where consent is asked for, accept there, and redeem what comes back."""
    address = f"{host.question(ASKED, who)}&as={who.partition('@')[0]}"
    told = returned(browser.post(address, data={"decision": "accept"}, allow_redirects=False))
    assert told["state"] == ASKED.state
    return host.redeem(ASKED, told["code"], sandbox.world.clock.now())


@pytest.mark.parametrize(("who", "own"), [(ADA, False), (BO, True)])
def test_an_account_of_each_kind_is_connected_and_renewed(
    sandbox: Running, browser: requests.Session, who: str, *, own: bool
) -> None:
    host, person = at(sandbox), sandbox.world.person(who)

    grant = consented(sandbox, browser, who, host)
    renewed = host.renew(grant, sandbox.world.clock.now())

    assert (grant.subject, grant.email) == (f"{tenant(person)}.{oid(person)}", who)
    assert host.lacking(grant.scopes) == []
    assert READING & grant.scopes == {"Calendars.ReadBasic"}
    assert (PERSONAL in grant.scopes) is own
    assert renewed.access != grant.access
    assert (renewed.subject, renewed.scopes) == (grant.subject, grant.scopes)


def test_renewals_follow_one_another_where_each_counts_once(
    sandbox: Running, browser: requests.Session
) -> None:
    sandbox.world.entra.rule(rotate=True)
    host, now = at(sandbox), sandbox.world.clock.now()
    first = consented(sandbox, browser, ADA, host)

    second = host.renew(first, now)
    third = host.renew(second, now)

    assert len({each.renewal for each in (first, second, third)}) == 3


@pytest.mark.parametrize(
    "lies",
    [
        {"aud": "another"},
        {"iss": "https://evil.example.org/v2.0"},
        {"tid": "22222222-3333-4444-8555-666666666666"},
        {"oid": "22222222-3333-4444-8555-666666666666"},
        {"nonce": "another"},
        {"exp": 1},
        {"alg": "none"},
    ],
)
def test_what_is_not_true_of_this_sign_in_connects_nothing(
    sandbox: Running, browser: requests.Session, lies: dict[str, Any]
) -> None:
    sandbox.world.entra.rule(lies=lies)

    with pytest.raises(ReconnectNeeded):
        consented(sandbox, browser, ADA, at(sandbox))


def test_consent_that_is_gone_is_asked_for_again(
    sandbox: Running, browser: requests.Session
) -> None:
    host, now = at(sandbox), sandbox.world.clock.now()
    grant = consented(sandbox, browser, ADA, host)
    sandbox.world.entra.rule(interaction_required=[ADA])
    with pytest.raises(ReconnectNeeded, match="sign in again"):
        host.renew(grant, now)
    sandbox.world.entra.rule(interaction_required=[])
    sandbox.world.entra.remove(ADA)

    with pytest.raises(ReconnectNeeded, match="does not let us read"):
        host.renew(grant, now)


def test_a_secret_that_is_wrong_is_the_operators_affair(
    sandbox: Running, browser: requests.Session
) -> None:
    host = at(sandbox, client_secret="wrong")

    with pytest.raises(Wait) as raised:
        consented(sandbox, browser, ADA, host)

    assert raised.value.whole

"""Google's limits, as the sandbox keeps them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest

from services.sandbox.clock import Clock
from services.sandbox.quotas import BadQuota, Quotas
from services.sandbox.serving import Running
from services.sandbox.store import Store
from tests.sandbox.running import a_client, signed_in

LISTS = "/google/calendar/v3/users/me/calendarList"
ADA, BO = "ada@example.org", "bo@example.org"


@pytest.fixture
def clock() -> Iterator[Clock]:
    store = Store(None)
    yield Clock(store)
    store.close()


def test_a_person_may_ask_so_much_in_any_sixty_seconds(clock: Clock) -> None:
    quotas = Quotas(clock)
    quotas.limit(per_person=3)
    assert [quotas.admit("ours", ADA) for _ in range(4)] == [True, True, True, False]
    assert quotas.admit("ours", BO)
    assert quotas.admit("theirs", ADA)  # each client has its own share of a person

    clock.advance(59)
    assert not quotas.admit("ours", ADA)
    clock.advance(2)

    assert quotas.admit("ours", ADA)
    assert quotas.told()["refused"] == {ADA: 2}


def test_all_together_may_ask_so_much(clock: Clock) -> None:
    quotas = Quotas(clock)
    quotas.limit(per_project=2)

    assert [quotas.admit("ours", each) for each in (ADA, BO, "cy@example.org")] == [
        True,
        True,
        False,
    ]


def test_the_limits_are_googles_unless_somebody_sets_others(clock: Clock) -> None:
    quotas = Quotas(clock)

    assert (quotas.per_project, quotas.per_person) == (10_000, 600)
    for wrong in (-1, True, "many"):
        with pytest.raises(BadQuota):
            quotas.limit(per_person=wrong)


def test_what_is_asked_at_the_same_time_is_counted_for_each_and_all(clock: Clock) -> None:
    quotas = Quotas(clock)
    met = Barrier(3)

    def ask(person: str) -> None:
        with quotas.together(person):
            met.wait(60)

    with ThreadPoolExecutor(3) as many:
        list(many.map(ask, (ADA, ADA, BO)))
    with quotas.together(BO):
        pass

    assert quotas.told()["at_once"] == {"most": 3, "people": {ADA: 2, BO: 1}}
    quotas.forget()
    assert quotas.told()["at_once"] == {"most": 0, "people": {}}


def test_beyond_the_limit_the_api_refuses_in_googles_words(sandbox: Running) -> None:
    sandbox.world.add_person(ADA, "Ada", "Europe/London")
    with a_client(sandbox, signed_in(sandbox, ADA, ["calendar"])) as ada:
        assert ada.post("/_sandbox/quotas", json={"per_person": 1}).json()["per_person"] == 1
        assert ada.get(LISTS).status_code == 200

        refused = ada.get(LISTS)

        assert refused.status_code == 403
        error = refused.json()["error"]["errors"][0]
        assert (error["domain"], error["reason"]) == ("usageLimits", "rateLimitExceeded")
        assert ada.get("/_sandbox/quotas").json()["refused"] == {ADA: 1}
        ada.post("/_sandbox/clock", json={"advance": 61})
        assert ada.get(LISTS).status_code == 200


def test_whoever_is_not_signed_in_takes_nobodys_share(
    sandbox: Running, client: httpx.Client
) -> None:
    assert client.get(LISTS).status_code == 401

    assert sandbox.quotas.told()["admitted"] == {}

"""Our share of a host's limits: no minute is given more than four fifths, whoever asks."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256

import pytest

from calendar_sync.errors import Wait
from calendar_sync.host import Limits
from services.flow.gates import AccountGate, Gates
from services.storage import accounts, gates
from services.storage.ids import new_id
from services.storage.rows.accounts import Host
from services.wiring import Runtime
from tests.flow.accounts_town import Flat
from tests.runtimes import a_runtime

LIMITS = Limits(all_in_a_minute=1_000, each_in_a_minute=100, all_in_a_day=1_000_000)


def taken(flat: Flat, accounts: int, seconds: int) -> list[tuple[float, int]]:
    """When which of many accounts were let through, each asking four times a second."""
    shares = Gates(flat.runtime, Host.GOOGLE, LIMITS)
    shut = [shares.of(new_id()) for _ in range(accounts)]
    let = []
    for _ in range(seconds * 4):
        for number, gate in enumerate(shut):
            try:
                gate.take()
            except Wait:
                continue
            let.append((flat.clock.now.timestamp(), number))
        flat.clock.forward(seconds=0.25)
    return let


def most_in_a_minute(times: list[float]) -> int:
    return max(sum(start <= each < start + 60 for each in times) for start in times)


def test_no_minute_of_one_account_is_given_more_than_its_share(flat: Flat) -> None:
    let = taken(flat, accounts=1, seconds=150)

    assert 70 <= most_in_a_minute([at for at, _ in let]) <= 84  # four are taken at a time


def test_no_minute_of_all_is_given_more_than_its_share(flat: Flat) -> None:
    let = taken(flat, accounts=12, seconds=75)

    assert 700 <= most_in_a_minute([at for at, _ in let]) <= 830


def test_threads_do_not_spend_what_the_database_may_refuse(flat: Flat) -> None:
    shares = Gates(flat.runtime, Host.GOOGLE, Limits(600, 1_000_000, 100_000_000))

    def take(_: int) -> int:
        try:
            shares.of(new_id()).take()
        except Wait:
            return 0
        return 4  # as many as a gate takes at a time

    with ThreadPoolExecutor(16) as pool:
        let = sum(pool.map(take, range(200)))

    assert 20 <= let <= 48  # the clock stands still: what fits into the bucket, and no more


def test_what_one_leaves_of_everybodys_share_is_for_the_next_of_its_process(flat: Flat) -> None:
    shares = Gates(flat.runtime, Host.GOOGLE, Limits(600, 1_000_000, 100_000_000))
    let = 0
    with suppress(Wait):
        for _ in range(200):
            gate = shares.of(new_id(), 10)
            gate.take()
            gate.done()
            let += 1

    assert 30 <= let <= 48  # the clock stands still: each used one of the ten it took


@pytest.mark.parametrize("processes", [3])
def test_processes_share_one_bucket(database_url: str, processes: int, flat: Flat) -> None:
    runtime: Runtime = a_runtime(flat.runtime.settings.home, database_url)
    runtime.clock = flat.clock
    key = sha256(b"a share").digest()

    def take(_: int) -> bool:
        with runtime.work() as work:
            return gates.take(work, key, 1, every=timedelta(seconds=1), burst=10)

    with ThreadPoolExecutor(processes) as pool:
        assert sum(pool.map(take, range(40))) == 10
    flat.clock.forward(seconds=3)
    with ThreadPoolExecutor(processes) as pool:
        assert sum(pool.map(take, range(10))) == 3
    flat.clock.forward(hours=1)
    with runtime.work() as work:
        assert gates.drop_over(work) == 1
    runtime.engine.dispose()


SENDING = Limits(1_000_000, 1_000_000, 100_000_000, sends=True)


def sent(flat: Flat, gates: list[AccountGate], seconds: int) -> list[float]:
    """When letters were sent, where all of these ask twice a second."""
    let = []
    for _ in range(seconds * 2):
        for gate in gates:
            with suppress(Wait):
                gate.send_letter()
                let.append(flat.clock.now.timestamp())
        flat.clock.forward(seconds=0.5)
    return let


def test_no_minute_of_a_mailbox_sends_more_letters_than_it_may(flat: Flat) -> None:
    account = new_id()
    shares = [Gates(flat.runtime, Host.OUTLOOK, SENDING, 25) for _ in range(2)]

    let = sent(flat, [each.of(account) for each in shares], seconds=75)

    assert 24 <= most_in_a_minute(let) <= 25


def test_each_mailbox_has_letters_of_its_own(flat: Flat) -> None:
    shares = Gates(flat.runtime, Host.OUTLOOK, SENDING, 25)
    gates = [shares.of(new_id()) for _ in range(3)]

    assert len(sent(flat, gates, seconds=1)) == 3 * 2


def test_a_letter_that_was_taken_and_not_sent_is_for_the_next(flat: Flat) -> None:
    shares, account = Gates(flat.runtime, Host.OUTLOOK, SENDING, 25), new_id()
    for _ in range(5):
        gate = shares.of(account)
        gate.have_letter()
        gate.done()

    for _ in range(2):
        shares.of(account).send_letter()
    with pytest.raises(Wait, match="no more letters"):
        shares.of(account).have_letter()


def test_who_waits_for_a_letter_comes_back_later_the_more_there_are(flat: Flat) -> None:
    shares, account = Gates(flat.runtime, Host.OUTLOOK, SENDING, 25), new_id()
    for _ in range(2):
        shares.of(account).send_letter()

    def waits() -> float:
        with pytest.raises(Wait) as raised:
            shares.of(account).have_letter()
        return raised.value.seconds

    first, *_, last = (waits() for _ in range(100))

    assert 2.5 <= first <= 3.2
    crowd = [waits() for _ in range(20)]
    assert max(*crowd, last) > 10  # for each of them alone, it would be three


def test_a_host_whose_letters_are_its_own_is_not_made_to_wait_for_them(flat: Flat) -> None:
    gate = Gates(flat.runtime, Host.GOOGLE, LIMITS, 25).of(new_id())

    assert len(sent(flat, [gate], seconds=30)) == 60


MAILBOX = Limits(1_000_000, 1_000_000, 100_000_000, each_at_once=4)


def test_three_of_four_places_of_an_account_are_ours_whoever_asks(flat: Flat) -> None:
    account = new_id()
    asking = [Gates(flat.runtime, Host.GOOGLE, MAILBOX).of(account) for _ in range(5)]

    def let(gate: AccountGate) -> bool:
        try:
            gate.take()
        except Wait:
            return False
        return True

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(let, asking)) == 3
    inside = [each for each in asking if each.left]
    inside[0].done()
    assert sum(let(each) for each in asking if each not in inside) == 1
    assert let(Gates(flat.runtime, Host.GOOGLE, MAILBOX).of(new_id()))  # others do not wait


def test_a_place_that_is_used_stays_and_one_that_was_left_behind_is_free_in_time(
    flat: Flat,
) -> None:
    account = new_id()
    used, dead, third, fourth = (
        Gates(flat.runtime, Host.GOOGLE, MAILBOX).of(account) for _ in range(4)
    )
    for each in (used, dead, third):
        each.take()
    for _ in range(3):
        flat.clock.forward(minutes=5)
        for each in (used, third):
            each.take(4)
    fourth.take()  # in the place of the dead one
    with pytest.raises(Wait):
        Gates(flat.runtime, Host.GOOGLE, MAILBOX).of(account).take()
    dead.done()  # it comes too late to give up what is another's
    with pytest.raises(Wait):
        Gates(flat.runtime, Host.GOOGLE, MAILBOX).of(account).take()


def with_the_towns_clock(flat: Flat, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the gates' own clock go as the town's does."""
    clock = flat.clock
    for module in ("gates", "places"):
        monkeypatch.setattr(f"services.flow.{module}.monotonic", lambda: clock().timestamp())


def test_a_place_is_kept_by_slow_requests_too(flat: Flat, monkeypatch: pytest.MonkeyPatch) -> None:
    account = new_id()
    with_the_towns_clock(flat, monkeypatch)
    slow = [Gates(flat.runtime, Host.OUTLOOK, MAILBOX).of(account, 6) for _ in range(3)]
    other = Gates(flat.runtime, Host.OUTLOOK, MAILBOX).of(account)

    for _ in range(6):  # requests that were taken at once, each a long time after the other
        for each in slow:
            each.take()
        flat.clock.forward(seconds=50)
        with pytest.raises(Wait):
            other.take()


def test_who_lost_a_place_to_another_asks_no_more(
    flat: Flat, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = new_id()
    with_the_towns_clock(flat, monkeypatch)
    asleep, *others = (Gates(flat.runtime, Host.OUTLOOK, MAILBOX).of(account) for _ in range(4))
    asleep.take()
    flat.clock.forward(minutes=5)
    for each in others:
        each.take()

    with pytest.raises(Wait):
        asleep.take()
    others[0].done()
    asleep.take()


def test_who_comes_a_little_late_finds_the_bucket_as_full_as_it_is(flat: Flat) -> None:
    key, every = sha256(b"late").digest(), timedelta(milliseconds=60)

    def take() -> bool:
        with flat.runtime.work() as work:
            return gates.take(work, key, 4, every=every, burst=400)

    let = 0
    for late in range(400):
        flat.clock.forward(seconds=-0.005 if late % 2 else 0.005)
        let += take()

    assert let == 100


def test_a_renewal_by_a_clock_that_was_far_ahead_hinders_nobody(flat: Flat) -> None:
    account = flat.consented().id
    far, lease = timedelta(days=365), timedelta(minutes=3)
    with flat.runtime.work() as work:
        assert accounts.begin_renewal(work, account, 0, work.now + far)
    with flat.runtime.work() as work:
        assert accounts.begin_renewal(work, account, 1, work.now + lease)
    with flat.runtime.work() as work:
        assert not accounts.begin_renewal(work, account, 2, work.now + lease)

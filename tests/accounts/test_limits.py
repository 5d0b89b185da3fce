"""Guessing is hopeless (P29), also for a hundred who guess at once."""

from threading import Lock

import pytest

from services.flow import limits, links
from services.flow.errors import Missing, TooMany
from services.flow.limits import Limit, Window, network_of
from services.storage.rows.accounts import TryRow
from tests.accounts.house import HERE, House, at_once, patient


def test_of_a_hundred_guesses_at_once_ten_are_looked_up(house: House) -> None:
    looked: list[int] = []
    lock = Lock()

    def guess(number: int) -> None:
        def look() -> None:
            with lock:
                looked.append(number)

        limits.guessed(house.runtime, HERE, look)

    outcomes = at_once(100, guess)

    assert len(looked) == 10
    assert sum(isinstance(each, TooMany) for each in outcomes) == 90


def test_guesses_of_one_ipv6_network_count_together(house: House) -> None:
    outcomes = at_once(
        30,
        lambda number: patient(
            lambda: limits.guessed(house.runtime, f"2001:db8::{number:x}", lambda: None) or True
        ),
    )

    assert outcomes.count(True) == 10


def test_who_guesses_links_is_refused_for_a_quarter_of_an_hour(house: House) -> None:
    house.person()
    secret = house.asked()
    for number in range(10):
        with pytest.raises(Missing):
            links.look(house.runtime, f"wrong-{number}", HERE)

    with pytest.raises(TooMany, match="wait 15 minutes") as refused:
        house.follow(secret)
    assert refused.value.seconds == 900
    links.look(house.runtime, secret, "198.51.100.1")

    house.clock.on(minutes=15)
    assert house.follow(secret)


def test_a_right_secret_counts_for_nothing(house: House) -> None:
    house.person()
    secret = house.asked()

    for _ in range(20):
        links.look(house.runtime, secret, HERE)
    for number in range(9):
        with pytest.raises(Missing):
            links.look(house.runtime, f"wrong-{number}", HERE)

    links.look(house.runtime, secret, HERE)


def test_what_was_refused_is_not_counted(house: House) -> None:
    limit = Limit("knock", 2, 60)
    first = limits.allow(house.runtime, limit, "ada")
    limits.allow(house.runtime, limit, "ada")
    for _ in range(5):
        with pytest.raises(TooMany):
            limits.allow(house.runtime, limit, "ada")

    limits.give_back(house.runtime, first)

    limits.allow(house.runtime, limit, "ada")
    with pytest.raises(TooMany):
        limits.allow(house.runtime, limit, "ada")


def test_a_try_given_back_late_does_not_count_for_the_next_stretch(house: House) -> None:
    limit = Limit("knock", 1, 60)
    old = limits.allow(house.runtime, limit, "ada")
    house.clock.on(seconds=60)
    limits.allow(house.runtime, limit, "ada")

    limits.give_back(house.runtime, old)

    with pytest.raises(TooMany):
        limits.allow(house.runtime, limit, "ada")


def test_nobody_counts_for_somebody_else_or_something_else(house: House) -> None:
    limits.allow(house.runtime, Limit("knock", 1, 60), "ada")

    limits.allow(house.runtime, Limit("knock", 1, 60), "bob")
    limits.allow(house.runtime, Limit("ring", 1, 60), "ada")

    assert house.count(TryRow) == 3


@pytest.mark.parametrize(
    ("remote", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix:", "unix:"),
        ("", ""),
    ],
)
def test_who_is_counted_together(remote: str, network: str) -> None:
    assert network_of(remote) == network


def test_a_window_lets_so_many_through_each_minute() -> None:
    now = [0.0]
    window = Window(3, clock=lambda: now[0])
    for _ in range(3):
        window.take("ada")

    now[0] = 30.5
    with pytest.raises(TooMany, match="wait 30 seconds") as refused:
        window.take("ada")
    window.take("bob")

    assert refused.value.seconds == 30
    now[0] = 60
    window.take("ada")


def test_a_window_counts_every_thread() -> None:
    window = Window(50, seconds=1000)

    outcomes = at_once(80, lambda _: window.take("ada"))

    assert sum(each is None for each in outcomes) == 50


def test_a_window_remembers_a_bounded_number() -> None:
    now = [0.0]
    window = Window(1, remembered=3, clock=lambda: now[0])
    for number in range(5):
        now[0] += 1
        window.take(f"{number}")

    window.take("0")  # forgotten, so it may again
    with pytest.raises(TooMany):
        window.take("4")

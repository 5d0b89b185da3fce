"""Guessing is hopeless (P29), also for a hundred who guess at once."""

import pytest
from sqlalchemy import event

from services.flow import limits, links
from services.flow.errors import Missing, TooMany
from services.flow.limits import Limit, Window, network_of
from services.storage.rows.doors import TryRow
from tests.accounts.house import HERE, House, at_once, patient


def test_of_a_hundred_guesses_at_once_ten_are_told_that_they_are_wrong(house: House) -> None:
    outcomes = at_once(100, lambda _: limits.guessed(house.runtime, HERE, lambda: None))

    assert outcomes.count(None) == 10
    assert sum(isinstance(each, TooMany) for each in outcomes) == 90


def test_what_is_right_among_guesses_is_found_however_many_they_are(house: House) -> None:
    outcomes = at_once(
        100,
        lambda number: limits.guessed(house.runtime, HERE, lambda: number % 5 == 0 or None),
    )

    assert outcomes.count(True) == 20
    assert outcomes.count(None) == 10
    assert sum(isinstance(each, TooMany) for each in outcomes) == 70


def test_what_cannot_be_a_secret_is_not_even_looked_up(house: House) -> None:
    looked: list[str] = []

    def heard(_c: object, _k: object, statement: str, *_rest: object) -> None:
        if "FROM link" in statement:
            looked.append(statement)

    event.listen(house.runtime.engine, "before_cursor_execute", heard)
    for wrong in ("", "a" * 42, "a" * 44, "a" * 42 + "!", "a" * 42 + "\n"):
        with pytest.raises(Missing):
            links.look(house.runtime, wrong, HERE)

    assert looked == []


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

    with pytest.raises(TooMany, match="from your network within 15 minutes") as refused:
        links.look(house.runtime, "wrong", HERE)
    assert (refused.value.remedy, refused.value.seconds) == ("wait 15 minutes", 900)
    assert house.follow(secret)  # theirs is right

    house.clock.on(minutes=15)
    with pytest.raises(Missing):
        links.look(house.runtime, "wrong", HERE)


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
    for _ in range(2):
        limits.allow(house.runtime, limit, "ada")
    for _ in range(5):
        with pytest.raises(TooMany):
            limits.allow(house.runtime, limit, "ada")

    house.clock.on(seconds=60)

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

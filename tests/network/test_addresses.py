"""Only public machines are spoken to, whatever an address, a name server or a redirect says.

Each fetch is the product's own, with the machine's own resolver, in a world where every address
leads to somebody: the wire tells who was spoken to.
"""

import random

import pytest

from tests.network.addresses import REDIRECTED, UNASKED, Trick
from tests.network.inside import HERE, NAME
from tests.network.world import World
from tests.sizes import size

SEED = 20_261_122
SECOND = f"second.{NAME}"
INNER = ("127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:192.168.0.1")


def test_the_corpus_is_as_large_as_was_promised() -> None:
    tricks = [*UNASKED, *REDIRECTED]

    assert len({each.name for each in tricks}) == len(tricks) >= 120


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1"])
def test_here_nobody_is_spoken_to_unheard(world: World, address: str) -> None:
    assert world.knock(address) == {address}


@pytest.mark.parametrize(
    "host", [NAME, NAME.upper(), HERE[0], f"[{HERE[1]}]", "\u24d0.calendar.example.org"]
)
def test_what_is_public_is_read(world: World, host: str) -> None:
    came = world.fetch(f"https://{host}/", {f"a.{NAME}": [HERE[0]]})

    assert came.said is None
    assert came.heard
    assert came.heard <= set(HERE)


@pytest.mark.parametrize("trick", UNASKED, ids=lambda trick: trick.name)
def test_nobody_is_spoken_to_at_an_address_that_leads_inside(world: World, trick: Trick) -> None:
    came = world.fetch(trick.address, trick.names, trick.moved)

    assert came.heard == frozenset()
    assert came.said


def test_nor_where_an_account_is_to_be_connected(world: World) -> None:
    for each in UNASKED:
        came = world.fetch(each.address, each.names, each.moved, account=True)

        assert came.heard == frozenset(), each.name
        assert came.said


@pytest.mark.parametrize("trick", REDIRECTED, ids=lambda trick: trick.name)
def test_nobody_inside_is_spoken_to_after_a_redirect(world: World, trick: Trick) -> None:
    came = world.fetch(trick.address, trick.names, trick.moved)

    assert came.heard
    assert came.heard <= set(HERE)
    assert came.said


def test_nor_where_an_account_is_to_be_connected_after_one(world: World) -> None:
    for each in REDIRECTED:
        came = world.fetch(each.address, each.names, each.moved, account=True)

        assert came.heard, each.name
        assert came.heard <= set(HERE), each.name
        assert came.said


def test_a_name_server_that_says_something_else_each_time_leads_nobody_inside(
    world: World,
) -> None:
    print(f"seed {SEED}")
    chance, read = random.Random(SEED), 0
    for _ in range(size(50, 3000)):
        turns = [_answer(chance) for _ in range(8)]
        moved = {"/a": "/b", "/b": "/c", "/c": "/"}
        came = world.fetch(f"https://{SECOND}/{chance.choice('abc')}", {SECOND: turns}, moved)

        assert came.heard <= set(HERE), turns
        read += came.said is None
    assert read


def _answer(chance: random.Random) -> str:
    """Return what is public, most of the time."""
    inner = chance.choices(INNER, k=chance.choice([0, 0, 0, 0, 1]))
    outer = chance.sample(HERE, chance.randint(0 if inner else 1, 2))
    return " ".join(chance.sample([*inner, *outer], len(inner) + len(outer)))

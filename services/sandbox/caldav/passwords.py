"""App passwords: a person's mail program signs in with one, made on their page."""

from hashlib import sha256
from hmac import compare_digest
from secrets import choice
from string import ascii_lowercase

from services.sandbox.world import World

_KIND = "app-password"


def make(world: World, email: str) -> str:
    """Make the person's app password, in place of an earlier one. It is told only now."""
    letters = [choice(ascii_lowercase) for _ in range(16)]
    password = "-".join("".join(letters[n : n + 4]) for n in range(0, 16, 4))
    world.store.put(_KIND, email, {"sha256": _digest(password)})
    return password


def take_back(world: World, email: str) -> None:
    """Let no program in any more."""
    world.store.remove(_KIND, email)


def has_one(world: World, email: str) -> bool:
    """Say whether there is one."""
    return world.store.get(_KIND, email) is not None


def fits(world: World, email: str, password: str) -> bool:
    """Say whether it is the person's app password, or the one they were let in with."""
    made = (world.store.get(_KIND, email) or {}).get("sha256", "")
    given = (world.store.get("password", email) or {}).get("password")
    return (bool(made) and compare_digest(str(made), _digest(password))) or (
        bool(given) and compare_digest(_digest(str(given)), _digest(password))
    )


def _digest(password: str) -> str:
    return sha256(password.encode()).hexdigest()

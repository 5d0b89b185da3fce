"""Time zones to choose from."""

from functools import cache
from importlib.resources import files

_PLACES = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian")


@cache
def known() -> tuple[str, ...]:
    """Name the zones that are called after a place."""
    names = files("tzdata").joinpath("zones").read_text().split()
    return tuple(sorted(each for each in names if each.startswith((*_PLACES, "Pacific"))))

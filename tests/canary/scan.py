"""Finds words where none should be, whatever they are wrapped in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tests.canary.needles import Needles
from tests.canary.wrappings import BETWEEN, WRAPPINGS

_DEEPEST = 3  # wrappings, one inside the other


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """A canary in a thing, and the form in which it is there: "plain", or "hex in zlib"."""

    where: str
    canary: str
    form: str


def find(canaries: Iterable[str], things: Mapping[str, bytes]) -> list[Found]:
    """Return every canary that is in a thing or its name, once for each, in its simplest form.

    A form is one of `needles`, as it is or inside up to three of `wrappings`. Raises ValueError
    for a canary of fewer than eight bytes, which chance could write as well, and for none at all.
    """
    needles = Needles(canaries)
    return sorted(
        Found(where, canary, form)
        for where, data in things.items()
        for canary, form in _forms(needles, where, data).items()
    )


def _forms(needles: Needles, where: str, data: bytes) -> dict[str, str]:
    name = where.encode("utf-8", "surrogateescape")
    layers, seen, forms = [("", data), (" in its name", name)], set[int](), dict[str, str]()
    for depth in range(_DEEPEST + 1):
        inner = list[tuple[str, bytes]]()
        for wrapped, contents in layers:
            if hash(contents) not in seen:
                seen.add(hash(contents))
                for canary, form in needles.within(contents):
                    forms.setdefault(canary, form + wrapped)
                if depth < _DEEPEST:
                    inner += _unwrapped(wrapped, contents)
        layers = inner
    return forms


def _unwrapped(wrapped: str, contents: bytes) -> Iterator[tuple[str, bytes]]:
    for form, unwrap in WRAPPINGS.items():
        if inside := BETWEEN.join(unwrap(contents)):
            yield f" in {form}{wrapped}", inside

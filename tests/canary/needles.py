"""Many words, in the spellings that need no unwrapping, sought in one pass over the bytes."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

_ENCODINGS = {"utf-8": "plain", "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be"}
_KEY = 8  # bytes of a needle that are compared first
_CHUNK = 1 << 20
_BITS = 20
_MIX = np.uint32(2654435761)


class _Needle(NamedTuple):
    """A spelling of a canary, and where in it the key begins."""

    canary: str
    form: str
    spelling: bytes
    key_at: int


class Needles:
    """The canaries in every case: as text, UTF-16, hexadecimal digits, or amid base64."""

    def __init__(self, canaries: Iterable[str]) -> None:
        self._any_case, self._as_it_is = _Index(), _Index()
        self._given = dict[str, set[bytes]]()
        for canary in dict.fromkeys(canaries):
            if len(canary.encode()) < _KEY:
                raise ValueError(f"{canary!r} is so short that it may stand there by chance.")
            self._add(canary)
        if not self._given:
            raise ValueError("Without a word to look for, finding none says nothing.")

    def within(self, data: bytes) -> Iterator[tuple[str, str]]:
        """Yield each canary that the bytes hold, and its form, as often as it is there."""
        for at, needle in self._any_case.places(data.lower()):
            there = data[at : at + len(needle.spelling)]
            exact = needle.form != "plain" or there in self._given[needle.canary]
            yield needle.canary, needle.form if exact else "other case"
        for _, needle in self._as_it_is.places(data):
            yield needle.canary, needle.form

    def _add(self, canary: str) -> None:
        alike = {normalize(form, canary) for form in ("NFC", "NFD")} | {canary}
        self._given[canary] = {text.encode() for text in alike}
        cases = {case for text in alike for case in (text, text.lower(), text.upper())}
        folded = {text.casefold() for text in alike}
        spaced = {text.replace(" ", space) for text in cases for space in "+_"}
        texts = sorted(cases | folded | spaced)
        for form, spelling in dict.fromkeys(spelt for text in texts for spelt in _spelt(text)):
            self._any_case.add(canary, form, spelling)
        for spelling in {inside for text in texts for inside in _amid_base64(text.encode())}:
            self._as_it_is.add(canary, "base64", spelling)


def _spelt(text: str) -> Iterator[tuple[str, bytes]]:
    """Yield the forms and spellings, in lower case, of a text."""
    for encoding, form in _ENCODINGS.items():
        encoded = text.encode(encoding)
        yield form, encoded.lower()
        yield "hex", encoded.hex().encode()
    for between in (" ", ":"):
        yield "hex", text.encode().hex(between).encode()


def _amid_base64(content: bytes) -> set[bytes]:
    """Return what stands in base64 for the content, whatever is encoded before and after it."""
    found = set[bytes]()
    for before, uncertain in ((0, 0), (1, 2), (2, 3)):
        letters = b64encode(bytes(before) + content)[uncertain : (before + len(content)) * 8 // 6]
        found |= {letters, letters.replace(b"+", b"-").replace(b"/", b"_")}
    return found


class _Index:
    """Needles by eight of their bytes, which are sought everywhere at once, four and four."""

    def __init__(self) -> None:
        self._needles = dict[bytes, list[_Needle]]()

    def add(self, canary: str, form: str, spelling: bytes) -> None:
        at = (len(spelling) - _KEY) // 2
        needle = _Needle(canary, form, spelling, at)
        self._needles.setdefault(spelling[at : at + _KEY], []).append(needle)

    @cached_property
    def _halves(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which hashes the first four bytes of a key have, and which the others."""
        hashes = _hashes(np.frombuffer(b"".join(self._needles), "<u4"))
        halves = np.zeros((2, 1 << _BITS), np.bool_)
        halves[0, hashes[::2]] = halves[1, hashes[1::2]] = True
        return halves[0], halves[1]

    def places(self, data: bytes) -> Iterator[tuple[int, _Needle]]:
        """Yield where a needle begins, and the needle."""
        for key_at in self._likely(data):
            for needle in self._needles.get(data[key_at : key_at + _KEY], ()):
                begin = key_at - needle.key_at
                if begin >= 0 and data.startswith(needle.spelling, begin):
                    yield begin, needle

    def _likely(self, data: bytes) -> Iterator[int]:
        """Yield where a key may begin: everywhere that it does, and seldom elsewhere."""
        first, second = self._halves
        for start in range(0, len(data) - _KEY + 1, _CHUNK):
            for at in range(start, start + 4):
                count = (min(_CHUNK + _KEY, len(data) - at)) // 4
                if count < 2:
                    break
                hashes = _hashes(np.frombuffer(data, "<u4", count, at))
                hits = np.flatnonzero(first[hashes[:-1]] & second[hashes[1:]])
                yield from (at + 4 * hits).tolist()


def _hashes(fours: NDArray[np.uint32]) -> NDArray[np.uint32]:
    return (fours * _MIX) >> np.uint32(32 - _BITS)

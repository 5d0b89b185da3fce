"""Sets of members as 64-bit words: bit m % 64 of word m // 64 is member m.

An array of sets has its W words in front (W x ...), so that work on 64 people stays together.
"""

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from scheduler.spans import Ints

Words: TypeAlias = NDArray[np.uint64]
WORD = 64  # members


def words_for(members: int) -> int:
    """How many words hold a set of that many members."""
    return -(-members // WORD)


def members_set(members: Iterable[int], size: int) -> Words:
    """Put these members into a set (W)."""
    words = np.zeros(words_for(size), np.uint64)
    for member in members:
        words[member // WORD] |= np.uint64(1) << np.uint64(member % WORD)
    return words


def one_word(members: Iterable[int]) -> np.uint64:
    """Put members below 64 into one word."""
    return np.uint64(sum(1 << member for member in members))


def count(sets: Words) -> Ints:
    """How many members each set holds (W x ... to ...)."""
    counted: Ints = np.bitwise_count(sets).sum(axis=0, dtype=np.int64)
    return counted


def listed(one: Words) -> tuple[int, ...]:
    """The members of one set (W words), ascending; for few members quicker than `unpack`."""
    left = int.from_bytes(one.astype("<u8", copy=False).tobytes(), "little")
    found = []
    while left:
        least = left & -left
        found.append(least.bit_length() - 1)
        left ^= least
    return tuple(found)


def unpack(sets: Words, size: int) -> NDArray[np.uint8]:
    """Spread sets (W x ...) into one 0 or 1 per member (... x size)."""
    octets = np.ascontiguousarray(np.moveaxis(sets, 0, -1)).astype("<u8", copy=False)
    return np.unpackbits(octets.view(np.uint8), axis=-1, count=size, bitorder="little")

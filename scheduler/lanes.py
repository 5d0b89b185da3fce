"""One number per member, packed side by side into one Python integer.

Adding two packed integers adds all their numbers at once; lanes are wide enough never to carry:
a byte for counts of dates (a term of 800 days has at most 115), 32 bits for minutes.
"""

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scheduler.spans import Ints


def pack_counts(rows: NDArray[np.uint8]) -> list[int]:
    """Pack rows of small counts (n x members), a byte each."""
    return [int.from_bytes(row.tobytes(), "little") for row in rows]


def pack_minutes(rows: Ints) -> list[int]:
    """Pack rows of minutes (n x members), 32 bits each, below 2**31."""
    return [int.from_bytes(row.tobytes(), "little") for row in rows.astype("<u4")]


def unpack_counts(packed: Sequence[int], members: int) -> NDArray[np.uint8]:
    """Unpack counts into rows (n x members)."""
    octets = b"".join(each.to_bytes(members, "little") for each in packed)
    return np.frombuffer(octets, np.uint8).reshape(len(packed), members)


def above(cap: int, members: int) -> tuple[int, int]:
    """What to add to packed counts, and where to look then, to see whether any is above a cap.

    Some is, if and only if `(packed + added) & looked_at` is not zero; counts below 128.
    """
    return int.from_bytes(bytes([127 - cap]) * members, "little"), int.from_bytes(
        b"\x80" * members, "little"
    )


def most_counted(packed: int, members: int) -> int:
    """The largest of packed counts."""
    return max(packed.to_bytes(members, "little"))


def most_minutes(packed: int, members: int) -> int:
    """The largest of packed minutes."""
    return max(array("I", packed.to_bytes(4 * members, "little")))


def least_minutes(packed: Sequence[int], members: int) -> int:
    """Packed minutes, in each lane the smallest of these."""
    rows = b"".join(each.to_bytes(4 * members, "little") for each in packed)
    table = np.frombuffer(rows, "<u4").reshape(len(packed), members)
    return int.from_bytes(table.min(axis=0).tobytes(), "little")


def guards(members: int) -> int:
    """The highest bit of every 32-bit lane."""
    return int.from_bytes(b"\0\0\0\x80" * members, "little")


def nowhere_more(ours: int, theirs: int, guard: int) -> bool:
    """Say whether no lane of our minutes exceeds theirs."""
    return ((theirs | guard) - ours) & guard == guard

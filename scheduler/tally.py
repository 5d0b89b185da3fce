"""Counting set members column by column, 64 people at a time (bit-sliced counters)."""

import numpy as np

from scheduler.sets import Words
from scheduler.spans import Ints


def most_often(sets: Words) -> Ints:
    """How often the member who is in most of the sets is in them.

    sets     W x k x T: k lists of T sets each
    returns  k counts, 0 to T

    Plane p holds bit p of every member's count; adding a set ripples a carry through the planes.
    Then the planes are read from the highest bit down, keeping whoever still is among the most.
    """
    width, lists, length = sets.shape
    planes = [np.zeros((width, lists), np.uint64) for _ in range(length.bit_length())]
    for each in range(length):
        carry = sets[..., each]
        for place in range((each + 1).bit_length()):
            planes[place], carry = planes[place] ^ carry, planes[place] & carry
    most = np.zeros(lists, np.int64)
    leaders = np.full((width, lists), np.iinfo(np.uint64).max, np.uint64)
    for place in reversed(range(len(planes))):
        ahead = leaders & planes[place]
        some = np.asarray(ahead.any(axis=0))
        leaders = np.where(some, ahead, leaders)
        most |= some.astype(np.int64) << place
    return most

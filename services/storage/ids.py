"""Names of rows: random, and later ones sort after earlier ones (RFC 9562, version 7)."""

import time
from secrets import randbits
from uuid import UUID


def new_id() -> UUID:
    """Make an id: 48 bits of milliseconds, 74 random ones."""
    milliseconds = time.time_ns() // 1_000_000
    return UUID(int=milliseconds << 80 | 0x7 << 76 | randbits(12) << 64 | 0b10 << 62 | randbits(62))

"""How much of our time and memory one calendar may take."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds for one source. Beyond any of them the source is unreadable, never shortened."""

    file_bytes: int = 20_000_000
    address_bytes: int = 5_000_000
    address_seconds: float = 20.0  # all of it: names, redirects, every last byte
    cpu_seconds: int = 4  # of the child that parses it; and one more for every 4 MB
    wall_seconds: float = 60.0  # that we wait for this child
    memory_bytes: int = 1 << 29  # the child's address space; 20 MB of events alone take 400 MB
    instances: int = 50_000  # occurrences that lie in the span asked for


USUAL = Limits()

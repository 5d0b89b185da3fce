"""How soon a university is refreshed: three of five at Outlook, three of ten at Google, feeds.

Each host is a sandbox in a process of its own that answers everything 0.3 s late; the service is
the clock, the relay and two workers for calendars. `python -m benchmarks.university 6000 2` is
the whole of it, with so many workers; a third word is the address of a PostgreSQL database.
"""

import sys
import tempfile
from pathlib import Path

from benchmarks.measure import load
from services.storage.rows.accounts import Host
from tests.flow.university import Round, University, university

_DELAY, _ROUNDS, _GOAL = 0.3, 3, 300
_SIZE, _WORKERS = 200, 2


def run(size: int = _SIZE, workers: int = _WORKERS, url: str | None = None) -> None:
    """Print every line; the first reading only lets all addresses be read whole."""
    print(f"university: {size:,} members, {workers} workers, calls {_DELAY} s away (load {load()})")
    with (
        tempfile.TemporaryDirectory() as folder,
        university(Path(folder), size, workers=workers, url=url) as campus,
    ):
        _print(campus, "addresses read whole", campus.round(1800), size)
        campus.late(_DELAY)
        for number in range(1, _ROUNDS + 1):
            _print(campus, f"round {number}", campus.round(1800), size)


def _print(campus: University, what: str, done: Round, size: int) -> None:
    each = ", ".join(f"{at or 'feeds'} {done.lasted[at]:.0f} s" for at in done.lasted)
    longest = max(done.lasted.values())
    print(f"  {f'{what} (goal {_GOAL} s for 6,000)':<46}{longest:>8.1f} s   {each}", flush=True)
    ours, theirs = 1000 * done.ours / size, 1000 * done.theirs / size
    print(f"  {'processor time of a member: ours, the hosts':<46}{ours:>8.1f} ms  {theirs:.1f} ms")
    share = 100 * done.refused / max(1, done.asked)
    together = {each.at: each.counted()["most"] for each in campus.hosts if each.at in list(Host)}
    said = ", ".join(f"{at} {most}" for at, most in together.items())
    print(f"  {'refused (goal 0.5 %); most at once':<46}{share:>8.2f} %   {said}")
    memory = ", ".join(f"{name} {each:.0f}" for name, each in done.memory.items())
    print(f"  {'memory in MB, load':<46}{memory}; {load()}", flush=True)


if __name__ == "__main__":
    run(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:4])

"""The process in which calendars from outside are read, run as `python -m` by `reader`.

It holds itself to the limits it is given, so that a calendar made to take all time or memory
takes down this process and nothing else. Its only way out is `wire`.
"""

import os
import resource
import sys
from typing import IO

from calendar_sync.ics import wire
from calendar_sync.ics.content import busy_in
from calendar_sync.ics.reasons import Reason, Refused


def main() -> None:
    """Answer questions until there are no more. The argument is the memory allowed, in bytes."""
    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold titles
    with _answers() as answers:
        while _serve(sys.stdin.buffer, answers):
            pass


def _answers() -> IO[bytes]:
    """Return the way out, and turn away everything that a library might print there."""
    out = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return out


def _serve(questions: IO[bytes], answers: IO[bytes]) -> bool:
    """Answer one question; say whether we are fit for the next."""
    try:
        question = wire.asked(questions)
    except wire.Silence:
        return False
    _allow(question.cpu_seconds)
    try:
        found = busy_in(
            question.data,
            span=question.span,
            local=question.zone,
            instances=question.instances,
        )
        wire.answer(answers, found)
    except Refused as refused:
        wire.refuse(answers, refused)
    except MemoryError:
        wire.refuse(answers, Refused(Reason.TOO_MUCH_MEMORY))
        return False
    except Exception:  # noqa: BLE001 -- its words could be a calendar's: only that it failed
        wire.refuse(answers, Refused(Reason.BROKEN))
    return True


def _allow(seconds: int) -> None:
    """Let this process run for so many more seconds of CPU time; SIGXCPU then ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


if __name__ == "__main__":
    main()

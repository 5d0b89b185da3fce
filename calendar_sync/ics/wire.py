"""What passes between us and the parser's child: bytes and a question in, numbers out.

An answer is a reason, a line number and times. It has no place for text, and so nothing that
a calendar says can cross, whatever goes wrong behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct
from typing import IO

from calendar_sync.ics.reasons import Reason, Refused
from scheduler.model.busy import BusyInterval, Kind

_QUESTION = Struct("!qqQQHQ")  # from, to, instances, CPU seconds, bytes of the zone, of the data
_ANSWER = Struct("!BQQ")  # reason (0: none), line, intervals
_INTERVAL = Struct("!qqB")
_KINDS = (Kind.BUSY, Kind.UNAVAILABLE, Kind.TENTATIVE)


class Silence(Exception):
    """The other side has closed its end, or never finished what it was saying."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One calendar, and what we want to know of it."""

    data: bytes
    span: tuple[int, int]
    zone: str
    instances: int
    cpu_seconds: int


def ask(stream: IO[bytes], question: Question) -> None:
    """Write a question."""
    zone = question.zone.encode()
    numbers = (*question.span, question.instances, question.cpu_seconds, len(zone))
    stream.write(_QUESTION.pack(*numbers, len(question.data)) + zone)
    stream.write(question.data)
    stream.flush()


def asked(stream: IO[bytes]) -> Question:
    """Read a question."""
    start, end, instances, cpu_seconds, zone, data = _QUESTION.unpack(
        _exactly(stream, _QUESTION.size)
    )
    return Question(
        zone=_exactly(stream, zone).decode(),
        data=_exactly(stream, data),
        span=(start, end),
        instances=instances,
        cpu_seconds=cpu_seconds,
    )


def answer(stream: IO[bytes], found: Sequence[BusyInterval]) -> None:
    """Write the busy time of a calendar."""
    stream.write(_ANSWER.pack(0, 0, len(found)))
    stream.writelines(
        _INTERVAL.pack(each.start, each.end, _KINDS.index(each.kind)) for each in found
    )
    stream.flush()


def refuse(stream: IO[bytes], refused: Refused) -> None:
    """Write why there is none."""
    stream.write(_ANSWER.pack(refused.reason, refused.line, 0))
    stream.flush()


def answered(stream: IO[bytes]) -> list[BusyInterval]:
    """Read an answer. Raises Refused if it is a refusal."""
    reason, line, count = _ANSWER.unpack(_exactly(stream, _ANSWER.size))
    if reason:
        raise Refused(Reason(reason), line)
    body = _exactly(stream, count * _INTERVAL.size)
    return [
        BusyInterval(start, end, _KINDS[kind]) for start, end, kind in _INTERVAL.iter_unpack(body)
    ]


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise Silence
    return data

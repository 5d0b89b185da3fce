"""The way to the workers. Redis only wakes them: what there is to do stands in SQL."""

from collections.abc import Sequence
from typing import Protocol

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from scheduler.errors import Explained
from services.reactions import reaction_called

QUEUES = ("calendars", "planning", "notices")
URGENT = "-urgent"  # of each queue there is a second one, which goes first
_DAY = 86_400
_LONGEST = 1800  # seconds for a job, which begins no more tasks long before
_PATIENCE = 2  # seconds for an answer of Redis


class NoQueue(Explained):
    """The workers cannot be reached just now."""


class Queues(Protocol):
    """Hands tasks to the workers. Every method raises NoQueue."""

    def waiting(self, queue: str, /) -> int:
        """How many jobs of a queue no worker has begun; urgent ones have a queue of their own."""

    def hand(self, job: str, tasks: Sequence[int], /) -> None:
        """Have a job done for these tasks: `calendars.read` and their ids."""


class RedisQueues:
    """RQ's queues, with JSON in them; a job is named by its queue and its function."""

    def __init__(self, url: str) -> None:
        # No tries of its own: the relay comes back in a moment.
        self._connection = Redis.from_url(
            url,
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=_PATIENCE,
            socket_timeout=_PATIENCE,
        )

    def waiting(self, queue: str, /) -> int:
        try:
            return self._queue(queue).count
        except RedisError as error:
            raise _unreachable() from error

    def hand(self, job: str, tasks: Sequence[int], /) -> None:
        reaction, queue = reaction_called(job), job.partition(".")[0]
        if reaction is not None and reaction.urgent:
            queue += URGENT
        try:
            self._queue(queue).enqueue(
                f"services.jobs.{job}",
                args=[str(each) for each in tasks],
                job_timeout=_LONGEST,
                result_ttl=0,
                failure_ttl=_DAY,
            )
        except RedisError as error:
            raise _unreachable() from error

    def _queue(self, name: str) -> Queue:
        return Queue(name, connection=self._connection, serializer=JSONSerializer)


class NoQueues:
    """Stands in where no Redis is set: what there is to do waits."""

    def waiting(self, _queue: str, /) -> int:
        raise _unset()

    def hand(self, _job: str, _tasks: Sequence[int], /) -> None:
        raise _unset()


def queues_at(url: str | None) -> Queues:
    """The queues at this address; nothing is connected before it is used."""
    return NoQueues() if url is None else RedisQueues(url)


def _unreachable() -> NoQueue:
    return NoQueue("The workers cannot be reached", remedy="check Redis and COMMONHOUR_REDIS_URL")


def _unset() -> NoQueue:
    return NoQueue(
        "There is nobody to hand work to", remedy="set COMMONHOUR_REDIS_URL, or run commonhour up"
    )

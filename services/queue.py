"""The way to the workers. Redis only wakes them: what there is to do stands in SQL."""

import logging
from typing import Protocol
from uuid import UUID

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from scheduler.errors import Explained

_log = logging.getLogger(__name__)
QUEUES = ("calendars", "planning", "notices")
_DAY = 86_400
_PATIENCE = 2  # seconds that a page may wait for Redis


class NoQueue(Explained):
    """The workers cannot be reached just now."""


class Enqueue(Protocol):
    """Hands a job to the workers: `calendars.read_plan` and the id it is about."""

    def __call__(self, job: str, subject: UUID | None = None, /) -> None:
        """Raises NoQueue."""


def to_redis(url: str) -> Enqueue:
    """Hand jobs on by RQ, as JSON; a job is named by its queue and its function."""
    # No tries of its own: whoever asks is answered at once when Redis is away.
    connection = Redis.from_url(
        url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=_PATIENCE, socket_timeout=_PATIENCE
    )

    def enqueue(job: str, subject: UUID | None = None) -> None:
        queue = Queue(job.partition(".")[0], connection=connection, serializer=JSONSerializer)
        try:
            queue.enqueue(
                f"services.jobs.{job}",
                args=() if subject is None else (str(subject),),
                job_timeout=600,
                result_ttl=0,
                failure_ttl=_DAY,
            )
        except RedisError as error:
            _log.warning("no queue for %s: %s", job, type(error).__name__)
            raise NoQueue(
                "The workers cannot be reached", remedy="try again in a minute"
            ) from error

    return enqueue


def nowhere(job: str, _subject: UUID | None = None) -> None:
    """Stand in where no Redis is set: every job is refused."""
    raise NoQueue(
        f"There is nobody to hand {job} to", remedy="set COMMONHOUR_REDIS_URL, or run commonhour up"
    )

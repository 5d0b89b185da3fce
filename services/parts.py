"""How each part of this installation fares, taken together: for whoever watches over it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq.utils import utcparse
from rq.worker_registration import WORKERS_BY_QUEUE_KEY

from services.flow import installation
from services.flow.installation import Numbers
from services.queue import QUEUES
from services.storage import migrate
from services.storage.tasks import Load
from services.storage.work import AllInUse, InTrouble, NotThere
from services.wiring import Runtime

TURNING = ("relay", "clock")
SILENT = timedelta(seconds=30)  # after which a part that turns is late
BEHIND = timedelta(seconds=60)  # for which a task may be due
_ALIVE = timedelta(seconds=60)  # since a worker last said so
_PATIENCE = 2  # seconds for an answer of Redis


@dataclass(frozen=True, slots=True)
class Look:
    """What was found at one moment.

    database  ok, away, busy or not migrated
    redis     ok, away or not set
    numbers   None: the database does not tell
    workers   how many of each queue are alive; None: Redis does not tell
    """

    database: str
    redis: str
    numbers: Numbers | None
    workers: dict[str, int] | None

    def words(self, *, starting: bool = False) -> dict[str, str]:
        """One word a part: ok, or what is the matter.

        starting  whether we have just begun: parts that are not there yet may come
        """
        return {
            "database": self.database,
            "redis": self.redis,
            **{each: self._turning(each, starting=starting) for each in TURNING},
            "workers": self._workers(starting=starting),
            "outbox": "unknown" if self.numbers is None else _outbox(self.numbers.loads),
        }

    def _turning(self, part: str, *, starting: bool) -> str:
        if self.numbers is None:
            return "unknown"
        age = self.numbers.beats.get(part)
        if age is not None and age <= SILENT:
            return "ok"
        return "starting" if starting else "late"

    def _workers(self, *, starting: bool) -> str:
        if self.workers is None:
            return "unknown" if self.redis == "away" else "none"
        if all(self.workers.values()):
            return "ok"
        return "starting" if starting else "none"


def look(runtime: Runtime) -> Look:
    """Look at everything; nothing is raised, because whatever is away is what is told."""
    database, numbers = _database(runtime)
    redis, workers = _redis(runtime)
    return Look(database, redis, numbers, workers)


def status(words: dict[str, str]) -> str:
    """All in one word: ok, degraded (requests can be served all the same) or down."""
    if words["database"] != "ok":
        return "down"
    return "ok" if set(words.values()) <= {"ok", "starting"} else "degraded"


def _outbox(loads: list[Load]) -> str:
    if any(each.quarantined for each in loads):
        return "quarantined"
    late = [each for each in loads if each.oldest is not None and each.oldest > BEHIND]
    if any(each.paused is None for each in late):
        return "behind"
    return "paused" if any(each.paused for each in loads) else "ok"


def _database(runtime: Runtime) -> tuple[str, Numbers | None]:
    try:
        if not migrate.is_current(runtime.engine):
            return "not migrated", None
        with runtime.reading() as work:
            return "ok", installation.numbers(work, QUEUES, runtime.settings.push_url)
    except InTrouble:
        return "away", None
    except AllInUse:
        return "busy", None
    except NotThere:
        return "not migrated", None


def _redis(runtime: Runtime) -> tuple[str, dict[str, int] | None]:
    url = runtime.settings.redis_url
    if url is None:
        return "not set", None
    client = Redis.from_url(
        url,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=_PATIENCE,
        socket_connect_timeout=_PATIENCE,
        decode_responses=True,
    )
    try:
        with client:
            return "ok", {each: _alive(client, each, runtime.clock()) for each in QUEUES}
    except RedisError:
        return "away", None


def _alive(client: "Redis", queue: str, now: datetime) -> int:
    """How many workers of a queue said lately that they are there, in the way RQ keeps that."""
    keys = client.smembers(WORKERS_BY_QUEUE_KEY % queue)
    with client.pipeline(transaction=False) as asked:
        for key in keys:
            asked.hmget(key, "last_heartbeat", "death")
        found = asked.execute()
    return sum(1 for beat, death in found if death is None and _is_fresh(beat, now))


def _is_fresh(beat: str | None, now: datetime) -> bool:
    try:
        return beat is not None and now - utcparse(beat) < _ALIVE
    except ValueError:
        return False  # somebody else writes to this Redis

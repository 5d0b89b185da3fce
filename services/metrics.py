"""Numbers for Prometheus: what the database and Redis tell, and how this process answers.

Every process tells the same of the installation, because nothing of it is kept in a process. No
number here is about anybody.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import cast

from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from services import door, parts
from services.flow.installation import Numbers
from services.here import asked_here
from services.parts import TURNING, Look
from services.storage.tasks import Load
from services.storage.work import AllInUse, InTrouble
from services.wiring import Runtime

_METHODS = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS")
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)  # seconds
_REMEMBERED = 20  # tokens
_STATES = ("waiting", "running", "quarantined", "parked")

disable_created_metrics()  # type: ignore[no-untyped-call]  # nobody asks when a process first counted something


def install(app: Flask, operators_only: Callable[[], None]) -> None:
    """Count and time every request, and answer /metrics.

    operators_only  raises unless an operator asks; who sits at this machine needs no token
    """
    app.extensions["commonhour-metrics"] = _Metrics(app, operators_only)
    app.before_request(_begin)
    app.after_request(_end)
    app.add_url_rule("/metrics", "metrics", show)


def show() -> ResponseReturnValue:
    """Tell all numbers. To everybody but operators there is no such page."""
    found = _metrics()
    if not (door.runtime().settings.local and asked_here()):
        found.let_in()
    door.put_down()
    return Response(generate_latest(found.registry), content_type=CONTENT_TYPE_LATEST)


class _Metrics:
    """What one application tells."""

    def __init__(self, app: Flask, operators_only: Callable[[], None]) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Installation(lambda: door.runtime_of(app)))
        self.requests = Counter(
            "commonhour_requests",
            "Requests that this process answered.",
            ("method", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "commonhour_request_seconds",
            "How long this process took to answer, in seconds.",
            ("endpoint",),
            registry=self.registry,
            buckets=_BUCKETS,
        )
        self._operators_only = operators_only
        self._seen: dict[bytes, None] = {}  # hashes of tokens of operators

    def let_in(self) -> None:
        """Let operators in; those we know also while the database is away, which they watch."""
        token = sha256(request.headers.get("Authorization", "").encode()).digest()
        try:
            self._operators_only()
        except (InTrouble, AllInUse):
            if token not in self._seen:
                raise
        except Exception:
            self._seen.pop(token, None)
            raise
        else:
            self._seen = dict.fromkeys([*list(self._seen)[1 - _REMEMBERED :], token])


class _Installation(Collector):
    """Looks at the installation whenever somebody asks."""

    def __init__(self, runtime: Callable[[], Runtime]) -> None:
        self._runtime = runtime

    def collect(self) -> Iterator[Metric]:
        look = parts.look(self._runtime())
        yield from _parts(look)
        if look.numbers is not None:
            yield from _outbox(look.numbers.loads)
            yield from _beats(look.numbers)
            yield from _counts(look.numbers)
            yield from _telling(look)


def _parts(look: Look) -> Iterator[Metric]:
    up = [(look.database == "ok", ["database"]), (look.redis == "ok", ["redis"])]
    yield _gauge("up", "Whether a part answers, 1 or 0.", ["part"], up)
    if look.workers is not None:
        alive = [(number, [queue]) for queue, number in look.workers.items()]
        yield _gauge("workers", "Workers of a queue that are alive.", ["queue"], alive)


def _outbox(loads: list[Load]) -> Iterator[Metric]:
    tasks = [(getattr(each, state), [each.queue, state]) for each in loads for state in _STATES]
    yield _gauge("outbox_tasks", "Tasks that are not done.", ["queue", "state"], tasks)
    oldest = [(each.oldest.total_seconds() if each.oldest else 0, [each.queue]) for each in loads]
    said = "For how long the oldest task that is not done has been due, in seconds."
    yield _gauge("outbox_oldest_seconds", said, ["queue"], oldest)
    paused = [(each.paused is not None, [each.queue]) for each in loads]
    yield _gauge("outbox_paused", "Whether an operator paused a queue, 1 or 0.", ["queue"], paused)


def _beats(numbers: Numbers) -> Iterator[Metric]:
    ages = dict.fromkeys(TURNING, math.inf)
    ages |= {part: age.total_seconds() for part, age in numbers.beats.items()}
    said = "Since a part said that it turns, in seconds."
    yield _gauge("part_age_seconds", said, ["part"], [(age, [each]) for each, age in ages.items()])


def _counts(numbers: Numbers) -> Iterator[Metric]:
    counts = numbers.counts
    states = [(getattr(counts, each), [each]) for each in ("known", "unread", "failing", "lost")]
    yield _gauge("calendars", "Calendars, by how reading them goes.", ["state"], states)
    connected = counts.accounts - counts.waiting_accounts
    accounts = [(connected, ["connected"]), (counts.waiting_accounts, ["waiting"])]
    yield _gauge("accounts", "Accounts at hosts; waiting: for consent.", ["state"], accounts)
    reconnect = counts.lost_own + counts.waiting_accounts
    for name, said, number in (
        ("calendars_due", "Calendars that should have been read 10 minutes ago.", counts.due),
        ("reconnect_needed", "Calendars and accounts that only owners can mend.", reconnect),
        ("mails_waiting", "Mails with links that are not sent yet.", counts.waiting_mails),
    ):
        yield _gauge(name, said, [], [(number, [])])


def _telling(look: Look) -> Iterator[Metric]:
    """Tell nothing where hosts have no address of ours."""
    found = look.numbers.telling if look.numbers else None
    if found is None:
        return
    states = [(getattr(found, each), [each]) for each in ("able", "told", "unopened")]
    said = "Accounts at hosts that can tell of changes; that do; whose channels cannot be opened."
    yield _gauge("telling_accounts", said, ["state"], states)
    said = "When a host last told of a change, in seconds since 1970; 0: it is not known."
    at = found.heard_at.timestamp() if found.heard_at else 0.0
    yield _gauge("heard_timestamp_seconds", said, [], [(at, [])])


def _gauge(
    name: str, said: str, labels: list[str], values: Sequence[tuple[float, list[str]]]
) -> Metric:
    metric = GaugeMetricFamily(f"commonhour_{name}", said, labels=labels)
    for value, each in values:
        metric.add_metric(each, float(value))
    return metric


def _metrics() -> _Metrics:
    return cast(_Metrics, current_app.extensions["commonhour-metrics"])


def _begin() -> None:
    g.began = time.monotonic()


def _end(response: Response) -> Response:
    """Count under words of our own: nothing that was asked is kept."""
    found, method = _metrics(), request.method
    found.requests.labels(
        method if method in _METHODS else "other", f"{response.status_code // 100}xx"
    ).inc()
    began: float | None = g.pop("began", None)
    if began is not None:
        found.seconds.labels(request.endpoint or "none").observe(time.monotonic() - began)
    return response

"""`up`: everything in its order, from the settings to where to look."""

import gc
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from scheduler.errors import Explained
from services import clock, doubts, log, relay, worker
from services.app import create_app
from services.config import Settings
from services.flow.signin import first_link
from services.storage.outbox import handing
from services.up import redis, web
from services.up.database import upgrade
from services.up.lock import Hold, hold, keys_of
from services.up.processes import Part, Supervisor, apart
from services.up.signals import Signals, Stopped
from services.wiring import Runtime

_PATIENCE = 20.0  # seconds until we say that something is not ready
# Whoever waits for a mail or a plan does not wait until somebody's calendars have been read.
_WORKERS = (("notices", "planning"), ("calendars",))

Say = Callable[[str], None]


def up(settings: Settings, signals: Signals, say: Say, *, sandbox: bool = False) -> None:
    """Run everything on one machine until we are asked to end. Raises Explained.

    sandbox  whether Google and Outlook are of our own, which run beside it
    """
    log.set_up(settings.log)
    doubts.tell(settings.doubts)
    with hold(settings.home) as held, keys_of(settings):
        if held.left is not None:
            redis.forget(held.left.folder)
        start = _Start(signals, Supervisor(signals), held, say)
        try:
            start.everything(settings, sandbox=sandbox)
        except Stopped:
            pass  # asked to end before everything ran
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            raise Explained(
                f"The machine refuses what a start needs ({reason})",
                remedy="run commonhour doctor, which says more",
            ) from error
        finally:
            start.supervisor.end()
            redis.forget(held.told.folder)


class _Start:
    """The steps of a start; each leaves nothing open that the next one's children would inherit."""

    def __init__(self, signals: Signals, supervisor: Supervisor, held: Hold, say: Say) -> None:
        self.supervisor = supervisor
        self._signals, self._held, self._say = signals, held, say

    def everything(self, settings: Settings, *, sandbox: bool) -> None:
        """Take the steps, then keep what they started running."""
        apart(partial(upgrade, settings), self._signals)
        settings = self._with_redis(settings)
        ready = self._with_parts(settings, sandbox=sandbox)
        self._say(ready)
        self.supervisor.keep()

    def _with_redis(self, settings: Settings) -> Settings:
        """Start a Redis where none is named; the database is there by then."""
        if settings.redis_url is not None:
            return settings
        server = redis.prepare(settings.home)
        told = self._held.told
        self._held.tell(replace(told, folder=str(server.socket.parent), redis=server.url))
        self.supervisor.start(Part("redis", partial(server.run, self._held.file), last=True))
        if not self.supervisor.until(server.answers, _PATIENCE):
            raise Explained(
                "The Redis server does not start",
                remedy=f"read {server.data.name}/server.log in {settings.home}",
            )
        return replace(settings, redis_url=server.url)

    def _with_sandbox(self, settings: Settings) -> Settings:
        """Start the sandbox; our own address is known by then, as sign-in has to return to it."""
        from services.up.sandbox import prepare, using  # noqa: PLC0415 -- most starts need none

        beside = prepare(settings)
        self.supervisor.start(Part("sandbox", beside.run, last=True))
        if not self.supervisor.until(beside.answers, _PATIENCE):
            raise Explained("The sandbox does not start", remedy="read what it said above")
        self._held.tell(replace(self._held.told, sandbox=beside.base))
        self._say(f"The sandbox plays Google and Outlook: {beside.base}/")
        if settings.push_url is not None:
            at, here = settings.push_url, settings.address
            self._say(f"It tells of changes at COMMONHOUR_PUSH_URL, {at}, not at {here}.")
        return using(settings, beside)

    def _with_parts(self, settings: Settings, *, sandbox: bool) -> str:
        """Start what serves people, and return where to look."""
        # Behind a proxy, or where mails name it, the port is not ours to change.
        listener = web.bind(settings.listen, spare=0 if settings.base_url else web.SPARE)
        asked, port = settings.listen[1], int(listener.getsockname()[1])
        if asked not in (0, port):
            self._say(f"Port {asked} is taken: {port} is used instead.")
        settings = replace(settings, listen=(settings.listen[0], port))
        if sandbox:
            settings = self._with_sandbox(settings)
        runtime = Runtime.of(settings)
        app = create_app(runtime)
        gc.collect()
        gc.freeze()  # what is here now stays shared with every part
        self.supervisor.start(Part("web", partial(web.serve, app, listener)))
        for part in (relay, clock):
            name = part.__name__.rpartition(".")[2]
            self.supervisor.start(Part(name, partial(part.run, runtime)))
        for queues in _WORKERS:
            self.supervisor.start(Part(queues[0], partial(worker.work, runtime, queues)))
        ready = self.supervisor.until(partial(_is_ready, settings), _PATIENCE)
        self._held.tell(replace(self._held.told, address=settings.address))
        link = apart(partial(_first_link, runtime), self._signals)
        paused = apart(partial(_paused, runtime), self._signals) or ""
        return _where(settings, link, paused, ready=ready)


def _first_link(runtime: Runtime) -> str | None:
    with runtime.work() as work:
        return first_link(work)


def _paused(runtime: Runtime) -> str:
    with runtime.reading() as work:
        return " ".join(sorted(handing.paused(work.session)))


def _is_ready(settings: Settings) -> bool:
    """Ask ourselves, as whoever balances load would."""
    reached = urlsplit(replace(settings, base_url=None).address)
    named = urlsplit(settings.address).netloc
    connection = HTTPConnection(reached.hostname or "", reached.port, timeout=2)
    try:
        connection.request("GET", "/readyz", headers={"Host": named})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _where(settings: Settings, link: str | None, paused: str, *, ready: bool) -> str:
    host, port = settings.listen
    lines = [f"Common Hour is running: {settings.address}"]
    if settings.base_url:
        lines.append(f"It listens at {host}:{port}.")
    if not ready:
        lines.append("Something is not ready: run commonhour doctor.")
    if paused:
        lines.append(f"Paused: {paused}; commonhour outbox resume lets it go on.")
    if link:
        lines.append("Open this once, to become the first coordinator:")
        lines.append(f"  {settings.address}/l/{link}")
        if settings.smtp_url is None:
            lines.append(f"Mails that it sends lie at {settings.address}/mails.")
    else:
        kept = f"; mails lie at {settings.address}/mails" if settings.smtp_url is None else ""
        lines.append(f"Sign in at {settings.address}/sign-in{kept}.")
    return "\n".join([*lines, f"Everything is kept in {settings.home}.", "Ctrl-C stops it."])

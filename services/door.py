"""What every request stands on: the runtime, who asks, and its one unit of work.

The unit of work of a request is committed with its answer, in `settle`, so that an answer that
says "done" is true, and one that says "no" has changed nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from flask import Flask, Response, current_app, g

from services.log import logger
from services.storage import work as units
from services.storage.work import InTrouble, Work
from services.wiring import Runtime

_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, by what right.

    person_id  None: nobody is signed in
    scopes     of an API token; None: a person in a browser, who may do all that is theirs
    """

    person_id: UUID | None = None
    operator: bool = False
    scopes: frozenset[str] | None = None


def runtime() -> Runtime:
    """The runtime of the application that answers."""
    return runtime_of(current_app)


def runtime_of(app: Flask) -> Runtime:
    """The runtime that an application was given."""
    return cast(Runtime, app.extensions["commonhour"])


def asking() -> Asking:
    """Who asks."""
    return cast(Asking, g.get("asking", Asking()))


def known_as(who: Asking) -> None:
    """Remember who asks; what is open already acts for them."""
    g.asking = who
    for each in ("reading", "work"):
        if each in g:
            found: Work = g.get(each)
            found.actor, found.operator = who.person_id, who.operator


def reading() -> Work:
    """The request's reading transaction."""
    if "reading" not in g:
        g.reading = units.open_reading(runtime().engine, runtime().clock(), asking().person_id)
        g.reading.operator = asking().operator
    return cast(Work, g.reading)


def work() -> Work:
    """The request's unit of work: on SQLite nobody else writes until it is settled or kept.

    So it is opened late: after files are parsed and plans are made.
    """
    if "work" not in g:
        put_down()
        g.work = units.open_work(runtime().engine, runtime().clock(), asking().person_id)
        g.work.operator = asking().operator
    return cast(Work, g.work)


def keep() -> None:
    """Keep what was done so far, before something slow. What is written later opens anew.

    From here on an answer that says "no" has changed something: the caller says what.
    """
    found: Work | None = g.pop("work", None)
    if found is not None:
        try:
            found.commit()
        finally:
            found.session.close()


def put_down() -> None:
    """End the reading transaction, before something slow or before writing."""
    found: Work | None = g.pop("reading", None)
    if found is not None:
        found.session.close()


def otherwise(act: Callable[[], None]) -> None:
    """Do this should nothing be kept of what the request does."""
    g.setdefault("otherwise", []).append(act)


def told(error: Exception) -> Response:
    """Answer an error that comes after the view as if the view had raised it."""
    return current_app.make_response(current_app.handle_user_exception(error))


def settle(response: Response) -> Response:
    """Keep what the request did, if its answer says that it was done."""
    found: Work | None = g.pop("work", None)
    if found is not None:
        try:
            if response.status_code < 400:
                found.commit()
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is told
            response = told(error)
        finally:
            found.session.close()
    if response.status_code >= 400:
        for act in g.pop("otherwise", ()):
            try:
                act()
            except InTrouble:  # what it was to end, ends by itself; the answer stands
                _log.warning("the database is in trouble: what a request began is left to its end")
    return response


def close(_error: BaseException | None = None) -> None:
    """Let go of whatever is still open."""
    for each in ("reading", "work"):
        found: Work | None = g.pop(each, None)
        if found is not None:
            found.session.close()


def install(app: Flask, runtime: Runtime) -> None:
    """Give an application its runtime, and its requests their units of work."""
    app.extensions["commonhour"] = runtime
    app.after_request(settle)
    app.teardown_request(close)

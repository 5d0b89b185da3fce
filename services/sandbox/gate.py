"""What stands before every host of the sandbox: it counts, notes, and lets things go wrong."""

import json
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from cheroot.errors import FatalSSLAlert
from werkzeug.wrappers import Request, Response

from services.sandbox.faults import JSON, Faults
from services.sandbox.google.errors import Refusal
from services.sandbox.quotas import Quotas
from services.sandbox.world import World

API = "/google/calendar/"
_JUDGED = ("/google/", "/ics/", "/caldav/", "/.well-known/")
_FEED = re.compile(r"(?<=^/ics/)(.{6}).*")  # what follows is a secret


class Dropped(FatalSSLAlert):
    """The server closes this connection without another word, as it does for any such alert."""


@dataclass(frozen=True, slots=True)
class Gate:
    """An application, and what befalls the requests to it."""

    app: WSGIApplication
    world: World
    faults: Faults
    quotas: Quotas

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request, unless something goes wrong. Raises Dropped."""
        request = Request(environ)
        if not request.path.startswith(_JUDGED):
            return self.app(environ, start)
        person = self._person(request)
        begun = time.monotonic()
        with self.quotas.together(person or ""):
            fault: JSON = {}
            for each in self.faults.of(request.method, request.path, person):
                fault |= each
            time.sleep(self.faults.delay_all + fault.get("delay", 0))
            answer = None if fault.get("drop") else _refused(request.path, fault)
            if answer is None and not fault.get("drop"):
                answer = Response.from_app(self.app, environ, buffered=True)
        self._note(request, person, answer, fault, time.monotonic() - begun)
        if answer is None or fault.get("commit_then_drop"):
            raise Dropped
        if "cut" in fault:
            return _cut(answer, fault["cut"], environ, start)
        return answer(environ, start)

    def _person(self, request: Request) -> str | None:
        """Who asks, as far as the request says; nobody checks it here."""
        grant = self.world.grants.holder(request)
        if grant is not None:
            return grant.email
        said = request.authorization
        return said.username if said is not None and said.type == "basic" else None

    def _note(
        self,
        request: Request,
        person: str | None,
        answer: Response | None,
        fault: JSON,
        took: float,
    ) -> None:
        what: dict[str, Any] = {
            "method": request.method,
            "path": _FEED.sub(r"\1…", request.path),
            "asks": sorted(request.args),
            "status": None if answer is None else answer.status_code,
            "ms": round(took * 1000),
        }
        more = {"person": person, "fault": fault}
        self.world.history.note("request", **what, **{k: v for k, v in more.items() if v})


def _refused(path: str, fault: JSON) -> Response | None:
    """The answer that a fault gives in place of the real one."""
    if "status" not in fault:
        return None
    status, reason = fault["status"], fault.get("reason", "backendError")
    message = fault.get("message", "The sandbox was asked for this fault.")
    if path.startswith(API):
        body: JSON = Refusal(status, reason, message).body()
    else:
        body = {"error": fault.get("reason", "internal_failure"), "error_description": message}
    headers = {key: str(value) for key, value in fault.get("headers", {}).items()}
    return Response(json.dumps(body), status, headers, content_type="application/json")


def _cut(
    answer: Response, most: int, environ: WSGIEnvironment, start: StartResponse
) -> Iterator[bytes]:
    """So many bytes of an answer that promises all of them; then the connection ends."""
    body = b"".join(answer(environ, start))
    yield body[:most]
    raise Dropped

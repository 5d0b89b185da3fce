"""What stands before every host of the sandbox: it counts, notes, and lets things go wrong."""

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from cheroot.errors import FatalSSLAlert
from werkzeug.wrappers import Request, Response

from services.sandbox.entra.errors import faulty
from services.sandbox.entra.tenants import is_sign_in
from services.sandbox.faults import JSON, Faults
from services.sandbox.google import errors as google
from services.sandbox.outlook import errors as outlook
from services.sandbox.quotas import Quotas
from services.sandbox.world import World

API, GRAPH = "/google/calendar/", "/graph/"
_JUDGED = ("/google/", GRAPH, "/ics/", "/caldav/", "/.well-known/")
_WRITES = ("POST", "PATCH", "DELETE")
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
        if not request.path.startswith(_JUDGED) and not is_sign_in(request.path):
            return self.app(environ, start)
        person = self._person(request)
        begun = time.monotonic()
        fault: JSON = {}
        with self.quotas.together(person or ""), self._within(request) as beyond:
            for each in self.faults.of(request.method, request.path, person):
                fault |= each
            time.sleep(self.faults.delay_all + fault.get("delay", 0))
            answer = None if fault.get("drop") else beyond or _refused(request.path, fault)
            environ["sandbox.inside"] = fault.get("inside", "")
            letters = environ["sandbox.letters"] = list[str]()
            if answer is None and not fault.get("drop"):
                answer = Response.from_app(self.app, environ, buffered=True)
                if letters and person is not None:
                    self.quotas.graph.sent(person, len(letters))
        self._note(request, person, answer, fault, time.monotonic() - begun)
        if answer is None or fault.get("commit_then_drop"):
            raise Dropped
        if "cut" in fault:
            return _cut(answer, fault["cut"], environ, start)
        return answer(environ, start)

    def _person(self, request: Request) -> str | None:
        """Who asks, as far as the request says; nobody checks it here."""
        grant = self.world.grants.holder(request) or self.world.entra.holder(request)
        if grant is not None:
            return grant.email
        said = request.authorization
        return said.username if said is not None and said.type == "basic" else None

    @contextmanager
    def _within(self, request: Request) -> Iterator[Response | None]:
        """Count a request to Graph while it is answered; how it is refused if it is too much.

        What comes in one $batch counts request by request, as it comes through here again.
        """
        grant = self.world.entra.holder(request) if request.path.startswith(GRAPH) else None
        if grant is None or request.path.endswith("/$batch"):
            yield None
            return
        writes = request.method in _WRITES and "/events" in request.path
        with self.quotas.graph.asking(grant.client_id, grant.email, writes=writes) as refusal:
            beyond = None
            if refusal is not None:
                beyond = _said(refusal.status, refusal.body(), refusal.headers)
            yield beyond

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
        body: JSON = google.Refusal(status, reason, message).body()
    elif path.startswith(GRAPH):
        body = outlook.Refusal(status, fault.get("reason", "UnknownError"), message).body()
    elif is_sign_in(path):
        body = faulty(status, fault.get("reason", ""), message).body()
    else:
        body = {"error": fault.get("reason", "internal_failure"), "error_description": message}
    return _said(status, body, fault.get("headers", {}))


def _said(status: int, body: JSON, headers: Mapping[str, Any]) -> Response:
    told = {key: str(value) for key, value in headers.items()}
    return Response(json.dumps(body), status, told, content_type="application/json")


def _cut(
    answer: Response, most: int, environ: WSGIEnvironment, start: StartResponse
) -> Iterator[bytes]:
    """So many bytes of an answer that promises all of them; then the connection ends."""
    body = b"".join(answer(environ, start))
    yield body[:most]
    raise Dropped

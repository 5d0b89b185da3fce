"""$batch: several requests in one, each answered as if it had come alone."""

import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from cheroot.errors import FatalSSLAlert
from flask import Blueprint, current_app, request
from werkzeug.test import Client

from services.sandbox.outlook import asking
from services.sandbox.outlook.errors import Refusal
from services.sandbox.world import World

Words = dict[str, Any]
MOST, AT_ONCE = 20, 4
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def add_to(blueprint: Blueprint, world: World) -> None:
    """Add this endpoint."""

    @blueprint.post("/$batch")
    def batch() -> Words:
        world.entra.bearer(request)
        asked = _asked()
        prefix = request.path.removesuffix("/$batch")
        client = Client(current_app.wsgi_app)
        own = {
            name: value
            for name, value in request.headers.items()
            if name.lower() in ("authorization", "host", "client-request-id")
        }
        return {"responses": list(_answers(client, prefix, own, asked))}


def _asked() -> list[Words]:
    """Return the requests, which name each other backwards. Raises Refusal (400)."""
    asked = asking.body().get("requests")
    if not isinstance(asked, list) or not asked:
        raise _bad("Invalid batch payload format.")
    if len(asked) > MOST:
        raise _bad(f"Number of batch requests is greater than the maximum allowed of {MOST}.")
    known: set[str] = set()
    for each in asked:
        if not isinstance(each, dict) or not isinstance(each.get("id"), str) or not each["id"]:
            raise _bad("Each request has an id.")
        if each["id"] in known:
            raise _bad("Request ids are unique within a batch.")
        if str(each.get("method", "")).upper() not in _METHODS or not _is_address(each.get("url")):
            raise _bad("Each request has a method and a relative url.")
        if not known.issuperset(each.get("dependsOn") or ()):
            raise _bad("A request depends on one that does not come before it.")
        if each.get("body") is not None and "content-type" not in _headers(each):
            raise _bad("A request with a body has a Content-Type.")
        known.add(each["id"])
    if not (_is_parallel(asked) or _is_sequential(asked)):
        raise _bad("The dependency graph is neither fully sequential nor fully parallel.")
    return asked


def _is_parallel(asked: list[Words]) -> bool:
    return not any(each.get("dependsOn") for each in asked)


def _is_sequential(asked: list[Words]) -> bool:
    """Whether each but the first depends on the one before it, and on nothing else."""
    chain = all(later.get("dependsOn") == [each["id"]] for each, later in pairwise(asked))
    return chain and not asked[0].get("dependsOn")


def _is_address(url: object) -> bool:
    return isinstance(url, str) and not urlsplit(url).netloc and "$batch" not in url


def _headers(asked: Words) -> dict[str, str]:
    return {name.lower(): str(value) for name, value in (asked.get("headers") or {}).items()}


def _answers(
    client: Client, prefix: str, own: dict[str, str], asked: list[Words]
) -> Iterator[Words]:
    """Yield the answers; of what depends on nothing, a few are asked at the same time."""
    done: dict[str, int] = {}
    left = asked
    with ThreadPoolExecutor(AT_ONCE) as many:
        while left:
            now = [each for each in left if done.keys() >= set(each.get("dependsOn") or ())]
            left = [each for each in left if each not in now]
            lost = [each for each in now if _failed(each, done)]
            able = [each for each in now if each not in lost]
            done |= {each["id"]: 424 for each in lost}
            yield from map(_unasked, lost)
            for answer in many.map(partial(_answer, client, prefix, own), able):
                done[answer["id"]] = answer["status"]
                yield answer


def _failed(asked: Words, done: dict[str, int]) -> bool:
    return any(done[each] >= 400 for each in asked.get("dependsOn") or ())


def _unasked(asked: Words) -> Words:
    refusal = Refusal(424, "FailedDependency", "A request this one depends on has failed.")
    return {"id": asked["id"], "status": refusal.status, "headers": {}, "body": refusal.body()}


def _answer(client: Client, prefix: str, own: dict[str, str], asked: Words) -> Words:
    url, body = str(asked["url"]), asked.get("body")
    try:
        got = client.open(
            prefix + (url if url.startswith("/") else f"/{url}"),
            method=str(asked["method"]).upper(),
            headers={**{name.lower(): value for name, value in own.items()}, **_headers(asked)},
            data=None if body is None else json.dumps(body),
            base_url=f"https://{own.get('Host', 'localhost')}",
        )
    except FatalSSLAlert:  # a connection that was lost is lost between servers here
        refusal = Refusal(504, "UnknownError", "The server did not answer in time.")
        return {"id": asked["id"], "status": 504, "headers": {}, "body": refusal.body()}
    told: Words = {"id": asked["id"], "status": got.status_code, "headers": dict(got.headers)}
    if got.is_json:
        return told | {"body": got.get_json()}
    data = got.get_data()
    return told | ({"body": base64.b64encode(data).decode()} if data else {})


def _bad(message: str) -> Refusal:
    return Refusal(400, "BadRequest", message)

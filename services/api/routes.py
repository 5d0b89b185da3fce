"""The routes of a noun: documented as they are declared, and checked before they are called."""

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.parameter import Parameter
from flask_openapi3.models.tag import Tag

from services.api import authentication, bodies, once, refusals, schemas

View = TypeVar("View", bound=Callable[..., Response])
READ = "read"
_PLACES = re.compile(r"<(\w+):(\w+)>")
_KINDS: dict[str, Any] = {
    "uuid": {"type": "string", "format": "uuid"},
    "number": {"type": "integer", "minimum": 1, "maximum": 9999},
}
_KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Any name of your own: sent again with it, the request has no second effect",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
_MATCH: dict[str, Any] = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag of what is changed, or * for whatever is there",
    "schema": {"type": "string", "pattern": '^("[0-9]{1,9}"|\\*)$'},
}


class Noun(APIBlueprint):
    """Everything that can be done with one kind of thing.

    scope   that a token must have to change any of it
    hidden  to everybody but operators
    """

    def __init__(self, name: str, about: str, *, scope: str, hidden: bool = False) -> None:
        super().__init__(
            name,
            __name__,
            abp_tags=[Tag(name=name, description=about)],
            abp_security=[{"token": []}],
        )
        self._scope = scope
        self._hidden = hidden
        self.before_request(self._authenticate)
        self.after_request(once.keep)

    def on(
        self,
        method: str,
        rule: str,
        answers: Mapping[int, Any],
        *,
        versioned: bool = False,
        keyed: bool = False,
    ) -> Callable[[View], View]:
        """Declare a route.

        answers    per status, what is answered: a type, or None where there is no body
        versioned  whether it reads or changes what has a version
        keyed      whether it must have an Idempotency-Key
        """

        def declared(view: View) -> View:
            declare = getattr(self, method.lower())
            said = schemas.documented(answers, self.components_schemas, versioned=versioned)
            declare(
                rule,
                operation_id=f"{self.name}_{view.__name__}",
                responses={
                    **said,
                    **refusals.of(method, rule, versioned=versioned, hidden=self._hidden),
                },
                openapi_extensions={"x-scope": READ if method == "GET" else self._scope},
            )(once.needed(view) if keyed else view)
            self._complete(method, rule, versioned=versioned, keyed=keyed)
            return view

        return declared

    @staticmethod
    def create_view_func(func: Any, *found: Any, **_more: Any) -> Callable[..., Response]:
        """Check a request in our own words, then call the view."""
        _header, _cookie, _path, query, _form, body, raw = found

        @wraps(func)
        def checked(**said: Any) -> Response:
            found = bodies.arguments(query, request.args)
            if found is not None:
                said["query"] = found
            if body is not None:
                said["body"] = bodies.body(body)
            elif raw is not None:
                said["raw"] = request
            elif request.method != "GET":
                bodies.empty()
            before = once.claimed() if request.method == "POST" else None
            return before or func(**said)

        return checked

    def _authenticate(self) -> None:
        scope = READ if request.method in ("GET", "HEAD", "OPTIONS") else self._scope
        if self._hidden:
            authentication.authenticate_operator(scope)
        else:
            authentication.authenticate(scope)

    def _complete(self, method: str, rule: str, *, versioned: bool, keyed: bool) -> None:
        """Add to the document what the library does not see."""
        path = _PLACES.sub(r"{\2}", rule)
        operation = getattr(self.paths[path], method.lower())
        places: list[dict[str, Any]] = [
            {"name": name, "in": "path", "required": True, "schema": _KINDS[kind]}
            for kind, name in _PLACES.findall(rule)
        ]
        headers = [{**_KEY, "required": keyed}] if method == "POST" else []
        if versioned and method == "PATCH":
            headers.append({**_MATCH, "required": True})
        elif versioned and (keyed or method == "DELETE"):
            headers.append(_MATCH)
        known = operation.parameters or []
        operation.parameters = [Parameter(**each) for each in places] + known
        operation.parameters += [Parameter(**each) for each in headers]

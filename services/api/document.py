"""What the API promises: as an OpenAPI document, and as a page to read."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from flask import Flask, Response, current_app
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI
from jinja2 import Environment, StrictUndefined

from services import door
from services.api import schemas, shown_schemas

INFO = Info(
    title="Common Hour",
    version="1",
    description="Finds the hours a peer-mentorship group can keep for a whole semester.",
)
SECURITY: dict[str, Any] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "Made by commonhour token create; its scopes say what it may do.",
    }
}
_REFUSED = "400"  # statuses from here on
_KEY = "Idempotency-Key"
_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be done, as the page shows it.

    sends   schema of the JSON that is sent
    gives   the same of what is answered when all is well; fields: what it has, in few words
    """

    method: str
    path: str
    about: dict[str, Any]
    sends: dict[str, Any] | None
    gives: dict[str, Any] | None
    fields: dict[str, str]
    curl: str

    @property
    def more(self) -> str:
        """What is said of it besides the summary."""
        said: str = self.about.get("description") or ""
        return "" if said == self.about["summary"] else said.replace("<br/>", " ").strip()

    @property
    def places(self) -> list[dict[str, Any]]:
        """What goes with the address; the ids in it speak for themselves."""
        return [each for each in self.about.get("parameters") or () if each["in"] != "path"]

    @property
    def good(self) -> dict[str, dict[str, Any]]:
        """What it answers when all is well."""
        return {code: one for code, one in self._answers() if code < _REFUSED}

    @property
    def refusals(self) -> list[str]:
        """What it may answer instead: the page explains these once."""
        return [code for code, _ in self._answers() if code >= _REFUSED]

    def _answers(self) -> list[tuple[str, dict[str, Any]]]:
        return list(self.about["responses"].items())


def an_application(name: str) -> OpenAPI:
    """An application that can describe itself."""
    return OpenAPI(
        name,
        info=INFO,
        security_schemes=SECURITY,
        validation_error_model=schemas.Problem,
        doc_ui=False,
        static_folder=None,
        template_folder=None,
    )


def install(app: Flask) -> None:
    """Add the document and its page; whoever can reach the service may read both."""
    app.add_url_rule("/api/v1/openapi.json", "openapi", _json)
    app.add_url_rule("/api/docs", "api_docs", _page)


def described(app: OpenAPI) -> dict[str, Any]:
    """The document. The library's schemas know fewer words than those that pydantic wrote."""
    found = app.api_doc
    found["components"]["schemas"].update(schemas.ALL)
    return found


def _described() -> dict[str, Any]:
    return described(cast(OpenAPI, current_app))


def _json() -> Response:
    return Response(json.dumps(_described(), ensure_ascii=False), mimetype="application/json")


def _page() -> Response:
    found = _described()
    operations = list(_operations(found))
    text = _template().render(
        document=found,
        nouns=[
            (tag, [each for each in operations if tag["name"] in each.about["tags"]])
            for tag in found["tags"]
        ],
        refusals=_explained(operations, "responses"),
        places=_explained(operations, "parameters"),
    )
    return Response(text, mimetype="text/html")


def _operations(found: dict[str, Any]) -> Iterator[Operation]:
    for path, item in found["paths"].items():
        for method in _METHODS:
            if method in item:
                about = item[method]
                good = next(one for code, one in about["responses"].items() if code < _REFUSED)
                sends, gives = (
                    _schema(each.get("content", {}), found)
                    for each in (about.get("requestBody", {}), good)
                )
                curl = _curl(method, path, about)
                fields = shown_schemas.fields(gives or {}, found["components"]["schemas"])
                yield Operation(method.upper(), path, about, sends, gives, fields, curl)


def _explained(operations: list[Operation], what: str) -> dict[str, str]:
    """What stands with many operations, explained once: refusals, or what goes with an address."""
    if what == "responses":
        told = [(code, each.about[what][code]) for each in operations for code in each.refusals]
    else:
        told = [(one["name"], one) for each in operations for one in each.places]
    return {
        name: one.get("description", "") for name, one in sorted(told, key=lambda each: each[0])
    }


def _schema(content: dict[str, Any], found: dict[str, Any]) -> dict[str, Any] | None:
    """The schema of the JSON of a content, where it is JSON that has a name."""
    named = content.get("application/json", {}).get("schema", {}).get("$ref")
    if named is None:
        return None
    schema: dict[str, Any] = found["components"]["schemas"][named.rpartition("/")[2]]
    return schema


def _curl(method: str, path: str, about: dict[str, Any]) -> str:
    """How to ask from a command line."""
    lines = [f"curl {door.runtime().settings.address}{path.replace('{', '$').replace('}', '')}"]
    if method != "get":
        lines[0] = lines[0].replace("curl ", f"curl -X {method.upper()} ")
    lines.append("-H 'Authorization: Bearer '$TOKEN")
    if method == "patch":
        lines.append("""-H 'If-Match: "1"'""")
    if any(one.get("required") and one["name"] == _KEY for one in about.get("parameters", ())):
        lines.append(f"-H '{_KEY}: a-name-of-your-own'")
    for kind in about.get("requestBody", {}).get("content", {}):
        lines.append(f"-H 'Content-Type: {kind}'")
        lines.append("--data-binary @members.csv" if kind == "text/csv" else "-d @body.json")
    return " \\\n  ".join(lines)


@cache
def _template() -> Any:
    text = (Path(__file__).parent / "docs.html").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(text)

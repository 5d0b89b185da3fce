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
from services.api import schemas

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
_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be done, as the page shows it."""

    method: str
    path: str
    about: dict[str, Any]
    sends: dict[str, Any] | None
    curl: str


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
    text = _template().render(
        document=found,
        nouns=[
            (tag, [each for each in _operations(found) if tag["name"] in each.about["tags"]])
            for tag in found["tags"]
        ],
    )
    return Response(text, mimetype="text/html")


def _operations(found: dict[str, Any]) -> Iterator[Operation]:
    for path, item in found["paths"].items():
        for method in _METHODS:
            if method in item:
                about = item[method]
                yield Operation(
                    method.upper(), path, about, _sent(about, found), _curl(method, path, about)
                )


def _sent(about: dict[str, Any], found: dict[str, Any]) -> dict[str, Any] | None:
    """The schema of the JSON that is sent, where any is."""
    content = about.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return None
    name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
    schema: dict[str, Any] = found["components"]["schemas"][name]
    return schema


def _curl(method: str, path: str, about: dict[str, Any]) -> str:
    """How to ask from a command line."""
    lines = [f"curl {door.runtime().settings.address}{path.replace('{', '$').replace('}', '')}"]
    if method != "get":
        lines[0] = lines[0].replace("curl ", f"curl -X {method.upper()} ")
    lines.append("-H 'Authorization: Bearer '$TOKEN")
    if method == "patch":
        lines.append("""-H 'If-Match: "1"'""")
    for kind in about.get("requestBody", {}).get("content", {}):
        lines.append(f"-H 'Content-Type: {kind}'")
        lines.append("--data-binary @members.csv" if kind == "text/csv" else "-d @body.json")
    return " \\\n  ".join(lines)


@cache
def _template() -> Any:
    text = (Path(__file__).parent / "docs.html").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(text)

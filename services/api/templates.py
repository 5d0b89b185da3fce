"""The kinds of group to start from."""

from typing import Any

from flask import Response
from typing_extensions import TypedDict

from services.api.pages import Items
from services.api.responses import said
from services.api.routes import Noun
from services.planning.templates import TEMPLATES

templates = Noun("templates", "Kinds of group to start from", scope="groups")


class Template(TypedDict):
    """Rules to start from."""

    key: str
    title: str
    about: str
    rules: dict[str, Any]


@templates.on("GET", "/templates", {200: Items[Template]})
def index() -> Response:
    """List the kinds of group there are."""
    items = [
        Template(key=each.key, title=each.title, about=each.about, rules=each.rules)
        for each in TEMPLATES.values()
    ]
    return said({"items": items, "next": None})

"""Partial responses: what `fields=items(id,start),nextPageToken` leaves of an answer."""

import re
from typing import Any

from services.sandbox.google.errors import Refusal

Selection = dict[str, "Selection"]
"""Names and what is selected below them; nothing below means all."""

_TOKEN = re.compile(r"[^\s(),/]+|[(),/]")


def selection(text: str) -> Selection:
    """Read a selector. Raises Refusal."""
    tokens = _TOKEN.findall(text)
    chosen = _list(tokens, text)
    if tokens or not chosen:
        raise _unreadable(text)
    return chosen


def selected(answer: Any, chosen: Selection) -> Any:
    """Return the part of the answer that is selected; of a list, of each in it."""
    if not chosen:
        return answer
    if isinstance(answer, list):
        return [selected(each, chosen) for each in answer]
    if not isinstance(answer, dict):
        return answer
    everything = chosen.get("*")
    return {
        name: selected(value, chosen.get(name, everything or {}))
        for name, value in answer.items()
        if name in chosen or everything is not None
    }


def _list(tokens: list[str], text: str) -> Selection:
    chosen: Selection = {}
    while True:
        name, below = _path(tokens, text)
        chosen[name] = {**chosen[name], **below} if chosen.get(name) and below else below
        if not tokens or tokens[0] != ",":
            return chosen
        tokens.pop(0)


def _path(tokens: list[str], text: str) -> tuple[str, Selection]:
    if not tokens or tokens[0] in "(),/":
        raise _unreadable(text)
    name = tokens.pop(0)
    if tokens and tokens[0] == "/":
        tokens.pop(0)
        further, below = _path(tokens, text)
        return name, {further: below}
    if tokens and tokens[0] == "(":
        tokens.pop(0)
        below = _list(tokens, text)
        if not tokens or tokens.pop(0) != ")":
            raise _unreadable(text)
        return name, below
    return name, {}


def _unreadable(text: str) -> Refusal:
    return Refusal(400, "invalidParameter", f"Invalid field selection {text}", location="fields")

"""What is wrong with an input, and where it stands, in sentences."""

from typing import Any

from pydantic import ValidationError

from scheduler.errors import BadProblem
from services.planning.fields import shown

_MOST_TOLD = 10  # things that are wrong with one input


def explained(error: ValidationError, data: Any) -> BadProblem:
    """Say the first thing that is wrong with data, and where; the others go with it."""
    found: dict[str, BadProblem] = {}
    for each in error.errors(include_url=False)[:_MOST_TOLD]:
        place = _place(each["loc"], data)
        what, remedy = _sentence(each["type"], each.get("ctx", {}), each["input"])
        found.setdefault(place, BadProblem(f"{place}: {what}" if place else what, remedy=remedy))
    first, *others = found.values()
    first.others = tuple(others)
    return first


def _place(loc: tuple[int | str, ...], data: Any) -> str:
    """Where in the file, as in members[3].busy of 'Ada'; lists are counted from 0."""
    path = ""
    for step in loc:
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    name = _member_at(loc, data)
    return path.removeprefix(".") + (f" of {shown(name)}" if name else "")


def _member_at(loc: tuple[int | str, ...], data: Any) -> str | None:
    match loc:
        case ("members", int(index), *_) if isinstance(data["members"][index], dict):
            name = data["members"][index].get("name")
            return name if isinstance(name, str) else None
        case _:
            return None


def _sentence(kind: str, context: dict[str, Any], value: Any) -> tuple[str, str]:
    """What is wrong and what to write instead, for the kinds of error pydantic knows."""
    match kind:
        case "wrong":
            return context["what"], context["remedy"]
        case "missing":
            return "it is missing", "add it"
        case "too_short" | "string_too_short":
            return "it is empty", "give at least one" if kind == "too_short" else "write a name"
        case "string_too_long":
            return f"{shown(value)} is too long", f"write at most {context['max_length']} letters"
        case "greater_than_equal" | "less_than_equal":
            bound = "at least" if "ge" in context else "at most"
            return (
                f"{shown(value)} is out of range",
                f"write {bound} {context.get('ge', context.get('le'))}",
            )
        case _:
            wanted = _WANTED.get(kind, "another kind of value")
            return f"{shown(value)} is of the wrong type", f"write {wanted}"


_WANTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "string_type": "text in quotes",
    "bool_type": "true or false",
    "list_type": "a list in [ ]",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "dict_type": "a table",
}

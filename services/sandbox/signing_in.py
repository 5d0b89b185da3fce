"""What tests make of the sign-ins of both hosts: how long tokens last, and who cannot go on."""

from services.sandbox.faults import JSON
from services.sandbox.newcomers import BadRequest, only
from services.sandbox.world import World

_CENTURY = 3_153_600_000  # seconds
_LISTS = ("redirects", "interaction_required", "consent_withdrawn", "admin_approval")


def sign_in_told(world: World) -> JSON:
    """What holds now, at Google and at Outlook."""
    redirects = world.grants.redirects | world.entra.redirects
    return world.entra.rules | world.grants.tokens.rules | {"redirects": sorted(redirects)}


def sign_in_rules(world: World, body: JSON) -> None:
    """Change some of it. Raises BadRequest, and then nothing has changed."""
    only(body, "expires_in", "rotate", "lies", *_LISTS)
    lists = {name: _texts(name, body[name]) for name in _LISTS if name in body}
    both: JSON = {}
    if "expires_in" in body:
        both["expires_in"] = seconds("expires_in", body["expires_in"])
    if "rotate" in body:
        both["rotate"] = body["rotate"] is True
    lies = body.get("lies", {})
    if not isinstance(lies, dict):
        raise BadRequest('"lies" cannot be read', remedy='write claims as {"aud": "another"}')
    theirs = {
        name: [each.lower() for each in lists[name]]
        for name in ("interaction_required", "admin_approval")
        if name in lists
    }
    told = both | theirs | ({"lies": lies} if "lies" in body else {})
    if both:
        world.grants.tokens.rule(**both)
    if told:
        world.entra.rule(**told)
    for host in (world.grants, world.entra):
        host.allow(lists.get("redirects", []))
    for each in lists.get("consent_withdrawn", []):
        world.entra.remove(each.lower())


def seconds(name: str, value: object) -> float:
    """Read a number of seconds. Raises BadRequest."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > _CENTURY:
        raise BadRequest(f"{name}: {value!r} is no number of seconds", remedy="write one, say 60")
    return float(value)


def _texts(name: str, value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise BadRequest(f"{name} cannot be read", remedy='write a list of texts: ["…"]')
    return value

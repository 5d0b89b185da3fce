"""The token endpoint: codes and refresh tokens in, tokens out, in Google's words."""

from collections.abc import Mapping
from functools import partial
from hmac import compare_digest
from typing import Any

from werkzeug.datastructures import Authorization

from services.sandbox.google import scopes as names
from services.sandbox.google.identity import Identity
from services.sandbox.google.tokens import BadGrant, Given, Grant
from services.sandbox.world import World

Answer = tuple[int, dict[str, Any]]


def exchange(
    world: World, identity: Identity, form: Mapping[str, str], said: Authorization | None
) -> Answer:
    """The status and the body that answer this form; the client's name is in it, or `said`."""
    basic = said if said is not None and said.type == "basic" else None
    name = (basic.username if basic else None) or form.get("client_id", "")
    secret = (basic.password if basic else None) or form.get("client_secret", "")
    client = world.grants.client(name)
    if client is None:
        return _error(401, "invalid_client", "The OAuth client was not found.")
    if not compare_digest(client.secret.encode(), secret.encode()):
        return _error(401, "invalid_client", "Unauthorized")
    try:
        given = _given(world, client.id, form)
    except _Missing as missing:
        return _error(400, "invalid_request", f"Missing required parameter: {missing}")
    except BadGrant as error:
        world.history.note("no token", error=error.error, said=str(error))
        return _error(400, error.error, str(error))
    grant = given.grant
    world.history.note("token", person=grant.email, scopes=sorted(grant.scopes))
    return 200, _told(given, identity)


class _Missing(Exception):
    """A parameter that has to be there is not."""


def _given(world: World, client_id: str, form: Mapping[str, str]) -> Given:
    kind = _needed(form, "grant_type")
    if kind == "authorization_code":
        code, returned = _needed(form, "code"), _needed(form, "redirect_uri")
        verifier = form.get("code_verifier", "")
        return world.grants.tokens.redeem(code, client_id, returned, verifier)
    if kind == "refresh_token":
        only = frozenset(map(names.short, form.get("scope", "").split()))
        token = _needed(form, "refresh_token")
        return world.grants.tokens.refresh(token, client_id, partial(_less, only))
    raise BadGrant(f"Invalid grant_type: {kind}", "unsupported_grant_type")


def _less(only: frozenset[str], held: Grant) -> frozenset[str]:
    """Some of the scopes that a refresh token holds, or all where none are named."""
    if only - held.scopes:
        said = "Some requested scopes were never granted."
        raise BadGrant(said, "invalid_scope", why="scope")
    return only or held.scopes


def _needed(form: Mapping[str, str], name: str) -> str:
    if not form.get(name):
        raise _Missing(name)
    return form[name]


def _told(given: Given, identity: Identity) -> dict[str, Any]:
    body = {
        "access_token": given.access,
        "expires_in": given.seconds,
        "scope": names.text(given.grant.scopes),
        "token_type": "Bearer",
    }
    if given.refresh:
        body["refresh_token"] = given.refresh
    if names.OPENID in given.grant.scopes:
        body["id_token"] = identity.token(given)
    return body


def _error(status: int, error: str, said: str) -> Answer:
    return status, {"error": error, "error_description": said}

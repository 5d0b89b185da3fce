"""The token endpoint: codes and refresh tokens in, tokens out, in Entra's words."""

from collections.abc import Mapping
from hmac import compare_digest
from typing import Any
from urllib.parse import unquote_plus

from werkzeug.datastructures import Authorization

from services.sandbox.entra import scopes as names
from services.sandbox.entra.errors import Refused
from services.sandbox.entra.grants import CLIENT_ID
from services.sandbox.entra.identity import Identity, client_info
from services.sandbox.entra.tenants import has
from services.sandbox.google.tokens import BadGrant, Given
from services.sandbox.world import World

JSON = dict[str, Any]
_WHY = {
    "used": (54005, "OAuth2 Authorization code was already redeemed."),
    "over": (70008, "The provided authorization code or refresh token has expired."),
    "verifier": (501481, "The Code_Verifier does not match the code_challenge supplied."),
}
_CODE = (70000, "The provided value for the input parameter 'code' is not valid.")
_INACTIVE = "The refresh token has expired due to inactivity."
_REDIRECT = "The reply URL does not match the one provided when requesting the code."


def exchange(
    world: World,
    identity: Identity,
    where: tuple[str, str],
    form: Mapping[str, str],
    said: Authorization | None,
) -> JSON:
    """The tokens that answer this form; the client's name is in it, or `said`. Raises Refused.

    where  our address with a final slash, and the first part of the one that was asked
    """
    _prove(world, form, said)
    wanted = names.read(form.get("scope", ""))
    if unknown := names.unknown(wanted):
        raise Refused("invalid_scope", 70011, f"The scope {unknown[0]} is not valid.")
    given = _given(world, form, wanted)
    base, at = where
    person = world.person(given.grant.email)
    if not has(at, person):
        raise Refused("invalid_grant", 50020, "The user account does not exist in the tenant.")
    world.history.note("token", person=person.email, scopes=sorted(given.grant.scopes))
    told = _told(given)
    if names.OPENID in given.grant.scopes:
        told["id_token"] = identity.token(base, person, given, world.entra.rules["lies"])
    if form.get("client_info") == "1":
        told["client_info"] = client_info(person)
    return told


def _prove(world: World, form: Mapping[str, str], said: Authorization | None) -> None:
    """Raise Refused unless it is the client who asks."""
    basic = said if said is not None and said.type == "basic" else None
    name = unquote_plus(basic.username or "") if basic else form.get("client_id", "")
    secret = unquote_plus(basic.password or "") if basic else form.get("client_secret", "")
    client = world.entra.client(name)
    if client is None:
        raise Refused("unauthorized_client", 700016, "No application has this identifier.")
    if not secret:
        lacks = "The request must contain 'client_assertion' or 'client_secret'."
        raise Refused("invalid_client", 7000218, lacks, status=401)
    if not compare_digest(client.secret.encode(), secret.encode()):
        wrong = "Invalid client secret provided."
        raise Refused("invalid_client", 7000215, wrong, status=401)


def _given(world: World, form: Mapping[str, str], wanted: frozenset[str]) -> Given:
    kind = _needed(form, "grant_type")
    if kind == "refresh_token":
        try:
            return world.entra.refresh(_needed(form, kind), wanted)
        except BadGrant as bad:
            raise Refused("invalid_grant", 700082, _INACTIVE, suberror="bad_token") from bad
    if kind != "authorization_code":
        raise Refused("unsupported_grant_type", 70003, f"The grant type '{kind}' is not supported.")
    code, returned = _needed(form, "code"), _needed(form, "redirect_uri")
    verifier = form.get("code_verifier", "")
    try:
        return world.entra.tokens.redeem(code, CLIENT_ID, returned, verifier)
    except BadGrant as bad:
        if bad.why == "redirect":
            raise Refused("invalid_client", 500112, _REDIRECT) from bad
        raise Refused("invalid_grant", *_WHY.get(bad.why, _CODE)) from bad


def _needed(form: Mapping[str, str], name: str) -> str:
    if not form.get(name):
        said = f"The request body must contain the following parameter: '{name}'."
        raise Refused("invalid_request", 900144, said)
    return form[name]


def _told(given: Given) -> JSON:
    body: JSON = {
        "token_type": "Bearer",
        "scope": names.text(given.grant.scopes),
        "expires_in": given.seconds,
        "ext_expires_in": given.seconds,
        "access_token": given.access,
    }
    return body | ({"refresh_token": given.refresh} if given.refresh else {})

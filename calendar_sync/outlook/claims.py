"""Whose account it is: what Microsoft says of that, believed only if all of it fits.

msal reads an id_token and checks its nonce alone. Here everything is checked that it says of us
and of itself; who somebody is, is their tenant and their number in it, never an address. It came
from the authority itself over https: that stands for the signature (OpenID Connect Core 3.1.3.7).
"""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from typing import Any

from calendar_sync.errors import ReconnectNeeded, Wait, broken
from calendar_sync.outlook.where import Where

_PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad"  # the tenant of everybody's own accounts
_TENANT = "{tenantid}"  # what an authority of many tenants writes in the place of each
_NUMBER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")
_LEEWAY = 120  # seconds that Microsoft's clock and ours may differ

Found = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Owner:
    """Who an account is.

    subject  tenant and number: who they are for good
    email    the name they sign in with, which looks like an address
    """

    subject: str = field(repr=False)
    email: str = field(repr=False)


def is_personal(subject: str) -> bool:
    """Whether that is somebody's own account, and no organisation's."""
    return subject.startswith(f"{_PERSONAL}.")


def owner(found: Found, where: Where, issuer: str, nonce: str, now: datetime) -> Owner:
    """Return who consented.

    found   what came for the code
    issuer  as the authority describes itself
    nonce   as the question held it
    Raises ReconnectNeeded unless all of it is about this sign-in, or Wait if it says nothing.
    """
    head, claims = _opened(found.get("id_token"))
    said = str(claims.get("nonce")).encode()
    if not compare_digest(said, nonce.encode()) or not _fits(head, claims, where, issuer, now):
        raise _another("this sign-in")
    subject = _subject(claims)
    if _named(found) != subject:
        raise _another("this sign-in")
    return Owner(subject, _address(claims, subject))


def same(found: Found, where: Where, issuer: str, subject: str, now: datetime) -> None:
    """Check that a renewal is about the account that was renewed. It may leave out who it is.

    Raises ReconnectNeeded or Wait.
    """
    if found.get("client_info") is not None and _named(found) != subject:
        raise _another("this account")
    if found.get("id_token") is not None:
        head, claims = _opened(found["id_token"])
        if not _fits(head, claims, where, issuer, now) or _subject(claims) != subject:
            raise _another("this account")


def _fits(head: Found, claims: Found, where: Where, issuer: str, now: datetime) -> bool:
    """Whether it is from there, for us, of now, and of an account of the kind that was asked."""
    tenant, person = str(claims.get("tid")), str(claims.get("oid"))
    algorithm = head.get("alg")
    return (
        isinstance(algorithm, str)
        and algorithm.lower() not in ("", "none")
        and claims.get("aud") == where.client_id
        and _NUMBER.fullmatch(tenant) is not None
        and _NUMBER.fullmatch(person) is not None
        and claims.get("iss") == issuer.replace(_TENANT, tenant)
        and _is_of_kind(tenant, where)
        and _is_now(claims, now)
    )


def _is_of_kind(tenant: str, where: Where) -> bool:
    """Whether the authority lets in accounts like this one. One tenant's is named by its issuer."""
    whom = where.authority.rstrip("/").rpartition("/")[2].lower()
    if whom == "organizations":
        return tenant.lower() != _PERSONAL
    if whom == "consumers":
        return tenant.lower() == _PERSONAL
    return whom == tenant.lower() or not _NUMBER.fullmatch(whom)


def _is_now(claims: Found, now: datetime) -> bool:
    begins, ends, moment = claims.get("nbf", 0), claims.get("exp"), now.timestamp()
    return (
        isinstance(begins, int | float)
        and isinstance(ends, int | float)
        and begins - _LEEWAY <= moment < ends + _LEEWAY
    )


def _subject(claims: Found) -> str:
    return f"{claims['tid']}.{claims['oid']}".lower()


def _named(found: Found) -> str:
    """Return whom msal will take it for: what comes beside the id_token says so, unsigned."""
    said = _json(found.get("client_info"))
    return f"{said.get('utid')}.{said.get('uid')}".lower()


def _address(claims: Found, subject: str) -> str:
    """Return the name of sign-in. Of a work account `email` is whatever its tenant likes to say."""
    for name in ("preferred_username", *(("email",) if is_personal(subject) else ())):
        said = claims.get(name)
        if isinstance(said, str) and said.isprintable() and _ADDRESS.fullmatch(said):
            return said
    raise ReconnectNeeded(
        "Microsoft does not tell an address of this account",
        remedy="sign in with an account that has one",
    )


def _opened(text: object) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the head of an id_token, and what it says."""
    parts = str(text).split(".")
    if len(parts) != 3:
        raise _unproved()
    return _json(parts[0]), _json(parts[1])


def _json(part: object) -> dict[str, Any]:
    try:
        text = str(part)
        found = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        raise _unproved() from None
    if not isinstance(found, dict):
        raise _unproved()
    return found


def _unproved() -> Wait:
    return broken("no proof of whose account it is")


def _another(what: str) -> ReconnectNeeded:
    return ReconnectNeeded(f"Microsoft's answer is not about {what}", remedy="connect again")

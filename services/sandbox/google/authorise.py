"""What a client asks a person for, read from the address it sent them to (OAuth 2.0)."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from services.sandbox.google import scopes as names
from services.sandbox.google.grants import Client, Grants
from services.sandbox.google.identity import ISSUER


class BadAsk(Exception):
    """The address asks for something Google would not do. `error` is its word for it."""

    def __init__(self, error: str, said: str) -> None:
        super().__init__(said)
        self.error = error


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A client's wish.

    scopes     by their short names
    challenge  of PKCE (S256), or ""
    offline    whether it wants to come back without the person
    include    whether what was allowed before counts as well
    prompts    "none", "consent" and "select_account", as far as they were asked for
    """

    client: Client
    redirect: str
    scopes: frozenset[str]
    state: str
    nonce: str
    challenge: str
    hint: str
    offline: bool
    include: bool
    prompts: frozenset[str]

    @property
    def calendar(self) -> list[str]:
        """What a person can allow or not, one by one."""
        return sorted(self.scopes - names.IDENTITY)

    def returned(self, **parameters: str) -> str:
        """Where the person goes back to, with these and the state."""
        told = {"state": self.state} if self.state else {}
        parts = urlsplit(self.redirect)
        query = "&".join(filter(None, (parts.query, urlencode(told | parameters))))
        return urlunsplit(parts._replace(query=query))

    def refused(self, error: str) -> str:
        """Where the person goes back to with nothing."""
        return self.returned(error=error)

    def allowed(self, code: str, scopes: frozenset[str], prompt: str) -> str:
        """Where the person goes back to with a code for these scopes."""
        told = {"iss": ISSUER, "code": code, "scope": names.text(scopes)}
        return self.returned(**told, authuser="0", prompt=prompt)


def read(query: Mapping[str, str], grants: Grants) -> Asked:
    """The wish in an address. Raises BadAsk: nobody is sent back to an address not known."""
    for name in ("client_id", "redirect_uri", "response_type", "scope"):
        if not query.get(name):
            raise BadAsk("invalid_request", f"Required parameter is missing: {name}")
    client = grants.client(query["client_id"])
    if client is None:
        raise BadAsk("invalid_client", "The OAuth client was not found.")
    if query["redirect_uri"] not in client.redirects:
        known = ", ".join(sorted(client.redirects)) or "none"
        said = f"This sandbox returns to these addresses alone: {known}."
        raise BadAsk("redirect_uri_mismatch", said)
    if query["response_type"] != "code":
        raise BadAsk("unsupported_response_type", "The sandbox knows response_type=code alone.")
    wanted = frozenset(map(names.short, query["scope"].split()))
    unknown = sorted(each for each in wanted if not names.is_known(each))
    if unknown:
        raise BadAsk("invalid_scope", f"Some requested scopes were invalid: {', '.join(unknown)}")
    challenge = query.get("code_challenge", "")
    if challenge and query.get("code_challenge_method") != "S256":
        raise BadAsk("invalid_request", "The sandbox knows code_challenge_method=S256 alone.")
    return Asked(
        client=client,
        redirect=query["redirect_uri"],
        scopes=wanted,
        state=query.get("state", ""),
        nonce=query.get("nonce", ""),
        challenge=challenge,
        hint=query.get("login_hint", "").lower(),
        offline=query.get("access_type") == "offline",
        include=query.get("include_granted_scopes") == "true",
        prompts=frozenset(query.get("prompt", "").split()),
    )

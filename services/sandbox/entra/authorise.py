"""What a client asks a person for, read from the address it sent them to (OAuth 2.0)."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from services.sandbox.entra import scopes as names
from services.sandbox.entra.errors import Refused
from services.sandbox.entra.grants import EntraGrants
from services.sandbox.google.grants import Client

_KNOWN = {
    "response_type": (700054, "unsupported_response_type", "code"),
    "response_mode": (900144, "invalid_request", "query"),
    "code_challenge_method": (501491, "invalid_request", "S256"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A client's wish.

    scopes     by their short names
    challenge  of PKCE (S256), or ""
    prompts    "none", "consent", "login" and "select_account", as far as they were asked for
    """

    client: Client
    redirect: str
    scopes: frozenset[str]
    state: str
    nonce: str
    challenge: str
    hint: str
    prompts: frozenset[str]

    @property
    def words(self) -> list[str]:
        """What it would be allowed, in plain words; signing in goes without saying."""
        told = sorted(self.scopes - {names.OPENID, names.EMAIL}, key=list(names.WORDS).index)
        return [names.WORDS[each] for each in told]

    def returned(self, **parameters: str) -> str:
        """Where the person goes back to, with these and the state."""
        told = {"state": self.state} if self.state else {}
        parts = urlsplit(self.redirect)
        query = "&".join(filter(None, (parts.query, urlencode(parameters | told))))
        return urlunsplit(parts._replace(query=query))

    def refused(self, error: Refused) -> str:
        """Where the person goes back to with nothing."""
        sub = {"error_subcode": error.suberror} if error.suberror else {}
        return self.returned(error=error.error, error_description=error.said, **sub)


def read(query: Mapping[str, str], grants: EntraGrants) -> Asked:
    """The wish in an address. Raises Refused: nobody is sent back to an address not known."""
    for name in ("client_id", "redirect_uri", "response_type", "scope"):
        if not query.get(name):
            said = f"The request body must contain the following parameter: '{name}'."
            raise Refused("invalid_request", 900144, said)
    client = grants.client(query["client_id"])
    if client is None:
        raise Refused("unauthorized_client", 700016, "No application has this identifier.")
    if query["redirect_uri"] not in client.redirects:
        known = ", ".join(sorted(client.redirects)) or "none"
        said = f"This sandbox returns to these addresses alone: {known}."
        raise Refused("invalid_request", 50011, said)
    for name, (number, error, only) in _KNOWN.items():
        if query.get(name, only) != only:
            raise Refused(error, number, f"The sandbox knows {name}={only} alone.")
    wanted = names.read(query["scope"])
    if unknown := names.unknown(wanted):
        said = f"The application asked for scopes that do not exist: {', '.join(unknown)}."
        raise Refused("invalid_client", 650053, said)
    return Asked(
        client=client,
        redirect=query["redirect_uri"],
        scopes=wanted,
        state=query.get("state", ""),
        nonce=query.get("nonce", ""),
        challenge=query.get("code_challenge", ""),
        hint=query.get("login_hint", "").lower(),
        prompts=frozenset(query.get("prompt", "").split()),
    )

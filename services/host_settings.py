"""Settings of hosts of calendars: where they are, who we are there, and what may be reached."""

import ipaddress
import re
from pathlib import Path
from urllib.parse import urlsplit

from calendar_sync.google.where import Where as Google
from calendar_sync.ics.fetch import Network
from calendar_sync.outlook.where import Where as Outlook
from services.variables import Variables

_HOOKS = re.compile(r"/hooks(/google|/graph)?$")


def google(read: Variables) -> Google:
    """Where Google is, and by which name it knows us."""
    usual = Google()
    client, secret = _client(read, "GOOGLE")
    return Google(
        client_id=client,
        client_secret=secret,
        api_url=read.outside("GOOGLE_API_URL", usual.api_url).rstrip("/") + "/",
        oauth_url=read.outside("GOOGLE_OAUTH_URL", usual.oauth_url),
        token_url=read.outside("GOOGLE_TOKEN_URL", usual.token_url),
        revoke_url=read.outside("GOOGLE_REVOKE_URL", usual.revoke_url),
        ca_file=Path(found) if (found := read.text("CA_FILE")) else None,
    )


def outlook(read: Variables) -> Outlook:
    """Where Microsoft is, and by which name it knows us."""
    usual = Outlook()
    client, secret = _client(read, "MICROSOFT")
    return Outlook(
        client_id=client,
        client_secret=secret,
        authority=_authority(read, usual.authority),
        graph_url=_graph_url(read, usual.graph_url),
        ca_file=Path(found) if (found := read.text("CA_FILE")) else None,
        told=_pushed(read) is not None,
    )


def _client(read: Variables, whose: str) -> tuple[str | None, str | None]:
    """Read by which name a host knows us, and what proves it: both, or neither."""
    client = read.text(f"{whose}_CLIENT_ID")
    secret, short = read.text(f"{whose}_CLIENT_SECRET"), read.text(f"{whose}_SECRET")
    secret = secret or short
    if (client is None) != (secret is None):
        lacks = "CLIENT_ID" if client is None else "CLIENT_SECRET"
        read.wrong(f"{whose}_{lacks}", "it is not set, though the other half is")
    return client, secret


def _authority(read: Variables, usual: str) -> str:
    """Read where Microsoft signs people in: always over https, and whom is one word."""
    name = "MICROSOFT_AUTHORITY"
    text = read.outside(name, usual).rstrip("/")
    scheme, _, rest = text.partition("://")
    if scheme != "https" or rest.count("/") != 1:
        read.wrong(name, f"write an https address such as {usual}")
        return usual
    return text


def _graph_url(read: Variables, usual: str) -> str:
    """Read where Graph is, with its version: all that is asked stands below that."""
    text = read.outside("GRAPH_URL", usual).rstrip("/")
    if not text.endswith("/v1.0"):
        read.wrong("GRAPH_URL", f"write it up to and including /v1.0, such as {usual}")
        return usual
    return text


def network(read: Variables) -> Network:
    """What calendar fetching may reach and trust, besides what is public."""
    return Network(allow=_networks(read), ca_file=_ca_file(read))


def push_url(read: Variables) -> str | None:
    """Where hosts reach us to tell of changes, without a final slash; None: they cannot."""
    text = _pushed(read)
    if text is None:
        return None
    try:
        parts = urlsplit(text)
        login = parts.username is not None or parts.password is not None
        extra = parts.query or parts.fragment or login or len(text.split()) > 1
        good = parts.scheme == "https" and parts.hostname and parts.port != 0
        path = parts.path
    except ValueError:
        good, extra, path = False, "", ""
    if not good or extra:
        usual = "such as https://commonhour.example.org"
        read.wrong("PUSH_URL", f"it must be https, host and perhaps port only, {usual}")
        return None
    if _HOOKS.search(path):
        read.wrong("PUSH_URL", "leave out /hooks at its end, which is put there by itself")
        return None
    return text


def _pushed(read: Variables) -> str | None:
    return (read.text("PUSH_URL") or "").strip().rstrip("/") or None


def _networks(read: Variables) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    found = []
    for word in (read.text("ALLOW_PRIVATE_FEEDS") or "").replace(",", " ").split():
        try:
            found.append(ipaddress.ip_network(word, strict=False))
        except ValueError:
            read.wrong("ALLOW_PRIVATE_FEEDS", f"{word!r} is neither an address nor a network")
    return tuple(found)


def _ca_file(read: Variables) -> Path | None:
    text = read.text("CA_FILE")
    if text is None:
        return None
    if not Path(text).is_file():
        read.wrong("CA_FILE", f"there is no file {text}")
    return Path(text)

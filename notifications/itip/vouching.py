"""Whether our own mail server vouches for the sender (RFC 8601, Authentication-Results).

Such a field is text like any other, and whoever sends a mail may write one. What counts is what
our server wrote, under the name that it was given. Of several the topmost counts alone, for
servers put theirs above what was there; one that writes nothing on some mails has to remove what
others wrote under its name (RFC 8601, section 5).
"""

import re

from notifications.addresses import Address
from notifications.errors import Undeliverable
from notifications.itip.letterbox import Letter

_PLAIN = re.compile(r'"([A-Za-z0-9+/=._@-]*)"')
_COMMENT = re.compile(r"\([^()]*\)")
_UNCLEAR = re.compile(r'["\\()]')
_RESULT = re.compile(r"\s*([A-Za-z0-9-]+)(?:\s*/\s*\d+)?\s*=\s*([A-Za-z]+)")
_FACT = re.compile(r"(?<!\S)(header\.d|header\.from|smtp\.mailfrom)\s*=\s*(\S+)", re.IGNORECASE)
_PROOF = {"dmarc": "header.from", "dkim": "header.d", "spf": "smtp.mailfrom"}
"""For whose domain a method speaks."""


def vouched(letter: Letter, authserv_id: str, guest: Address) -> bool:
    """Say whether a domain that our server proved is the sender's, and the guest's.

    A guest may write from another address of the same domain, or of a part of it.
    """
    try:
        sender = Address.parse(letter.sender).domain
    except Undeliverable:
        return False
    proven = _proven(letter.verdicts, authserv_id)
    return any(_belongs(sender, domain) for domain in proven) and (
        _belongs(sender, guest.domain) or _belongs(guest.domain, sender)
    )


def _proven(verdicts: list[str], authserv_id: str) -> set[str]:
    """Return the domains that our server found to be genuine."""
    ours = (verdict for verdict in verdicts if _server(verdict) == authserv_id.lower())
    domains = set[str]()
    for result in _results(next(ours, "")) if authserv_id else ():
        found = _RESULT.match(result)
        if found and found[1].lower() in _PROOF and found[2].lower() == "pass":
            domains.add(_domain(result, _PROOF[found[1].lower()]))
    return domains - {""}


def _server(verdict: str) -> str:
    """Return whose word it is."""
    head = _COMMENT.sub(" ", verdict).partition(";")[0].split()
    return head[0].strip('"').lower() if head else ""


def _results(verdict: str) -> list[str]:
    """Return what was found; nothing where quotes could mislead.

    A server repeats parts of the sender's address, and "; dkim=pass" can be one between quotes.
    """
    plain = _COMMENT.sub(" ", _PLAIN.sub(r"\1", verdict))
    return [] if _UNCLEAR.search(plain) else plain.split(";")[1:]


def _domain(result: str, fact: str) -> str:
    found = {str(name).lower(): str(value).lower() for name, value in _FACT.findall(result)}
    return found.get(fact, "").rpartition("@")[2].rstrip(".")


def _belongs(domain: str, other: str) -> bool:
    """Say whether it is the other domain or a part of it."""
    return domain == other or domain.endswith(f".{other}")

"""Whom the pages serve: this machine's own browser, and no other site's page through it."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import abort, request


def refuse_strangers() -> None:
    """Refuse a host name that is not this machine's, and changes that another site's page asks for.

    There is no sign-in here, so what keeps a page elsewhere from writing through the reader's
    browser is that browsers say where a request comes from. What says nothing is no browser.
    """
    if not _local(urlsplit(f"//{request.host}").hostname or ""):
        abort(403, "The sandbox's pages are only for the machine it runs on.")
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    # Sec-Fetch-Site first: of a page that sends no referrer, the Origin is "null" even at home.
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    here = site == "same-origin" if site else origin in (None, request.host_url.rstrip("/"))
    if not here:
        abort(403, "Another site's page asked for this change.")


def _local(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False

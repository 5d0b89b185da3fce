"""Whether a request comes from this machine itself, without anybody between."""

import ipaddress
from urllib.parse import urlsplit

from flask import request

from services.variables import is_local

_SENT_ON = ("Forwarded", "Via", "X-Real-IP")


def asked_here() -> bool:
    """Whether whoever asks sits at this machine, and asks us by a name of this machine.

    Another name that leads here may belong to a page that wants to read what we answer.
    """
    sent_on = any(each in request.headers for each in _SENT_ON) or any(
        name.lower().startswith("x-forwarded") for name, _ in request.headers
    )
    host = urlsplit(f"//{request.host}").hostname or ""
    return not sent_on and _is_loopback(request.remote_addr or "") and is_local(host)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False

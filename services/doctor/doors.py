"""How people reach us and we reach them: address, keys, mail, and other people's calendars."""

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from cryptography import x509

from calendar_sync.outlook.authority import described
from notifications.message import Sender
from notifications.smtp import SmtpChannel
from scheduler.errors import Explained
from services.config import Settings
from services.doctor.finding import Finding, failing, missing, ok, weak
from services.wiring import now

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def address(settings: Settings) -> Iterator[Finding]:
    """Say who can reach us, and whether what lies between is believed rightly."""
    if settings.local:
        yield ok("address", f"{settings.address}, for this machine alone")
        if settings.listen[0] in {"0.0.0.0", "::", ""}:  # noqa: S104 -- compared
            what = "other machines can connect, though the address is local"
            yield weak("listen", what, "set COMMONHOUR_BASE_URL, or listen at 127.0.0.1")
        return
    yield ok("address", settings.address)
    if not settings.trusted_proxies:
        what = "nobody is believed who asks on behalf of others"
        yield weak(
            "proxies", what, "set COMMONHOUR_TRUSTED_PROXIES to the number of proxies before us"
        )
    else:
        yield ok("proxies", f"{settings.trusted_proxies} are believed")


def keys(settings: Settings) -> Iterator[Finding]:
    """Say where the secrets of this installation come from."""
    file = settings.home / "keys.json"
    for part, is_set in (
        ("secret key", bool(settings.secret_key)),
        ("token keys", bool(settings.token_keys)),
    ):
        if is_set:
            yield ok(part, "set")
        elif file.exists():
            yield ok(part, "made here and kept in keys.json; a backup needs it")
        else:
            yield missing(part, "not set", "the first start makes one and keeps it")
    if file.exists() and file.stat().st_mode & 0o077:
        yield weak("keys.json", "others on this machine may read it", "chmod 600 keys.json")


def mail(settings: Settings) -> Finding:
    """Connect to the mail server as for a mail, and send none."""
    if settings.smtp_url is None:
        return ok("mail", f"kept on this machine, in {settings.mails}")
    try:
        sender, ca_file = Sender(settings.mail_from), settings.network.ca_file
        channel = SmtpChannel(settings.smtp_url, sender, ca_file, now)
        with channel._session():  # noqa: SLF001 -- connects, encrypts and logs in
            pass
    except Explained as error:
        return failing("mail", error.what, error.remedy)
    except (OSError, ValueError) as error:
        what = f"the mail server cannot be used ({type(error).__name__})"
        return failing("mail", what, "check COMMONHOUR_SMTP_URL")
    return ok("mail", "the mail server answers")


def feeds(settings: Settings, today: datetime) -> Iterator[Finding]:
    """Say what calendars' addresses may reach, and whom we trust there."""
    allowed = settings.network.allow
    if any(each.prefixlen == 0 for each in allowed):
        what = "calendars' addresses may reach every machine"
        yield weak("feeds", what, "name only the networks needed in COMMONHOUR_ALLOW_PRIVATE_FEEDS")
    else:
        yield ok("feeds", f"public addresses{''.join(f', {each}' for each in allowed)}")
    if settings.network.ca_file is not None:
        yield _certificates(settings, today)


def google(settings: Settings) -> Finding:
    """Say whether members can connect Google accounts, and where those are."""
    if settings.google.client_id is None:
        return ok(
            "google", "not set: nobody connects accounts; COMMONHOUR_GOOGLE_CLIENT_ID lets them"
        )
    host = urlsplit(settings.google.api_url).hostname
    returns = f"{settings.address}/connect/google/return"
    return ok("google", f"at {host}; it must know {returns} as a redirect address")


def outlook(settings: Settings) -> Finding:
    """Say whether members can connect Outlook accounts, whose, and where those are.

    Microsoft is asked for its description of itself, which names nobody.
    """
    if settings.outlook.client_id is None:
        return ok(
            "outlook", "not set: nobody connects accounts; COMMONHOUR_MICROSOFT_CLIENT_ID lets them"
        )
    host = urlsplit(settings.outlook.graph_url).hostname
    returns = f"{settings.address}/connect/outlook/return"
    if not _GUID.fullmatch(settings.outlook.client_id):
        what = "COMMONHOUR_MICROSOFT_CLIENT_ID is no application id of Microsoft's"
        return failing("outlook", what, "copy the id from the application's page there")
    try:
        described(settings.outlook)
    except Explained as error:
        return failing(
            "outlook", error.what, "check COMMONHOUR_MICROSOFT_AUTHORITY, and the network"
        )
    what = f"at {host}, by {settings.outlook.authority}; that must know {returns}"
    return ok("outlook", f"{what} as a redirect address")


def _certificates(settings: Settings, today: datetime) -> Finding:
    file = settings.network.ca_file
    assert file is not None
    try:
        found = x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError):
        return failing("certificates", f"{file} holds none", "give a file of PEM certificates")
    over = [each for each in found if each.not_valid_after_utc < today]
    if over:
        what = f"{len(over)} of {len(found)} in {file} are no longer valid"
        return weak("certificates", what, "ask for new ones")
    return ok("certificates", f"{len(found)} besides the public ones")

"""Settings: the one reader of the environment. All problems are reported at once."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

from calendar_sync.google.where import Where as Google
from calendar_sync.ics.fetch import Network
from calendar_sync.outlook.where import Where as Outlook
from notifications.addresses import Address
from scheduler.errors import Explained
from services import host_settings, mail_settings
from services.doubts import Doubt
from services.times import Times
from services.variables import Variables, is_local

_LISTEN = "127.0.0.1:8000"
_LEVELS = ("debug", "info", "warning", "error")


class BadSettings(Explained):
    """The environment holds settings that cannot be used; each problem is a sentence."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = problems
        alone = len(problems) == 1
        remedy = "correct it, or unset it" if alone else "correct or unset them"
        super().__init__("; ".join(problems), remedy=remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this process runs. Secrets never appear in its repr, and so never in a log.

    Each field is COMMONHOUR_ and its name in capitals, but for `google`, whose fields are
    COMMONHOUR_GOOGLE_CLIENT_ID, _CLIENT_SECRET, _API_URL, _OAUTH_URL, _TOKEN_URL and _REVOKE_URL
    (another host of the same API may stand in for Google), for `outlook`, whose fields are
    COMMONHOUR_MICROSOFT_CLIENT_ID, _CLIENT_SECRET and _AUTHORITY, and COMMONHOUR_GRAPH_URL, and
    for `network`, which is
    COMMONHOUR_ALLOW_PRIVATE_FEEDS (addresses or networks, separated by commas or spaces, that
    calendar fetching may reach besides public ones) and COMMONHOUR_CA_FILE (a PEM file of
    certificates trusted in addition).

    home             folder of everything kept on one machine
    database_url     None: a SQLite file in `home`
    redis_url        None: `up` starts a server of its own
    base_url         where people reach us, without a final slash; None: where we listen
    secret_key       signs forms; None: made once and kept in `home`
    token_keys       seal secrets in the database, newest first; empty: as above
    smtp_url         None: mails are kept in a folder of `home`
    copies_url       SMTP server that is handed invitations besides, which are kept in that folder;
                     no variable sets it, but `up --sandbox`
    reply_address    where answers to invitations by mail arrive, such as reply+{tag}@example.org;
                     None: at mail_from, with +{tag} before the @
    imap_url         the mailbox in which answers by mail arrive; None: it is not read
    authserv_id      how our mail server calls itself in Authentication-Results; "": it vouches for
                     nobody, and answers by mail wait for guests to confirm them
    mail_hook_secret with which a mail server posts answers to /hooks/mail; None: none may
    mail_rate        letters of invitations in a minute, at most
    push_url         https address at which hosts of calendars reach us to tell of changes, without
                     a final slash; None: they cannot, and calendars are read from time to time
    listen           host and port
    trusted_proxies  how many proxies before us say who asks
    sign_up          whether a stranger may become a coordinator by signing up
    operators        e-mail addresses of whoever may see the operator's page
    times            COMMONHOUR_LEASE and so on; only tests and large installations set them
    log              debug, info, warning or error
    google           where it is, and by which name it knows us; no client_id: nobody connects one
    outlook          where Microsoft is, and so on
    doubts           what can be used of all this, and was hardly meant
    """

    home: Path = Path(".commonhour")
    database_url: str | None = field(default=None, repr=False)
    redis_url: str | None = field(default=None, repr=False)
    base_url: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    token_keys: tuple[str, ...] = field(default=(), repr=False)
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = "commonhour@localhost"
    copies_url: str | None = None
    reply_address: str | None = None
    mail_rate: int = 25
    imap_url: str | None = field(default=None, repr=False)
    authserv_id: str = ""
    mail_hook_secret: str | None = field(default=None, repr=False)
    push_url: str | None = None
    listen: tuple[str, int] = ("127.0.0.1", 8000)
    trusted_proxies: int = 0
    sign_up: bool = False
    operators: frozenset[str] = frozenset()
    times: Times = field(default_factory=Times)
    log: str = "info"
    network: Network = field(default_factory=Network)
    google: Google = field(default_factory=Google)
    outlook: Outlook = field(default_factory=Outlook)
    doubts: tuple[Doubt, ...] = ()

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:  # noqa: TID251 -- the reader
        """Read `COMMONHOUR_*`. Raises BadSettings, naming everything that is wrong or weak."""
        read = Variables(env)
        settings = cls(
            home=Path(read.text("HOME") or ".commonhour").absolute(),
            database_url=_database_url(read),
            redis_url=read.address("REDIS_URL", ("redis", "rediss", "unix")),
            base_url=_base_url(read),
            secret_key=_secret_key(read),
            token_keys=_token_keys(read),
            smtp_url=mail_settings.smtp_url(read),
            mail_from=mail_settings.mail_from(read),
            reply_address=mail_settings.reply_address(read),
            mail_rate=mail_settings.mail_rate(read),
            imap_url=mail_settings.imap_url(read),
            authserv_id=mail_settings.authserv_id(read),
            mail_hook_secret=mail_settings.mail_hook_secret(read),
            push_url=host_settings.push_url(read),
            listen=_listen(read),
            trusted_proxies=read.count("TRUSTED_PROXIES"),
            sign_up=read.flag("SIGN_UP"),
            operators=_operators(read),
            times=_times(read),
            log=_level(read),
            network=host_settings.network(read),
            google=host_settings.google(read),
            outlook=host_settings.outlook(read),
        )
        problems = read.problems + _weak(settings, read.problems)
        if problems:
            raise BadSettings(problems)
        return replace(settings, doubts=read.doubts(settings.times))

    @property
    def local(self) -> bool:
        """Whether people reach us from this machine alone."""
        return self.base_url is None or is_local(urlsplit(self.base_url).hostname or "")

    @property
    def address(self) -> str:
        """Where people reach us, without a final slash."""
        if self.base_url is not None:
            return self.base_url
        host, port = self.listen
        shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 -- compared
        return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"

    @property
    def mailbox(self) -> Address:
        """Where answers to invitations by mail arrive, without what marks whose they are."""
        return Address.parse((self.reply_address or self.mail_from).replace(mail_settings.TAG, ""))

    @property
    def mails(self) -> Path:
        """Where mails are kept when no SMTP server is set."""
        return self.home / "mails"


def _weak(settings: Settings, known: list[str]) -> list[str]:
    """What would be unsafe where people from other machines reach us."""
    if settings.local:
        return []
    found = []
    if not (settings.base_url or "").startswith("https://"):
        found.append("COMMONHOUR_BASE_URL: other machines need https")
    for name, value in (("SECRET_KEY", settings.secret_key), ("TOKEN_KEYS", settings.token_keys)):
        if not value and not any(f"COMMONHOUR_{name}:" in each for each in known):
            found.append(f"COMMONHOUR_{name}: not set, though COMMONHOUR_BASE_URL is not local")
    if settings.smtp_url is None:
        found.append("COMMONHOUR_SMTP_URL: not set, though COMMONHOUR_BASE_URL is not local")
    return found


def _database_url(read: Variables) -> str | None:
    text = read.text("DATABASE_URL")
    if text is not None and not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        read.wrong("DATABASE_URL", "it must begin with sqlite:/// or postgresql+psycopg://")
    return text


def _base_url(read: Variables) -> str | None:
    text = read.text("BASE_URL")
    if text is None:
        return None
    try:
        parts = urlsplit(text)
        extra = parts.path.strip("/") or parts.query or parts.fragment or parts.username
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good, extra = False, ""
    if not good or extra:
        read.wrong("BASE_URL", "write one such as https://commonhour.example.org")
    return text.rstrip("/")


def _secret_key(read: Variables) -> str | None:
    return read.secret("SECRET_KEY")


def _token_keys(read: Variables) -> tuple[str, ...]:
    keys = tuple((read.text("TOKEN_KEYS") or "").replace(",", " ").split())
    for place, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError:
            read.wrong("TOKEN_KEYS", f"key {place} is not 32 random bytes in urlsafe base64")
    return keys


def _listen(read: Variables) -> tuple[str, int]:
    text = read.text("LISTEN") or _LISTEN
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 <= int(port) <= 65535:
        read.wrong("LISTEN", f"write a host and a port such as {_LISTEN}")
        return "127.0.0.1", 8000
    return host.strip("[]"), int(port)


def _operators(read: Variables) -> frozenset[str]:
    words = (read.text("OPERATORS") or "").replace(",", " ").split()
    for word in words:
        if "@" not in word:
            read.wrong("OPERATORS", f"{word!r} is no e-mail address")
    return frozenset(word.lower() for word in words)


def _level(read: Variables) -> str:
    text = (read.text("LOG") or "info").lower()
    if text not in _LEVELS:
        read.wrong("LOG", f"write one of {', '.join(_LEVELS)}")
        return "info"
    return text


def _times(read: Variables) -> Times:
    found = Times(**{each.name: read.seconds(each) for each in fields(Times)})
    if found.renew * 2 > found.lease:
        read.wrong("RENEW", "it must be at most half of COMMONHOUR_LEASE")
    return found

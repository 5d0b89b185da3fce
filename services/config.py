"""Settings: the one reader of the environment. All problems are reported at once."""

import ipaddress
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

from calendar_sync.google.where import Where as Google
from calendar_sync.ics.fetch import Network
from calendar_sync.outlook.where import Where as Outlook
from notifications import smtp
from notifications.errors import BadChannel
from notifications.message import Sender
from scheduler.errors import Explained
from services import doubts
from services.doubts import Doubt

_LISTEN = "127.0.0.1:8000"
_LEVELS = ("debug", "info", "warning", "error")
_SECRET_BYTES = 32
_WEEK = 604_800.0  # seconds
_HOOKS = re.compile(r"/hooks(/google|/graph)?$")
_WORDS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


class BadSettings(Explained):
    """The environment holds settings that cannot be used; each problem is a sentence."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = problems
        alone = len(problems) == 1
        remedy = "correct it, or unset it" if alone else "correct or unset them"
        super().__init__("; ".join(problems), remedy=remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long things take that nobody waits for, in seconds.

    lease    for which a task belongs to whoever does it
    renew    after which they renew that
    sweep    between two looks for tasks whose holders died
    poll     between two looks for tasks to hand on
    resend   after which a task that nobody began is handed on once more
    tick     between two looks of the clock
    retry    after a first failure; each further one doubles it
    grace    in which a task may still be done by a process that has to end
    refresh  between two readings of a calendar at an address
    once     in which nothing is read twice, but by a button
    """

    lease: float = 20.0
    renew: float = 5.0
    sweep: float = 2.0
    poll: float = 0.1
    resend: float = 20.0
    tick: float = 1.0
    retry: float = 2.0
    grace: float = 12.0
    refresh: float = 21_600.0
    once: float = 60.0


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
        read = _Reader(env)
        settings = cls(
            home=Path(read.text("HOME") or ".commonhour").absolute(),
            database_url=read.database_url(),
            redis_url=read.address("REDIS_URL", ("redis", "rediss", "unix")),
            base_url=read.base_url(),
            secret_key=read.secret_key(),
            token_keys=read.token_keys(),
            smtp_url=read.smtp_url(),
            mail_from=read.mail_from(),
            push_url=read.push_url(),
            listen=read.listen(),
            trusted_proxies=read.count("TRUSTED_PROXIES"),
            sign_up=read.flag("SIGN_UP"),
            operators=read.operators(),
            times=read.times(),
            log=read.level(),
            network=Network(allow=read.networks(), ca_file=read.ca_file()),
            google=read.google(),
            outlook=read.outlook(),
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


def is_local(host: str) -> bool:
    """Whether a host name or address means this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


class _Reader:
    """Reads variables one by one and collects what is wrong with them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self._asked = set[str]()
        self.problems: list[str] = []

    def text(self, name: str) -> str | None:
        self._asked.add(name)
        return self._env.get(f"COMMONHOUR_{name}") or None

    def doubts(self, times: Times) -> tuple[Doubt, ...]:
        """What is left to doubt once everything was read."""
        given = [name for name, text in self._env.items() if text]
        late = doubts.hasty(times.refresh, times.once)
        return (*doubts.misspelt(given, self._asked), *late)

    def _wrong(self, name: str, what: str) -> None:
        self.problems.append(f"COMMONHOUR_{name}: {what}")

    def address(self, name: str, schemes: tuple[str, ...]) -> str | None:
        text = self.text(name)
        if text is not None and text.partition("://")[0] not in schemes:
            self._wrong(name, f"it must begin with {' or '.join(f'{each}://' for each in schemes)}")
        return text

    def database_url(self) -> str | None:
        text = self.text("DATABASE_URL")
        if text is not None and not text.startswith(("sqlite:///", "postgresql+psycopg://")):
            self._wrong("DATABASE_URL", "it must begin with sqlite:/// or postgresql+psycopg://")
        return text

    def base_url(self) -> str | None:
        text = self.text("BASE_URL")
        if text is None:
            return None
        try:
            parts = urlsplit(text)
            extra = parts.path.strip("/") or parts.query or parts.fragment or parts.username
            good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            good, extra = False, ""
        if not good or extra:
            self._wrong("BASE_URL", "write one such as https://commonhour.example.org")
        return text.rstrip("/")

    def push_url(self) -> str | None:
        text = self._pushed()
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
            self._wrong("PUSH_URL", f"it must be https, host and perhaps port only, {usual}")
            return None
        if _HOOKS.search(path):
            self._wrong("PUSH_URL", "leave out /hooks at its end, which is put there by itself")
            return None
        return text

    def _pushed(self) -> str | None:
        return (self.text("PUSH_URL") or "").strip().rstrip("/") or None

    def secret_key(self) -> str | None:
        text = self.text("SECRET_KEY")
        if text is not None and (len(text) < _SECRET_BYTES or len(set(text)) < 8):
            self._wrong("SECRET_KEY", f"too easy to guess; write {_SECRET_BYTES} random letters")
        return text

    def token_keys(self) -> tuple[str, ...]:
        keys = tuple((self.text("TOKEN_KEYS") or "").replace(",", " ").split())
        for place, key in enumerate(keys, start=1):
            try:
                Fernet(key)
            except ValueError:
                self._wrong("TOKEN_KEYS", f"key {place} is not 32 random bytes in urlsafe base64")
        return keys

    def smtp_url(self) -> str | None:
        text = self.text("SMTP_URL")
        if text is not None:
            try:
                smtp.parse(text)
            except BadChannel as error:
                self._wrong("SMTP_URL", f"{error.what}, {error.remedy}")
        return text

    def mail_from(self) -> str:
        text = self.text("MAIL_FROM") or "commonhour@localhost"
        try:
            Sender(text)
        except BadChannel as error:
            self._wrong("MAIL_FROM", f"{error.what}, {error.remedy}")
        return text

    def listen(self) -> tuple[str, int]:
        text = self.text("LISTEN") or _LISTEN
        host, _, port = text.rpartition(":")
        if not host or not port.isdecimal() or not 0 <= int(port) <= 65535:
            self._wrong("LISTEN", f"write a host and a port such as {_LISTEN}")
            return "127.0.0.1", 8000
        return host.strip("[]"), int(port)

    def google(self) -> Google:
        usual = Google()
        client, secret = self._client("GOOGLE")
        return Google(
            client_id=client,
            client_secret=secret,
            api_url=self._outside("GOOGLE_API_URL", usual.api_url).rstrip("/") + "/",
            oauth_url=self._outside("GOOGLE_OAUTH_URL", usual.oauth_url),
            token_url=self._outside("GOOGLE_TOKEN_URL", usual.token_url),
            revoke_url=self._outside("GOOGLE_REVOKE_URL", usual.revoke_url),
            ca_file=Path(found) if (found := self.text("CA_FILE")) else None,
        )

    def outlook(self) -> Outlook:
        usual = Outlook()
        client, secret = self._client("MICROSOFT")
        return Outlook(
            client_id=client,
            client_secret=secret,
            authority=self._authority(usual.authority),
            graph_url=self._graph_url(usual.graph_url),
            ca_file=Path(found) if (found := self.text("CA_FILE")) else None,
            told=self._pushed() is not None,
        )

    def _client(self, whose: str) -> tuple[str | None, str | None]:
        """Read by which name a host knows us, and what proves it: both, or neither."""
        client = self.text(f"{whose}_CLIENT_ID")
        secret, short = self.text(f"{whose}_CLIENT_SECRET"), self.text(f"{whose}_SECRET")
        secret = secret or short
        if (client is None) != (secret is None):
            lacks = "CLIENT_ID" if client is None else "CLIENT_SECRET"
            self._wrong(f"{whose}_{lacks}", "it is not set, though the other half is")
        return client, secret

    def _authority(self, usual: str) -> str:
        """Read where Microsoft signs people in: always over https, and whom is one word."""
        name = "MICROSOFT_AUTHORITY"
        text = self._outside(name, usual).rstrip("/")
        scheme, _, rest = text.partition("://")
        if scheme != "https" or rest.count("/") != 1:
            self._wrong(name, f"write an https address such as {usual}")
            return usual
        return text

    def _graph_url(self, usual: str) -> str:
        """Read where Graph is, with its version: all that is asked stands below that."""
        text = self._outside("GRAPH_URL", usual).rstrip("/")
        if not text.endswith("/v1.0"):
            self._wrong("GRAPH_URL", f"write it up to and including /v1.0, such as {usual}")
            return usual
        return text

    def _outside(self, name: str, usual: str) -> str:
        """Read where tokens are sent: over https, or to this machine itself."""
        text = self.text(name) or usual
        try:
            parts = urlsplit(text)
            host = parts.hostname or ""
            safe = parts.scheme == "https" or (parts.scheme == "http" and is_local(host))
            good = host and safe and parts.port != 0
            extra = parts.username or parts.query or parts.fragment
        except ValueError:
            good, extra = False, ""
        if not good or extra:
            self._wrong(name, f"write an https address such as {usual}")
            return usual
        return text

    def count(self, name: str) -> int:
        text = self.text(name) or "0"
        if not text.isdecimal() or int(text) > 10:
            self._wrong(name, f"{text!r} is not a number from 0 to 10")
            return 0
        return int(text)

    def flag(self, name: str) -> bool:
        text = (self.text(name) or "no").lower()
        if text not in _WORDS:
            self._wrong(name, "write yes or no")
        return _WORDS.get(text, False)

    def operators(self) -> frozenset[str]:
        words = (self.text("OPERATORS") or "").replace(",", " ").split()
        for word in words:
            if "@" not in word:
                self._wrong("OPERATORS", f"{word!r} is no e-mail address")
        return frozenset(word.lower() for word in words)

    def times(self) -> Times:
        found = Times(**{each.name: self._seconds(each) for each in fields(Times)})
        if found.renew * 2 > found.lease:
            self._wrong("RENEW", "it must be at most half of COMMONHOUR_LEASE")
        return found

    def _seconds(self, time: "Field[float]") -> float:
        usual = float(time.default)  # type: ignore[arg-type]  # every time has one
        text = self.text(time.name.upper())
        try:
            seconds = usual if text is None else float(text)
        except ValueError:
            seconds = 0.0
        if not 0.001 <= seconds <= _WEEK:
            self._wrong(time.name.upper(), f"write seconds, more than 0, such as {usual:g}")
            return usual
        return seconds

    def level(self) -> str:
        text = (self.text("LOG") or "info").lower()
        if text not in _LEVELS:
            self._wrong("LOG", f"write one of {', '.join(_LEVELS)}")
            return "info"
        return text

    def networks(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        found = []
        for word in (self.text("ALLOW_PRIVATE_FEEDS") or "").replace(",", " ").split():
            try:
                found.append(ipaddress.ip_network(word, strict=False))
            except ValueError:
                self._wrong("ALLOW_PRIVATE_FEEDS", f"{word!r} is neither an address nor a network")
        return tuple(found)

    def ca_file(self) -> Path | None:
        text = self.text("CA_FILE")
        if text is None:
            return None
        if not Path(text).is_file():
            self._wrong("CA_FILE", f"there is no file {text}")
        return Path(text)

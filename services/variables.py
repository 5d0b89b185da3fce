"""Reading variables of the environment one by one, and collecting what is wrong with them."""

import ipaddress
from collections.abc import Mapping
from dataclasses import Field
from urllib.parse import urlsplit

from services import doubts
from services.doubts import Doubt
from services.times import Times

_SECRET_BYTES = 32
_WEEK = 604_800.0  # seconds
_WORDS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def is_local(host: str) -> bool:
    """Whether a host name or address means this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


class Variables:
    """The variables that begin with COMMONHOUR_, by the rest of their names.

    problems  what is wrong, a sentence each; reading goes on with what is usual
    """

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self._asked = set[str]()
        self.problems: list[str] = []

    def text(self, name: str) -> str | None:
        """What a variable holds; None: nothing."""
        self._asked.add(name)
        return self._env.get(f"COMMONHOUR_{name}") or None

    def doubts(self, times: Times) -> tuple[Doubt, ...]:
        """What is left to doubt once everything was read."""
        given = [name for name, text in self._env.items() if text]
        late = doubts.hasty(times.refresh, times.once)
        return (*doubts.misspelt(given, self._asked), *late)

    def wrong(self, name: str, what: str) -> None:
        """Remember what is wrong with a variable."""
        self.problems.append(f"COMMONHOUR_{name}: {what}")

    def address(self, name: str, schemes: tuple[str, ...]) -> str | None:
        """An address of one of these schemes."""
        text = self.text(name)
        if text is not None and text.partition("://")[0] not in schemes:
            self.wrong(name, f"it must begin with {' or '.join(f'{each}://' for each in schemes)}")
        return text

    def secret(self, name: str) -> str | None:
        """A secret that is long enough."""
        text = self.text(name)
        if text is not None and (len(text) < _SECRET_BYTES or len(set(text)) < 8):
            self.wrong(name, f"too easy to guess; write {_SECRET_BYTES} random letters")
        return text

    def outside(self, name: str, usual: str) -> str:
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
            self.wrong(name, f"write an https address such as {usual}")
            return usual
        return text

    def count(self, name: str) -> int:
        """A small number."""
        text = self.text(name) or "0"
        if not text.isdecimal() or int(text) > 10:
            self.wrong(name, f"{text!r} is not a number from 0 to 10")
            return 0
        return int(text)

    def flag(self, name: str) -> bool:
        """Yes or no."""
        text = (self.text(name) or "no").lower()
        if text not in _WORDS:
            self.wrong(name, "write yes or no")
        return _WORDS.get(text, False)

    def seconds(self, time: "Field[float]") -> float:
        """A time."""
        usual = float(time.default)  # type: ignore[arg-type]  # every time has one
        text = self.text(time.name.upper())
        try:
            seconds = usual if text is None else float(text)
        except ValueError:
            seconds = 0.0
        if not 0.001 <= seconds <= _WEEK:
            self.wrong(time.name.upper(), f"write seconds, more than 0, such as {usual:g}")
            return usual
        return seconds

"""Settings: the one reader of the environment. All problems are reported at once."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from calendar_sync.ics.fetch import Network
from scheduler.errors import Explained


class BadSettings(Explained):
    """The environment holds settings that cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this process runs.

    network  COMMONHOUR_ALLOW_PRIVATE_FEEDS: addresses or networks, separated by commas or spaces,
             that calendar fetching may reach besides public ones; COMMONHOUR_CA_FILE: a PEM file
             of certificates trusted in addition
    """

    network: Network = field(default_factory=Network)

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:  # noqa: TID251 -- the reader
        """Read `COMMONHOUR_*`. Raises BadSettings, naming everything that is wrong."""
        problems: list[str] = []
        network = Network(allow=_networks(env, problems), ca_file=_ca_file(env, problems))
        if problems:
            raise BadSettings("; ".join(problems), remedy="correct or unset them")
        return cls(network=network)


def _networks(
    env: Mapping[str, str], problems: list[str]
) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    name = "COMMONHOUR_ALLOW_PRIVATE_FEEDS"
    found = []
    for word in env.get(name, "").replace(",", " ").split():
        try:
            found.append(ipaddress.ip_network(word, strict=False))
        except ValueError:
            problems.append(f"{name}: {word!r} is neither an address nor a network")
    return tuple(found)


def _ca_file(env: Mapping[str, str], problems: list[str]) -> Path | None:
    name = "COMMONHOUR_CA_FILE"
    if not env.get(name):
        return None
    path = Path(env[name])
    if not path.is_file():
        problems.append(f"{name}: there is no file {path}")
    return path

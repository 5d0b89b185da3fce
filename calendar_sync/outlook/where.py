"""Where Microsoft is, and by which name it knows us."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Microsoft's addresses, and ours as its client. Another host of the same API may stand in.

    client_id  None: nobody can connect an account
    authority  where consent is asked for, and of whom: `/common` of everybody, `/organizations`
               of work accounts, `/consumers` of personal ones, `/<tenant>` of one organisation's
    graph_url  up to and including `/v1.0`
    ca_file    certificates that are trusted in addition
    told       whether Microsoft is to tell of changes: that needs a wider permission
    """

    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    authority: str = "https://login.microsoftonline.com/common"
    graph_url: str = "https://graph.microsoft.com/v1.0"
    ca_file: Path | None = None
    told: bool = False

    @property
    def origin(self) -> str:
        """Where the authority is: scheme, host and port."""
        return origin(self.authority)


def origin(address: str) -> str:
    """Return the scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"

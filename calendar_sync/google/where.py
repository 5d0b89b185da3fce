"""Where Google is, and by which name it knows us."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Google's addresses, and ours as its client. Another host of the same API may stand in.

    client_id      None: nobody can connect an account
    api_url        up to and including `/calendar/v3/`
    oauth_url      where consent is asked for
    ca_file        certificates that are trusted in addition
    """

    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    api_url: str = "https://www.googleapis.com/calendar/v3/"
    oauth_url: str = "https://accounts.google.com/o/oauth2/v2/auth"
    token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105 -- an address
    revoke_url: str = "https://oauth2.googleapis.com/revoke"
    ca_file: Path | None = None

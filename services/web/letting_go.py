"""What becomes of what an account allowed, in words: not every host takes it back."""

from collections.abc import Collection
from urllib.parse import urlsplit

from markupsafe import Markup

from calendar_sync.host import Host


def said(at: Host, scopes: Collection[str]) -> Markup:
    """Say it to whoever let an account go, or is about to; `scopes` is what it allows."""
    if not at.origin:  # nobody was sent there: they entered a password
        return Markup(
            "There is nothing to give back: the app password that we have is deleted within a "
            "minute. Delete it at your calendar host as well, in the settings where you made it."
        )
    where = at.ends_at(frozenset(scopes))
    if where is None:
        return Markup("What it allows is given back within a minute.")
    return Markup(
        "{} takes nothing back from us: what lets us in is deleted within a minute. "
        "What the account allows is ended by its owner, at {}."
    ).format(at.title, _link(where) if where else f"the sign-in of {at.title}")


def _link(address: str) -> Markup:
    parts = urlsplit(address)
    shown = f"{parts.netloc}{parts.path}"
    return Markup('<a href="{}" rel="noreferrer">{}</a>').format(address, shown)

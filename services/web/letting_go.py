"""What becomes of what an account allowed, in words: not every host takes it back."""

from calendar_sync.host import Host


def said(at: Host) -> str:
    """Say it to whoever let an account go, or is about to."""
    if at.ends_at is None:
        return "What it allows is given back within a minute."
    return (
        f"{at.title} takes nothing back from us: what lets us in is deleted within a minute. "
        f"What the account allows is ended by its owner, at {at.ends_at}."
    )

"""What whoever runs an installation does when secrets may be known to others."""

from dataclasses import dataclass

from services.flow import access, consent
from services.keys import Keys
from services.storage import accounts, farewells, feeds, links, replies, seals, sessions, tokens
from services.storage.erasing import erase
from services.storage.work import Work


@dataclass(frozen=True, slots=True)
class Revoked:
    """How many of each were ended."""

    accounts: int
    tokens: int
    sessions: int


def rotate(work: Work, keys: Keys) -> tuple[int, int]:
    """Seal every secret anew by the newest key; return how many, and how many do not open."""
    farewells.drop_all(work)  # what they seal is of a few hours, and in no column of its own
    renewed = seals.renew(work, keys.seal)
    erase(work)
    work.note("keys.rotated")
    return renewed


def revoke_all(work: Work) -> Revoked:
    """End everything that lets anybody in: access to accounts, tokens, sessions, links, feeds.

    Accounts stay, and wait for their owners' consent; they are told, at most once a week.
    """
    consent.end_all(work)
    links.end_all(work)
    replies.end_links(work)
    feeds.drop_all(work)
    connected = [row for row in accounts.every(work) if row.lost_at is None]
    for row in connected:
        access.let_go(work, row, always=True)
        access.lost(work, row)
    ended = Revoked(len(connected), tokens.drop_all(work), sessions.drop_all(work))
    erase(work)
    work.note("tokens.revoked")
    return ended

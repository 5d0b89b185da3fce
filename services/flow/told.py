"""Whether a host tells of changes in an account by itself, as its owner is told."""

from calendar_sync.host import Host as At
from calendar_sync.provider import Capability
from services.storage import accounts, channels
from services.storage.rows.accounts import AccountRow
from services.storage.work import Work


def is_told(work: Work, at: At, account: AccountRow, push_url: str | None) -> bool:
    """Whether everything that was chosen in an account is watched now.

    at        the account's host
    push_url  where hosts reach us; None: they cannot
    """
    if push_url is None or account.lost_at is not None:
        return False
    watched = {
        each.calendar_id
        for each in channels.of_account(work, account.id)
        if each.remote and each.until_at > work.now and each.address.startswith(f"{push_url}/")
    }
    chosen = {each.id for each in accounts.calendars_of(work, account.id)}
    # A channel without a calendar watches everything only where the host knows no other kind.
    all_at_once = Capability.WATCHES_ALL in at.capabilities(frozenset(account.scopes))
    return bool(chosen) and (None in watched if all_at_once else chosen <= watched)

"""What a connected account lets one choose from, asked of its host in this moment.

No transaction may be open while this is asked: the host thinks as long as it likes.
"""

from uuid import UUID

from calendar_sync.errors import ReconnectNeeded
from scheduler.errors import TryLater
from services.flow import account_readings, accounts
from services.flow.access import Opening
from services.flow.accounts import Choice
from services.flow.memory import Memory


def offered(memory: Memory, opening: Opening, actor: UUID | None, account_id: UUID) -> list[Choice]:
    """List the calendars of one's own account, as its host does now.

    Raises SignInNeeded or Missing, ReconnectNeeded once that is noted, Wait while the account has
    to be left alone, and what providers raise.
    """
    with memory.reading(actor) as work:
        row = accounts.own(work, account_id)
        host, scopes, began = row.host, frozenset(row.scopes), work.now
        account_readings.let_rest(work, account_id)
    try:
        with opening.provider(host, account_id, scopes) as provider:
            listed = provider.calendars()
    except ReconnectNeeded:
        with memory.work(actor) as work:
            account_readings.lose(work, account_id, began)
        raise
    except TryLater as error:
        with memory.work(actor) as work:
            account_readings.rest(work, account_id, error.seconds)
        raise
    with memory.reading(actor) as work:
        return accounts.choices(work, opening.keys, accounts.own(work, account_id), listed)

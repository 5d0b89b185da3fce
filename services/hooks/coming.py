"""What need not be kept, because it is: hosts often say the same many times in a minute."""

from datetime import timedelta

from services.flow.channels import look_at
from services.storage.rows.channels import ChannelRow
from services.storage.work import Work

_LATELY = timedelta(minutes=1)


def is_look_coming(work: Work, row: ChannelRow) -> bool:
    """Whether somebody is to look at an account later than now, as a host has said lately.

    That look finds whatever is told now; so nothing is written, for which all would wait in turn.
    """
    if row.account_id is None or row.remote is None or row.heard_at is None:
        return False
    return work.now < row.heard_at + _LATELY and look_at(work, row.account_id) is not None

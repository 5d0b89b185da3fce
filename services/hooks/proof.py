"""Whether news comes from whom we asked for it."""

from hmac import compare_digest

from services.flow.proof import hashed
from services.storage.rows.channels import ChannelRow

_LONGEST = 500  # letters of what a host calls something


def is_from_host(row: ChannelRow, secret: str, called: str) -> bool:
    """Whether whoever speaks knows a channel's secret, and what its host calls it.

    called  the host may say so before whoever asked for the channel could keep it: then any will do

    How long it takes tells nothing about either.
    """
    known = hashed(called) if row.remote is None else row.remote
    same = compare_digest(hashed(secret), row.secret_hash)
    return compare_digest(hashed(called), known) and same and 0 < len(called) <= _LONGEST

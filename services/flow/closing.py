"""Closing channels: one by one, and those of accounts that were let go."""

from datetime import timedelta
from uuid import UUID

from calendar_sync.provider import Channel, Provider
from scheduler.errors import Explained, TryLater
from services.flow import releases
from services.flow.access import Opening
from services.flow.memory import Task
from services.keys import Keys
from services.storage import channels as stored
from services.storage.rows.channels import ChannelRow

_PATIENCE = timedelta(hours=1)  # in which what cannot be closed is tried again
_FIRST = 15.0  # seconds until then; later as long as it has taken so far
_OPENING = timedelta(minutes=2)  # in which we hear what a host calls a channel that it opens


def close(provider: Provider, keys: Keys, row: ChannelRow) -> None:
    """Close a channel, where we know what its host calls it."""
    if row.sealed is not None:
        resource = keys.opened(row.sealed, row.id)
        until = int(row.until_at.timestamp())
        provider.stop(Channel(str(row.id), "", row.address, until, resource))


def close_left(task: Task, keys: Keys, opening: Opening, release_id: UUID) -> None:
    """Close the channels of an account that was let go, as far as its host lets us.

    Where the host is in trouble, TryLater is raised: later each time, and for an hour. So it is
    where whoever opened a channel may not yet have kept what its host calls it. Then what
    lets us in is given back all the same, without which nobody can close them: they end by
    themselves, and nobody listens to them any more.
    """
    with task.reading() as work:
        rows = stored.of_release(work, release_id)
        found = releases.grant_of(work, keys, release_id) if rows else None
        age = releases.age(work, release_id)
        now = work.now
    if found is not None:
        host, grant = found
        with opening.given(host, release_id, grant) as provider:
            for row in sorted(rows, key=lambda each: each.remote is None):
                if row.remote is None and now < row.opened_at + _OPENING:
                    what = "A channel is being opened in this moment"
                    raise TryLater(what, remedy="it is closed by itself", seconds=_FIRST)
                _close_left(task, keys, provider, row, age)
    elif rows:
        with task.work() as work:
            for row in rows:
                stored.drop(work, row.id)


def _close_left(
    task: Task, keys: Keys, provider: Provider, row: ChannelRow, age: timedelta
) -> None:
    """Close a channel and forget it; it is kept while that may go well later."""
    try:
        close(provider, keys, row)
    except TryLater as error:
        if age < _PATIENCE:
            error.seconds = max(error.seconds, _FIRST, age.total_seconds())
            raise
    except Explained:
        pass  # it is gone, or nobody lets us close it any more
    with task.work() as work:
        stored.drop(work, row.id)

"""The queue of what is said to people."""

from notifications import outbox
from services import wiring
from services.flow import link_mails
from services.flow import purge as over


def send_links(_subject: str | None = None) -> None:
    """Write the mails of all links that wait. Raises TryLater when some have to wait."""
    runtime = wiring.runtime()
    link_mails.deliver(runtime, runtime.channel, runtime.settings.address)


def purge(_subject: str | None = None) -> None:
    """Delete what is over, once a day however often this is asked for."""
    runtime = wiring.runtime()
    with runtime.work() as work:
        done = over.daily(work)
    if done:
        outbox.purge(runtime.settings.mails, runtime.clock() - over.MAILS)
